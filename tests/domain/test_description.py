"""What a rubric says of itself survives the way to the database and back."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grading.domain.description import CriterionSummary, Description, MistakeSummary

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
points = st.decimals(0, 100, places=3)
rows = st.builds(CriterionSummary, id=texts, title=texts, section=texts, part=texts, possible=points)
descriptions = st.builds(
    Description,
    slug=texts,
    version=texts,
    criteria=st.lists(rows, max_size=4).map(tuple),
    mistakes=st.dictionaries(texts, st.builds(MistakeSummary, says=texts, look=texts), max_size=3),
)


@given(descriptions)
def test_a_description_is_read_as_it_was_written(described: Description):
    """Through JSON text, points exact."""
    assert Description.from_json(json.loads(json.dumps(described.to_json()))) == described


@given(descriptions)
def test_full_marks_are_the_sum_of_the_rows(described: Description):
    """No figure beside the rows can differ from them."""
    assert described.points == sum((row.possible for row in described.criteria), Decimal(0))
