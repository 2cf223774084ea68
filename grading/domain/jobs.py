"""Names on which api and worker meet: jobs and queues. Messages carry ids only."""

from collections.abc import Iterable

GRADE_RUN = "chainrule.grade_run"
POST_GRADE = "chainrule.post_grade"
SWEEP = "chainrule.sweep"

QUEUE_CPU = "cpu"
QUEUE_GPU = "gpu"
QUEUE_PASSBACK = "passback"

# Regrades: many at once, and nobody sits before the screen. A worker that serves a queue serves its bulk after it.
BULK = "-bulk"


def served_by(queues: Iterable[str], *, bulk: bool = True) -> tuple[str, ...]:
    """All queues of runs that a worker of these queues listens to, in the order in which it prefers them.

    >>> served_by(("cpu", "passback"))
    ('cpu', 'cpu-bulk')
    >>> served_by(("cpu-bulk",))
    ('cpu-bulk',)
    """
    named = [queue for queue in queues if queue != QUEUE_PASSBACK]
    behind = [queue + BULK for queue in named if not queue.endswith(BULK)] if bulk else []
    return tuple(dict.fromkeys((*named, *behind)))
