"""Laws that every record of a known mistake keeps, and every rubric that meets one."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from grading.assignments import load_rubric
from grading.assignments.catalog import catalog
from grading.authoring import Mistake
from grading.mistakes import KnownMistake, every, records

RECORDS = {id(record): record for record in records()}.values()
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SECOND_SENTENCE = re.compile(r"[.!?]\s+[A-Z]")
RIGHT_VALUE = re.compile(r"\b(expected|reference|correct answer)\b", re.IGNORECASE)


def offending(wrong: Iterator[KnownMistake]) -> list[str]:
    """The records for which a law does not hold, as they are written."""
    return [f"{record.id}: {record.says} | {record.look}" for record in wrong]


def test_an_id_is_lower_case_words():
    """Statistics count it, pages link to it."""
    assert offending(r for r in RECORDS if not ID.fullmatch(r.id)) == []


def test_a_record_says_one_sentence():
    """It ends in a period, and no second sentence hides what was done."""
    assert offending(r for r in RECORDS if not r.says.endswith(".") or SECOND_SENTENCE.search(r.says)) == []


def test_advice_is_whole_sentences():
    """Or there is none."""
    assert offending(r for r in RECORDS if r.look and not r.look.endswith((".", "!", "?"))) == []


def test_no_record_speaks_of_the_right_value():
    """A student reads what they did, never what was compared with."""
    assert offending(r for r in RECORDS if RIGHT_VALUE.search(f"{r.says} {r.look}")) == []


def test_one_id_says_one_thing():
    """Several variants of one mistake share id and words; another mistake has another id."""
    said = defaultdict(set)
    for record in RECORDS:
        said[record.id].add(record.says)

    assert {id_: words for id_, words in said.items() if len(words) > 1} == {}


def test_there_are_many():
    """The laws are held against something: every file of the room has records, and `every` has each id once."""
    assert len(RECORDS) > 300
    assert every().keys() == {record.id for record in RECORDS}
    assert all(known.says == every()[known.id].says for known in RECORDS)


@pytest.mark.parametrize("slug", sorted(catalog(())))
def test_a_course_tells_a_mistake_in_the_words_of_its_record(slug):
    """Advice may differ with an assignment's sizes and names; what was done is said alike everywhere."""
    checks = [check for row in load_rubric(catalog(())[slug]).criteria for check in row.checks]
    met: set[Mistake] = {mistake for check in checks for mistake in check.mistakes}

    assert {(m.id, m.says) for m in met if m.id in every() and m.says != every()[m.id].says} == set()
