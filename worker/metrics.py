"""What operators learn from a worker."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)

waited = Histogram(
    "chainrule_run_wait_seconds", "From accepted to claimed.", ["queue"], buckets=_SECONDS, registry=registry
)
graded = Histogram(
    "chainrule_run_grading_seconds", "From claimed to graded.", ["assignment"], buckets=_SECONDS, registry=registry
)
phases = Histogram(
    "chainrule_run_phase_seconds",
    "Phases as the judge saw them.",
    ["assignment", "phase"],
    buckets=_SECONDS,
    registry=registry,
)
outcomes = Counter(
    "chainrule_run_outcomes", "Tries by outcome and who must act.", ["outcome", "blame"], registry=registry
)
killed = Counter(
    "chainrule_boxes_killed",
    "Boxes ended before their time, by cause (memory, cpu, deadline, disk, exit, signal …).",
    ["assignment", "cause"],
    registry=registry,
)
gpu_seconds = Counter(
    "chainrule_gpu_seconds", "Seconds that graded runs held a GPU's slot.", ["assignment"], registry=registry
)
gpu_peak = Gauge(
    "chainrule_gpu_peak_bytes", "Most memory in use on the GPU during the last run.", ["assignment"], registry=registry
)
posts = Counter("chainrule_posts_sent", "Grade posts by outcome.", ["platform", "outcome", "status"], registry=registry)


def seconds_between(start: datetime, end: datetime) -> float:
    """Never below zero, whatever the clocks do."""
    return max(0.0, (end - start).total_seconds())
