"""Which known mistake a wrong answer comes from: the one that gives the same answers, on fresh draws too.

A mistake is a subject like any other. It explains the student where both give the same answer, or end in the same way
after the same replies, and where it does not give the right answer itself. Two mistakes may coincide on one draw, so
those that agree are asked again with fresh inputs, and so is the student. Where no single one explains everything, the
one that explains some parts of the answer names those.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grading.authoring.check import Agrees, Check, Form
from grading.authoring.draw import Draw
from grading.authoring.mistake import Explains
from grading.authoring.subject import Mistake, Reference, Subject
from grading.domain.errors import HouseFault, RubricFault
from grading.domain.report import Json, NamedMistake
from grading.evaluation.probing import Probed, ask_reference, in_short, probe, remembered
from grading.evaluation.trace import Trace
from grading.numerics.closeness import Difference, agrees, difference

FRESH_DRAWS = 2


@dataclass(frozen=True, slots=True)
class Named:
    """The mistake that explains a wrong answer.

    Attributes:
        mistake: the first listed that agrees.
        others: further ones that could not be told apart from it.
        paths: the parts of the answer that it explains; empty where it explains all.
    """

    mistake: Explains
    others: tuple[Explains, ...] = ()
    paths: tuple[str, ...] = ()

    @property
    def told(self) -> NamedMistake:
        """What a finding tells of it."""
        others = tuple(NamedMistake(other.id, other.says, other.look) for other in self.others)
        return NamedMistake(self.mistake.id, self.mistake.says, self.mistake.look, self.paths, others)


@dataclass(frozen=True, slots=True)
class Scene:
    """One check with everybody who can be asked.

    Attributes:
        check: the check.
        student: the student.
        bases: references that mistakes are variants of: the plain one, then the one rebuilt around the student's own
            functions.
        draws: nth draw of the check; 0 is the one that decides.
        form: of replies.
    """

    check: Check
    student: Subject
    bases: tuple[Reference, ...]
    draws: Callable[[int], Draw]
    form: Form


def named(
    scene: Scene, student: Probed, right: Probed, evidence: Mapping[str, Json], told: Explains | None = None
) -> Named | None:
    """The known mistake that the student's outcome comes from, or None.

    Args:
        scene: who can be asked.
        student: the failing outcome on draw 0.
        right: the reference's on the same draw.
        evidence: of the failing finding, for mistakes that are recognised by it.
        told: the mistake that the check itself saw.
    """
    listed = scene.check.mistakes
    by_evidence = _recognising(scene, evidence)
    agreeing = [m for m in listed if m.overrides and _explains(scene, m, student, right)]
    if agreeing:
        agreeing = _confirmed(scene, agreeing)
    found: list[Explains] = [m for m in listed if m in agreeing or m in by_evidence]
    if told is not None and all(m.id != told.id for m in found):
        found.insert(0, told)
    if found:
        # One mistake may stand there more than once, for each of several right conventions.
        others = {m.id: m for m in found[1:] if m.id != found[0].id}
        return Named(found[0], tuple(others.values()))
    return _in_part(scene, student, right)


def recognised(scene: Scene, evidence: Mapping[str, Json], told: Explains | None = None) -> Named | None:
    """The mistake that the check itself saw, or the first that the evidence shows, or None."""
    found: list[Explains] = [*([told] if told is not None else ()), *_recognising(scene, evidence)]
    others = {m.id: m for m in found[1:] if m.id != found[0].id}
    return Named(found[0], tuple(others.values())) if found else None


def _recognising(scene: Scene, evidence: Mapping[str, Json]) -> list[Mistake]:
    listed = [m for m in scene.check.mistakes if m.recognise is not None]
    fitting = [m for m in listed if m.recognise is not None and _recognises(scene.check, m, m.recognise, evidence)]
    return [m for m in fitting if m.asks is None or _answers(scene, m.asks)]


def _answers(scene: Scene, asks: Callable[[Subject, Draw], bool]) -> bool:
    """Whether the student's program answers a mistake's own question with yes; whatever it raises is no."""
    try:
        return bool(asks(scene.student, scene.draws(FRESH_DRAWS + 1)))
    except HouseFault:
        raise
    except Exception:  # noqa: BLE001 - what an author makes of a student's reply may fail in any way, and names nothing
        return False


def _recognises(
    check: Check, mistake: Mistake, recognise: Callable[[Mapping[str, Json]], bool], evidence: Mapping[str, Json]
) -> bool:
    try:
        return bool(recognise(evidence))
    except Exception as error:
        said = f"check {check.id!r}: recognise of mistake {mistake.id!r} raised {in_short(error)}"
        raise RubricFault(f"{said}. Evidence differs from failure to failure: use evidence.get().") from error


def same_outcome(check: Check, a: Probed, b: Probed) -> bool:
    """Whether two subjects gave the same: equal answers, or the same replies up to the same ending."""
    if a.clean != b.clean:
        return False
    if a.clean and isinstance(check.task, Agrees):
        return _agrees(check, a.answer, b.answer, b.trace)
    if len(a.trace.calls) != len(b.trace.calls) or not a.trace.calls:
        return False
    return all(
        x.name == y.name
        and x.answered == y.answered
        and (_agrees(check, x.reply, y.reply, b.trace) if x.answered else x.fault == y.fault)
        for x, y in zip(a.trace.calls, b.trace.calls, strict=True)
    )


def _explains(scene: Scene, mistake: Mistake, student: Probed, right: Probed) -> bool:
    return any(
        same_outcome(scene.check, wrong, student) and not _right(scene.check, wrong, right)
        for wrong in _acted(scene, mistake, right.trace, 0)
    )


def _right(check: Check, outcome: Probed, right: Probed) -> bool:
    if isinstance(check.task, Agrees):
        return outcome.clean and _agrees(check, right.answer, outcome.answer, right.trace)
    return outcome.clean


def _confirmed(scene: Scene, agreeing: Sequence[Mistake]) -> list[Mistake]:
    """Those that still agree on fresh draws."""
    left = list(agreeing)
    for n in range(1, FRESH_DRAWS + 1):
        right = ask_reference(scene.check, scene.bases[0], scene.draws(n))
        student = probe(scene.check, scene.student, scene.draws(n), like=right.trace, form=scene.form)
        if student.fault is not None and student.fault.kind in ("overran", "died"):
            return left
        left = [m for m in left if any(same_outcome(scene.check, w, student) for w in _acted(scene, m, right.trace, n))]
    return left


def _in_part(scene: Scene, student: Probed, right: Probed) -> Named | None:
    """The mistake that explains most of the wrong parts of an answer that has several."""
    if not (student.clean and isinstance(scene.check.task, Agrees)):
        return None
    off = _paths(_difference(scene.check, right.answer, student.answer, right.trace))
    if len(off) < 1 or off == {""}:
        return None
    best: Named | None = None
    for mistake in scene.check.mistakes:
        for wrong in _acted(scene, mistake, right.trace, 0) if mistake.overrides else ():
            if not wrong.clean:
                continue
            shown = _paths(_difference(scene.check, right.answer, wrong.answer, right.trace))
            unlike = _paths(_difference(scene.check, wrong.answer, student.answer, right.trace))
            explained = tuple(sorted((off & shown) - unlike))
            if explained and (best is None or len(explained) > len(best.paths)):
                best = Named(mistake, paths=explained)
    return best


def _acted(scene: Scene, mistake: Mistake, like: Trace, n: int) -> Iterator[Probed]:
    """The mistake's way through the check on the nth draw, as a variant of each base."""
    check, form = scene.check, scene.form

    def act(base: Reference) -> Probed:
        return probe(check, base.with_(mistake.overrides), scene.draws(n), like=like, form=form)

    for nth, base in enumerate(scene.bases):
        # Only the plain reference is the same for every student; the other is rebuilt around this one's functions.
        key = (check.id, mistake, base, form, scene.draws(n).name)
        yield act(base) if nth else remembered(key, lambda base=base: act(base))  # type: ignore[misc]


def _agrees(check: Check, expected: object, actual: object, trace: Trace) -> bool:
    task = check.task
    rtol, atol = (task.rtol, task.atol) if isinstance(task, Agrees) else (None, None)
    return agrees(expected, actual, rtol=rtol, atol=atol, coarsest=trace.coarsest)


def _difference(check: Check, expected: object, actual: object, trace: Trace) -> Difference | None:
    task = check.task
    rtol, atol = (task.rtol, task.atol) if isinstance(task, Agrees) else (None, None)
    return difference(expected, actual, rtol=rtol, atol=atol, coarsest=trace.coarsest)


def _paths(found: Difference | None) -> set[str]:
    return set(found.paths) if found is not None else set()
