"""The words, tones and icons by which pages speak of states: one table, so that every page says the same.

A tone is a CSS class (`tone-pass`), an icon the name of a symbol in icons.svg. Colour never
stands alone: each has its word.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup, escape

from grading.domain.verdict import RunState, Status
from grading.store.tables import PostState


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How a state is shown."""

    key: str
    text: str
    tone: str
    icon: str


STATUS_WORDS = {
    Status.PASSED: StatusWords("passed", "Passed", "pass", "passed"),
    Status.PARTIAL: StatusWords("partial", "Partly right", "wait", "partial"),
    Status.FAILED: StatusWords("failed", "Failed", "fail", "failed"),
    Status.NOT_SUBMITTED: StatusWords("not_submitted", "Not submitted", "mute", "not_submitted"),
    Status.NOT_ATTEMPTED: StatusWords("not_attempted", "Not attempted", "mute", "not_attempted"),
    Status.MANUAL: StatusWords("manual", "Waits for a person", "wait", "manual"),
    Status.ERROR: StatusWords("error", "Our fault", "house", "error"),
}

STATE_WORDS = {
    RunState.QUEUED: StatusWords("queued", "Queued", "live", "queued"),
    RunState.RUNNING: StatusWords("running", "Running", "live", "running"),
    RunState.GRADED: StatusWords("graded", "Graded", "pass", "passed"),
    RunState.FAILED: StatusWords("failed", "Our fault", "house", "error"),
    RunState.REJECTED: StatusWords("rejected", "Not gradable", "fail", "failed"),
    RunState.CANCELLED: StatusWords("cancelled", "Cancelled", "mute", "not_attempted"),
    RunState.SUPERSEDED: StatusWords("superseded", "Replaced by a newer one", "mute", "not_submitted"),
}

POST_WORDS = {
    PostState.WAITING: StatusWords("waiting", "Waiting", "live", "queued"),
    PostState.SENT: StatusWords("sent", "Posted", "pass", "passed"),
    PostState.UNCHANGED: StatusWords("unchanged", "Overtaken by a newer one", "mute", "not_attempted"),
    PostState.REFUSED: StatusWords("refused", "Refused", "fail", "failed"),
    PostState.DEAD: StatusWords("dead", "Given up", "fail", "failed"),
}


def status_word(status: str) -> StatusWords:
    """The word for a criterion's status; an unknown one is shown as it is."""
    try:
        return STATUS_WORDS[Status(status)]
    except ValueError:
        return StatusWords(status, in_words(status), "mute", "remark")


def state_word(state: str) -> StatusWords:
    """The word for a submission's state; an unknown one is shown as it is."""
    try:
        return STATE_WORDS[RunState(state)]
    except ValueError:
        return StatusWords(state, in_words(state), "mute", "remark")


def post_word(state: str) -> StatusWords:
    """The word for where a grade's posting stands; an unknown one is shown as it is."""
    try:
        return POST_WORDS[PostState(state)]
    except ValueError:
        return StatusWords(state, in_words(state), "mute", "remark")


def in_words(identifier: str) -> str:
    """An identifier as people read it: `got_shape` becomes "Got shape"."""
    words = identifier.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def as_question(identifier: str) -> str:
    """A check's id as people read it; the case stays, because `dW1` is a name of the field."""
    return identifier.replace("_", " ").replace("-", " ").strip()


def breakable(name: str) -> Markup:
    """A long name that may break after its own punctuation, and nowhere else where that suffices."""
    return Markup("<wbr>").join(re.split(r"(?<=[_./-])(?=[A-Za-z0-9])", name))


def prose(text: str) -> Markup:
    """A sentence of the judge's: what stands between backticks is code, everything else is text."""
    return Markup(re.sub(r"`([^`\n]{1,80})`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def points(value: object) -> str:
    """Points without trailing zeros: 2.0 is "2", 0.50 is "0.5"."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return f"{number:.2f}".rstrip("0").rstrip(".")


def file_size(count: int) -> str:
    """Bytes as people read them: "12 KB", "20 MB"."""
    size = float(count)
    for unit in ("bytes", "KB", "MB"):
        if size < 1024:  # noqa: PLR2004 - the unit's own ratio
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def duration(seconds: float | None) -> str:
    """A waiting time as people say it: "about 8 seconds", "about 3 minutes"."""
    if seconds is None:
        return ""
    if seconds < 90:  # noqa: PLR2004 - below this, seconds read better than minutes
        whole = max(1, round(seconds))
        return f"about {whole} second{'' if whole == 1 else 's'}"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes"


def aware(moment: datetime) -> datetime:
    """The moment in UTC; a naive one, as SQLite gives it back, is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def when(moment: datetime) -> str:
    """A moment as written on the page before the browser puts it into the reader's own time zone."""
    return f"{aware(moment):%d %b %Y, %H:%M} UTC".lstrip("0")


def until(moment: datetime, now: datetime) -> str:
    """How far a due date is: "in 3 days", "5 hours ago"."""
    gap = aware(moment) - aware(now)
    ahead, gap = gap >= timedelta(0), abs(gap)
    hours = gap.total_seconds() / 3600
    if hours < 1:
        text = f"{max(1, round(hours * 60))} min"
    elif hours < 48:  # noqa: PLR2004 - up to two days, hours read better
        text = f"{round(hours)} h"
    else:
        text = f"{round(hours / 24)} days"
    return f"in {text}" if ahead else f"{text} ago"


def ordinal(number: int) -> str:
    """A place in line: 1st, 2nd, 3rd, 4th, 11th."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
