"""What rubrics and known submissions call a mistake is a record: one id, one set of words, in every course."""

import pytest

from grading.assignments import load_patches, load_rubric
from grading.assignments.catalog import catalog
from grading.mistakes import every


@pytest.mark.parametrize("slug", sorted(catalog()))
def test_names_of_mistakes_are_records(slug: str) -> None:
    """Those that a check lists, and those that a report on a known submission must have."""
    assignment = catalog()[slug]
    rubric = load_rubric(assignment)
    checks = [check for part in rubric.parts for row in part.criteria for check in row.checks]
    listed = {mistake.id for check in checks for mistake in check.mistakes}
    named = {patch.named for one in load_patches(assignment, rubric) for patch in one.wrong if patch.named}

    assert (listed | named) - every().keys() == set()
