"""The straight line of one run: claim → grade → store → announce the post."""

import time
from datetime import datetime, timedelta

import structlog

from grading.domain.errors import HouseFault, NotASubmission, RubricFault
from grading.domain.report import GradedRun
from grading.domain.verdict import Blame, RunState
from grading.store import reports, runs, tracing
from grading.store.runs import Claim
from worker import gpu_slots, metrics
from worker.judge_holder import Judge
from worker.workplace import Workplace

log = structlog.get_logger(__name__)


def grade_run(place: Workplace, run_id: str) -> None:
    """Something waits: grade the run whose turn it is, once, however often the message arrives.

    The message is about `run_id`, but another student's run may come first; that one's message will find this one.

    Nothing is raised: whatever goes wrong ends in the run's row. A fault of ours never costs points; the run goes back
    into the queue, and to the staff after its last try.
    """
    with structlog.contextvars.bound_contextvars(announced_run_id=run_id):
        try:
            judge = place.judge.get()
        except HouseFault as fault:
            # Without a judge nothing is claimed: a broken sandbox must not use up the tries of everything that waits.
            log.warning("run left waiting", problem=str(fault))
            return
        if place.slots is not None and (reason := place.slots.why_not()):
            # The same for a GPU whose memory somebody else holds.
            log.warning("run left waiting", problem=reason)
            return
        claimed = place.leases.take()
        if claimed is None:
            log.info("nothing to grade")
            return
        with structlog.contextvars.bound_contextvars(run_id=claimed.run_id):
            _see_through(place, judge, claimed)


def _see_through(place: Workplace, judge: Judge, claimed: Claim) -> None:
    try:
        with tracing.step("grade", claimed.trace, run_id=claimed.run_id, attempt=claimed.attempt):
            _grade_claimed(place, judge, claimed)
    except Exception as error:  # the database or a bug: in any case ours
        log.exception("run broke off", problem=type(error).__name__)
        _release(place, claimed, f"{type(error).__name__} while the result was stored")
    finally:
        place.leases.drop(claimed)


def _grade_claimed(place: Workplace, judge: Judge, claimed: Claim) -> None:
    began = time.monotonic()
    metrics.waited.labels(claimed.queue).observe(metrics.seconds_between(claimed.created_at, claimed.claimed_at))
    try:
        submission = runs.load_submission(claimed, place.blobs)
        device = claimed.device
        # The GPU is what is scarce: who would run nothing on it is graded beside those who do.
        if device == "cuda" and not judge.wants_gpu(submission, claimed.rubric_slug):
            device = "cpu"
        with gpu_slots.slot(place.slots, device) as use:
            graded = judge.grade(submission, claimed.rubric_slug, seed=claimed.seed, device=device)
    except NotASubmission as fault:
        with place.database.write() as db:
            runs.reject(db, claimed, code=fault.code, message=fault.message)
        _count("rejected", Blame.STUDENT)
    except RubricFault as fault:
        with place.database.write() as db:
            runs.fail(db, claimed, code="rubric-fault", message=str(fault), blame=Blame.AUTHOR)
        _count("failed", Blame.AUTHOR)
    except HouseFault as fault:
        _release(place, claimed, str(fault))
    else:
        if reports.house_must_act(graded.report) and claimed.attempt < place.settings.max_attempts:
            _release(place, claimed, "Some criteria could not be judged through a fault of ours.")
        else:
            # By the clock that the claim was dated by, whatever this machine's says.
            took = timedelta(seconds=time.monotonic() - began)
            _store(place, claimed, graded, use, graded_at=claimed.claimed_at + took)


def _store(place: Workplace, claimed: Claim, graded: GradedRun, use: gpu_slots.SlotUse, *, graded_at: datetime) -> None:
    report = use.in_report(graded.report)
    shown = {figure.sha256 for figure in report.figures}
    for name, content in graded.figures.items():
        if place.blobs.write(content) != name:
            raise HouseFault(f"figure {name} is not what its name says")
    with place.database.write() as db:
        stored = reports.store(db, claimed, report, shown & set(graded.figures), graded_at=graded_at)
    if stored is None:
        log.warning("report came too late: the lease was somebody else's", attempt=claimed.attempt)
        return
    place.announcer.posts(list(stored.posts))
    if use.seconds:
        metrics.gpu_seconds.labels(claimed.rubric_slug).inc(use.seconds)
        metrics.gpu_peak.labels(claimed.rubric_slug).set(use.peak_bytes or 0)
    metrics.graded.labels(claimed.rubric_slug).observe(metrics.seconds_between(claimed.claimed_at, graded_at))
    for phase, seconds in report.run.phases.items():
        metrics.phases.labels(claimed.rubric_slug, phase).observe(seconds)
    for cause, boxes in report.run.killed.items():
        metrics.killed.labels(claimed.rubric_slug, cause).inc(boxes)
    _count("graded", Blame.NOBODY)
    log.info(
        "run graded",
        submission_id=claimed.submission_id,
        assignment=claimed.rubric_slug,
        attempt=claimed.attempt,
        earned=str(float(report.score)),
    )


def _release(place: Workplace, claimed: Claim, message: str) -> None:
    with place.database.write() as db:
        run = runs.release(db, claimed, message=message, max_attempts=place.settings.max_attempts)
    if run is not None:
        given_up = run.state == RunState.FAILED.value
        _count("failed" if given_up else "retried", Blame.HOUSE)
        log.warning("run given up" if given_up else "run will be tried again", problem=message, attempt=claimed.attempt)


def _count(outcome: str, blame: Blame) -> None:
    metrics.outcomes.labels(outcome, blame.value).inc()
