"""The report: words by the key, explanations for a person, the loss before training as a number."""

import json
from pathlib import Path

import pytest

from grading.assignments.catalog import read_assignment
from grading.assignments.ece661_hw2 import report
from grading.assignments.ece661_hw2.rubric import rubric
from grading.domain.report import CriterionResult
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Status
from grading.evaluation.criteria import Evaluation
from grading.evaluation.graded import hints_of
from grading.intake import match_parts
from grading.programs import read_source
from tests.evaluation.fakes import FakeBox, asking

SAMPLES = Path(report.__file__).parent / "samples"


def graded(content: bytes) -> dict[str, CriterionResult]:
    """The report's rows."""
    source = read_source(SubmittedFile(report.FILE, content))
    with asking(report.part, FakeBox({})) as (student, _):
        return {row.id: row for row in Evaluation(report.part, student, 1, source).results()}


def sample(name: str) -> bytes:
    """A sample's report."""
    return (SAMPLES / name / report.FILE).read_bytes()


def changed(old: str, new: str) -> bytes:
    """The right report with one cell changed."""
    notebook = json.loads(sample("right"))
    cells = [cell for cell in notebook["cells"] if old in "".join(cell["source"])]

    assert len(cells) == 1, old
    cells[0]["source"] = "".join(cells[0]["source"]).replace(old, new)
    return json.dumps(notebook).encode()


@pytest.mark.parametrize("name", ["right", "right_simplenn"])
def test_right_words_count_and_explanations_wait(name: str) -> None:
    """However the word is set: True, T, with a full stop or a dash behind it."""
    rows = graded(sample(name))

    assert {row.status for id_, row in rows.items() if id_.endswith("-word")} == {Status.PASSED}
    assert {row.status for id_, row in rows.items() if id_.endswith("-why")} == {Status.MANUAL}
    assert rows["initial-loss"].status is Status.PASSED


def test_an_untouched_report_is_nothing() -> None:
    """Placeholders wait for nobody."""
    assert {row.status for row in graded(sample("starter")).values()} == {Status.NOT_ATTEMPTED}


@pytest.mark.parametrize(
    ("old", "new", "row", "status"),
    [
        ("False. Both regularize", "True. Both regularize", "statement-5-word", Status.FAILED),
        ("False. Both regularize", "**false**: Both regularize", "statement-5-word", Status.PASSED),
        ("True. The ratio is", "t, because the ratio is", "statement-8-word", Status.PASSED),
        ("True. The ratio is", "It depends. The ratio is", "statement-8-word", Status.FAILED),
        ("= 2.303:", "= 1.0:", "initial-loss", Status.FAILED),
        ("About $\\ln 10$ = 2.303: ten classes, all as likely.", "log(10) = 2.3", "initial-loss", Status.PASSED),
    ],
)
def test_words_and_numbers_are_read_in_many_forms(old: str, new: str, row: str, status: Status) -> None:
    """A wrong word is wrong; the explanation waits whatever the word is."""
    rows = graded(changed(old, new))

    assert rows[row].status is status
    assert row == "initial-loss" or rows[row.replace("-word", "-why")].status is Status.MANUAL


def test_a_bare_word_has_no_explanation() -> None:
    """Then nothing waits."""
    rows = graded(changed("False. Both regularize; together they can underfit.", "False."))

    assert rows["statement-5-word"].status is Status.PASSED
    assert rows["statement-5-why"].status is Status.NOT_ATTEMPTED


def test_another_editions_statement_is_for_a_person() -> None:
    """The key is of one year: under the number there is something else, and nobody loses a point for that."""
    rows = graded(changed("Leaky ReLU cures dying units", "Dead units are cured by another unit"))
    notebook = json.loads(sample("right"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("leaky", "other").replace("Leaky", "Other")
    others = graded(json.dumps(notebook).encode())

    assert rows["statement-6-word"].status is Status.MANUAL
    assert others["statement-6-word"].status is Status.MANUAL
    assert others["statement-7-word"].status is Status.PASSED


def test_files_of_another_edition_find_their_labs() -> None:
    """simplenn-cifar10-dev.ipynb is Lab 2, by what its code holds."""
    assignment = read_assignment(SAMPLES.parent)
    folder = SAMPLES / "right_simplenn"
    names = {path.name: path.name.replace("lenet5", "simplenn") for path in folder.iterdir()}
    handed = Submission(tuple(SubmittedFile(new, (folder / old).read_bytes()) for old, new in names.items()))
    matched = match_parts(handed, assignment, hints_of(rubric.parts))

    assert {old: file.name if file else None for old, file in matched.items()} == names


AHEAD = """Next is lab 2: BatchNorm2d, swish, an L1 penalty; then the ResNet-20 of lab 3, see resnet-cifar10.ipynb."""
TRIED = """transform_train = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor()])
norm, act, pooled = nn.BatchNorm2d(6), torch.sigmoid, F.avg_pool2d"""


NAMES = ("lenet5-cifar10.ipynb", "LeNet5_CIFAR10 (1).ipynb", "maria-lopez-lenet5-cifar10.ipynb")


@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, kind) for name in NAMES for kind in ("markdown", "code")), ("homework.ipynb", "markdown")],
)
def test_the_first_lab_alone_is_the_first_lab(name: str, kind: str) -> None:
    """Whatever it says of the others, and though some of what they ask was tried in it already."""
    notebook = json.loads((SAMPLES / "right" / "lenet5-cifar10.ipynb").read_bytes())
    cell = {"cell_type": kind, "id": "ahead", "metadata": {}, "source": AHEAD if kind == "markdown" else TRIED}
    notebook["cells"].append(cell | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    handed = Submission((SubmittedFile(name, json.dumps(notebook).encode()),))
    matched = match_parts(handed, read_assignment(SAMPLES.parent), hints_of(rubric.parts))

    assert {part for part, file in matched.items() if file} == {"lenet5-cifar10.ipynb"}


def test_labs_under_each_others_names_are_told_apart() -> None:
    """By what their code holds."""
    one, two, three = names = ("lenet5-cifar10.ipynb", "lenet5-cifar10-dev.ipynb", "resnet-cifar10.ipynb")
    right = {name: (SAMPLES / "right" / name).read_bytes() for name in names}
    for handed in ({one: two, two: one}, {one: three, three: one}, {two: three, three: two}):
        files = tuple(SubmittedFile(name, right[content]) for name, content in handed.items())
        matched = match_parts(Submission(files), read_assignment(SAMPLES.parent), hints_of(rubric.parts))

        assert {part: file.name for part, file in matched.items() if file} == handed


def test_the_rows_have_the_sheets_points() -> None:
    """20, 16 with 4 of bonus, 30 with 6 of bonus, 16."""
    totals: dict[str, int] = {}
    for row in rubric.validated().criteria:
        totals[row.section] = totals.get(row.section, 0) + int(row.possible)

    assert totals == {"1. True or false": 20, "2. Lab 1": 20, "3. Lab 2": 36, "4. ResNet": 16}
