"""Words for values."""

from datetime import UTC, datetime, timedelta

import pytest

from api.pages.views import words
from grading.domain.verdict import RunState, Status


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_word(status) -> None:
    """No row of a report is shown by its identifier."""
    assert status in words.STATUS_WORDS


@pytest.mark.parametrize("state", RunState)
def test_every_state_has_its_word(state) -> None:
    """No submission is shown by its identifier."""
    assert state in words.STATE_WORDS


@pytest.mark.parametrize(("given", "expected"), [(2.0, "2"), (0.50, "0.5"), ("7.25", "7.25"), (0, "0"), (10, "10")])
def test_points_have_no_trailing_zeros(given, expected) -> None:
    """Points are written as the rubric does."""
    assert expected == words.points(given)


@pytest.mark.parametrize(
    ("given", "expected"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th")]
)
def test_places_in_line_read_well(given, expected) -> None:
    """The teens take "th"."""
    assert expected == words.ordinal(given)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(minutes=20), "in 20 min"),
        (timedelta(hours=5), "in 5 h"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=-3), "3 days ago"),
    ],
)
def test_due_dates_say_how_far_they_are(gap, expected) -> None:
    """Minutes, hours or days, whichever reads best."""
    now = datetime(2026, 11, 20, tzinfo=UTC)

    assert expected == words.until(now + gap, now)


@pytest.mark.parametrize(
    ("given", "expected"), [(512, "512 bytes"), (20 << 20, "20 MB"), (3000, "3 KB"), (5 << 30, "5.0 GB")]
)
def test_sizes_read_well(given, expected) -> None:
    """Powers of 1024, without decimals where none are needed."""
    assert expected == words.file_size(given)


@pytest.mark.parametrize(
    ("given", "expected"), [(None, ""), (0.2, "about 1 second"), (8.4, "about 8 seconds"), (200, "about 3 minutes")]
)
def test_waiting_times_read_well(given, expected) -> None:
    """Seconds up to a minute and a half, minutes beyond."""
    assert expected == words.duration(given)


def test_code_in_a_sentence_is_marked_and_nothing_else() -> None:
    """Backticks become code; markup of a student's stays text."""
    assert words.prose("the loop over `<b>` <i>ran</i>") == (
        "the loop over <code>&lt;b&gt;</code> &lt;i&gt;ran&lt;/i&gt;"
    )


def test_long_names_break_at_their_punctuation() -> None:
    """A file name has places to break, and reads the same without them."""
    shown = words.breakable("1.a_<b>.ipynb")

    assert shown == "1.<wbr>a_&lt;b&gt;.<wbr>ipynb"
