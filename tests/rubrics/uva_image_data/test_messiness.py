"""Each oddity of real submissions, put into the right notebook: what it costs, and what the student reads."""

import copy
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import nbformat
import pytest
from nbformat import v4

from grading.assignments.catalog import read_assignment
from grading.assignments.uva_image_data import explanations
from grading.assignments.uva_image_data.rubric import FILE, part
from grading.checks.misplaced import NO_PLACE, UNDER_ANOTHER
from grading.domain.errors import NotASubmission
from grading.domain.report import CriterionResult
from grading.domain.submission import SubmittedFile
from grading.domain.verdict import Status
from grading.evaluation.criteria import Evaluation
from grading.intake import match_parts, read_upload
from grading.programs import read_source
from tests.evaluation.fakes import FakeBox, asking
from tests.rubrics.uva_image_data.samples import SAMPLES

Book = dict[str, Any]
RIGHT: Book = json.loads((SAMPLES / "right" / FILE).read_text())
TRAININGS = {"sgd_history", "adam_history", "tiny_history", "huge_history", "zero_history", "kaiming_history"}
SYMMETRY, RATES = "This is the **symmetry", "Too high: the"
ANSWERS = ("The last layer maps", SYMMETRY, "- Zero: simple", "Degradation: a", RATES, "ReLU instead of")


def rows(book: Book) -> dict[str, CriterionResult]:
    """The rows of a notebook; what is asked of its networks needs a box and finds none here."""
    source = read_source(SubmittedFile(FILE, json.dumps(book).encode()))
    with asking(part, FakeBox({})) as (student, _):
        return {row.id: row for row in Evaluation(part, student, 1, source).results()}


def short(graded: Mapping[str, CriterionResult]) -> dict[str, str]:
    """What did not hold of all that a notebook stores, and what does not wait of all answers: question → message."""
    return {
        finding.question: finding.message
        for row in graded.values()
        for finding in row.findings
        if not finding.passed
        and (finding.question in {"split_sizes", "cam_pictures", *TRAININGS} or row.section == "Answers")
        and row.status is not Status.MANUAL
    }


def text(cell: Book) -> str:
    """A cell's source."""
    return "".join(cell["source"])


def cell(book: Book, words: str) -> Book:
    """The cell with these words in it."""
    return next(one for one in book["cells"] if words in text(one))


def code(source: str) -> Book:
    """A code cell."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}


def counts_reversed(book: Book) -> None:
    """Run from the last cell to the first."""
    cells = [one for one in book["cells"] if one["cell_type"] == "code"]
    for number, one in enumerate(reversed(cells), 1):
        one["execution_count"] = number


def definitions_behind(book: Book) -> None:
    """Classes and a rate were moved to the end, and run before what needs them."""
    moved = []
    for one in [c for c in book["cells"] if text(c).startswith("class ResNet")]:
        head, mark, rest = text(one).partition("\ndevice =")
        moved.append(code(head))
        one["source"] = (mark + rest).replace("lr = 1e-4", "lr = RATE")
    book["cells"] += [*moved, code("RATE = 1e-4")]


def version_3(book: Book) -> None:
    """As notebooks were stored before 2015."""
    for one in book["cells"]:
        one["source"] = text(one)
    new = json.loads(json.dumps(v4.downgrade(nbformat.from_dict(book))))
    book.clear()
    book.update(new)


def colab(book: Book) -> None:
    """What Colab adds, and the ids that it leaves out."""
    book["metadata"] = {"colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU", "widgets": {"a": {"x": 1}}}
    for number, one in enumerate(book["cells"]):
        one.pop("id", None)
        one["metadata"] = {"id": f"x{number}", "colab": {"height": 35}, "outputId": "q", "cellView": "form"}


def below_placeholders(book: Book) -> None:
    """The placeholder was left above, beside or behind the answer."""
    for words, form in zip(
        ANSWERS, ("{0}\n\n{1}", "{0}: {1}", "**{0}**\n{1}", "{1} {0}", "> {0}\n\n{1}"), strict=False
    ):
        one = cell(book, words)
        one["source"] = form.format("YOUR ANSWER HERE", text(one))


def other_words(book: Book) -> None:
    """Dutch in HTML, a table, Chinese under a heading of one's own, a fence, a formula, a picture."""
    written = (
        "<p style='color:blue'>Dit is de laatste laag: zes klassen.</p>",
        "| init | voor |\n|---|---|\n| nul | eenvoudig |",
        "### Antwoord\n\n层数太多:过拟合。",
        "```\ntoo high: overshoots\n```",
        "$$\\sigma'(x) \\le 1/4$$",
        "![image.png](attachment:image.png)",
    )
    for words, answer in zip(ANSWERS, written, strict=True):
        one = cell(book, words)
        one["source"] = answer


def other_kinds(book: Book) -> None:
    """Answers in raw cells and in code cells: as comments, in quotes, as plain words that do not parse."""
    words = "It is the symmetry problem, all units stay the same"
    forms = (f"# {words}\n# for ever", f'"""{words}."""', f"{words}, don't they?")
    for start, form in zip(ANSWERS, forms, strict=False):
        cell(book, start).update(code(form))
    cell(book, RATES)["cell_type"] = "raw"


def other_titles(book: Book) -> None:
    """Headings became bold lines with numbers of one's own form."""
    for one in book["cells"]:
        if one["cell_type"] == "markdown":
            one["source"] = re.sub(r"#### Assignment (8\.\d)", r"**Q\1**", text(one))


@pytest.mark.parametrize(
    "oddity",
    [
        counts_reversed,
        definitions_behind,
        version_3,
        colab,
        below_placeholders,
        other_words,
        other_kinds,
        other_titles,
    ],
)
def test_what_surrounds_right_work_costs_nothing(oddity: Callable[[Book], None]) -> None:
    """Histories and pictures count, and every answer is there for a person."""
    book = copy.deepcopy(RIGHT)
    oddity(book)

    assert short(rows(book)) == {}


def test_cleared_outputs_are_told_as_such() -> None:
    """Nothing that was run is stored: the student reads what to do, and answers wait all the same."""
    book = copy.deepcopy(RIGHT)
    for one in book["cells"]:
        if one["cell_type"] == "code":
            one |= {"outputs": [], "execution_count": None}
    graded = rows(book)
    told = short(graded)

    assert told.keys() == {"split_sizes", "cam_pictures", *TRAININGS}
    assert all("Run" in message and "save" in message for message in told.values()), told
    assert {row.status for row in graded.values()} == {Status.NOT_ATTEMPTED, Status.MANUAL}


def test_pictures_pasted_into_the_text_are_for_a_person() -> None:
    """A screenshot of the maps instead of the cell's own outputs: nothing shows that they are wrong."""
    book = copy.deepcopy(RIGHT)
    for one in book["cells"]:
        if "display_grad_cam(" in text(one) and one["cell_type"] == "code":
            one["outputs"] = []
    assert rows(book)["grad-cam"].status is Status.NOT_ATTEMPTED

    book["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "![cam.png](attachment:cam.png)"})
    row = rows(book)["grad-cam"]
    assert row.status is Status.MANUAL
    assert row.answers[0].text == explanations.PASTED


def test_an_answer_whose_question_was_deleted_is_found_by_a_person() -> None:
    """All that was written goes to the person, with the reason; a question that stands there unanswered does not."""
    book = copy.deepcopy(RIGHT)
    book["cells"].remove(cell(book, "Assignment 8.2"))
    cell(book, RATES)["source"] = "YOUR ANSWER HERE"
    graded = rows(book)
    read = graded["answer-symmetry"].answers[0].text

    assert isinstance(read, str)
    assert read.startswith(NO_PLACE.strip())
    assert SYMMETRY in read
    assert graded["answer-rates"].status is Status.NOT_ATTEMPTED


def test_answers_under_another_question_are_found_by_their_number() -> None:
    """All of them at the end, or one in the next one's cell."""
    book = copy.deepcopy(RIGHT)
    written = []
    for number, words in enumerate(ANSWERS[:-1], 1):
        one = cell(book, words)
        written.append(f"8.{number}: {text(one)}")
        one["source"] = "YOUR ANSWER HERE"
    last = cell(book, ANSWERS[-1])
    last["source"] = text(last) + "\n\n# Answers\n\n" + "\n\n".join(written)
    graded = rows(book)
    read = graded["answer-symmetry"].answers[0].text

    assert short(graded) == {}
    assert read.startswith(UNDER_ANOTHER.strip())
    assert SYMMETRY in read
    assert RATES not in read


def test_an_untouched_notebook_is_nothing() -> None:
    """However its questions are looked for."""
    book = json.loads((SAMPLES / "starter" / FILE).read_text())

    assert {row.status for row in rows(book).values()} == {Status.NOT_ATTEMPTED}


def test_a_renamed_notebook_is_the_notebook_and_a_page_is_refused() -> None:
    """Any name will do; an export as HTML holds no cells, and the student hears what to submit."""
    assignment = read_assignment(SAMPLES.parent)
    name = "Kopie van opdracht 2 – Ada & Bob (3).ipynb"
    handed = read_upload([(name, json.dumps(RIGHT).encode())], assignment)
    matched = match_parts(handed, assignment)[FILE]
    assert matched is not None
    assert matched.name == name

    page = b"<!DOCTYPE html>\n<html><head><title>image_data_processing</title></head><body>...</body></html>"
    for wrong in ("image_data_processing.html", FILE):
        with pytest.raises(NotASubmission) as refused:
            read_upload([(wrong, page)], assignment)

        assert ".ipynb" in str(refused.value), refused.value
