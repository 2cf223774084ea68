"""A report is the same after it was written and read again, whatever is in it."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.domain.errors import HouseFault
from grading.domain.report import (
    Answer,
    CriterionResult,
    Explanation,
    Figure,
    Finding,
    GpuUse,
    Integrity,
    MachineResult,
    Marking,
    NamedMistake,
    Report,
    RunFacts,
)
from grading.domain.verdict import Blame, Status, Tier, Visibility

STORED = json.loads((Path(__file__).parents[1] / "pages" / "fixtures" / "report.json").read_text())
"""A report as it was stored before findings had parts."""

WORDS = st.text(max_size=12)
NAMES = st.lists(WORDS, max_size=2).map(tuple)
POINTS = st.decimals(0, 10, places=2)
PLAIN = st.none() | st.booleans() | st.integers(-9, 9) | WORDS
MISTAKE = st.builds(NamedMistake, st.text(min_size=1, max_size=9), WORDS, WORDS)
MISTAKES = st.builds(
    NamedMistake, st.text(min_size=1, max_size=9), WORDS, WORDS, NAMES, st.lists(MISTAKE, max_size=2).map(tuple)
)
FINDINGS = st.builds(
    Finding,
    question=WORDS,
    passed=st.booleans(),
    told=st.builds(Explanation, *[WORDS] * 6, st.none() | MISTAKES, WORDS),
    visibility=st.sampled_from(Visibility),
    blame=st.sampled_from(Blame),
    remark=st.booleans(),
    needs=WORDS,
    answer=st.none() | st.builds(Answer, WORDS, st.text("abcdef", min_size=1), NAMES),
    evidence=st.dictionaries(st.sampled_from(["index", "got", "shape"]), PLAIN | st.lists(PLAIN, max_size=2)),
)
MARKINGS = st.builds(
    Marking,
    st.sampled_from(["given", "settled", "disputed"]),
    st.none() | POINTS,
    WORDS,
    NAMES,
    st.booleans(),
    NAMES,
    st.builds(MachineResult, st.sampled_from(Status), POINTS),
)
CRITERIA = st.builds(
    CriterionResult,
    WORDS,
    WORDS,
    WORDS,
    POINTS,
    POINTS,
    st.sampled_from(Status),
    st.lists(FINDINGS, max_size=2).map(tuple),
    st.none() | MARKINGS,
    st.none() | st.integers(0, 9),
)
RUNS = st.builds(
    RunFacts,
    st.none() | st.integers(0, 2**48),
    WORDS,
    st.sampled_from(Tier),
    WORDS,
    WORDS,
    st.floats(0, 9),
    st.dictionaries(WORDS, st.floats(0, 9), max_size=2),
    st.dictionaries(WORDS, st.integers(0, 9), max_size=2),
    st.none() | st.builds(GpuUse, st.floats(0, 9), st.none() | st.integers(0, 9)),
)
REPORTS = st.builds(
    Report,
    WORDS,
    WORDS,
    WORDS,
    st.lists(st.tuples(WORDS, st.integers(0, 9)), max_size=2).map(tuple),
    RUNS,
    st.lists(CRITERIA, max_size=2).map(tuple),
    st.lists(st.builds(Integrity, WORDS, WORDS), max_size=1).map(tuple),
    NAMES,
    st.lists(st.builds(Figure, *[WORDS] * 5, st.just(3), st.just(4), WORDS, WORDS), max_size=1).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_what_is_written_is_read_again(report: Report) -> None:
    """Through JSON as text, with the same messages, and the same JSON the next time."""
    text = json.dumps(report.to_json())
    read = Report.from_json(json.loads(text))

    assert read == report
    assert json.dumps(read.to_json()) == text


def test_a_report_of_the_earlier_form_keeps_all_that_it_says() -> None:
    """Messages, mistakes with their words, points, pictures; read once, it has the form of today."""
    read = Report.from_json(STORED)
    again = read.to_json()
    before = [f for row in STORED["criteria"] for f in row["findings"]]
    after = [f for row in read.criteria for f in row.findings]

    assert [(f["question"], f["message"], f["mistake"]) for f in before] == [
        (f.question, f.message, f.mistake) for f in after
    ]
    assert again["figures"] == STORED["figures"]
    assert (again["score"], again["max_score"]) == (STORED["score"], STORED["max_score"])
    assert Report.from_json(again) == read
    for told in (f for f in before if f["mistake"]):
        [finding] = [f for f in after if f.mistake == told["mistake"]]
        assert finding.told.mistake == NamedMistake(told["mistake"], **told["evidence"]["mistake"])


def earlier(message: str, **evidence: object) -> Finding:
    """A finding of the earlier form, read."""
    told = {"question": "q", "passed": False, "message": message, "mistake": "kernels", "evidence": evidence}

    return Finding.from_json(told)


@pytest.mark.parametrize(
    "tail", ["", " Kernels are shown. Show the maps.", " In W1: Kernels are shown. Show the maps."]
)
def test_the_parts_of_an_earlier_finding_stand_apart(tail: str) -> None:
    """Claim, call, what came, and the mistake's words, each without the others; the message stays as it was."""
    message = f"It shows maps. draw was called with 3 and raised ValueError: no.{tail}"
    asked = "draw was called with 3"
    finding = earlier(message, claim="It shows maps.", says="Kernels are shown.", look="Show the maps.", asked=asked)

    assert finding.told == Explanation(
        "It shows maps.",
        asked,
        "it",
        "raised ValueError: no.",
        mistake=NamedMistake("kernels", "Kernels are shown.", "Show the maps."),
    )
    assert finding.message == message
    assert dict(finding.evidence) == {"asked": asked}


@pytest.mark.parametrize("broken", [{}, {"criteria": 3}, STORED | {"run": {}}, STORED | {"criteria": [{"id": "a"}]}])
def test_what_is_no_report_is_our_fault(broken: dict[str, object]) -> None:
    """Whatever it lacks."""
    with pytest.raises(HouseFault):
        Report.from_json(broken)


def test_points_follow_from_the_criteria() -> None:
    """What waits for a person is the whole of its criterion."""
    rows = [
        CriterionResult("a", "A", "", Decimal("0.5"), Decimal(1), Status.PARTIAL),
        CriterionResult("b", "B", "", Decimal(0), Decimal(2), Status.MANUAL),
    ]
    facts = RunFacts(1, "cpu", Tier.FULL, "", "", 0.0, {})
    report = Report("s", "v", "", (), facts, tuple(rows))

    assert (report.score, report.max_score, report.pending_points, report.final) == (Decimal("0.5"), 3, 2, True)
