"""What the stored part of a notebook earns: histories, pictures and answers, read without a box."""

import json
import math

import pytest

from grading.assignments.uva_image_data import explanations, outcomes, questions, runs
from grading.assignments.uva_image_data.outcomes import LN6, Wanted
from grading.assignments.uva_image_data.rubric import FILE, rubric
from grading.authoring.written import Right, Wrong
from grading.checks.misplaced import NO_PLACE
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source
from tests.rubrics.uva_image_data.samples import SAMPLES, sample

FALLING = [(1.79 - 0.02 * n, 1.78 - 0.02 * n, 0.2 + 0.01 * n) for n in range(10)]
FAST = [(1.6 - 0.05 * n, 1.58 - 0.04 * n, 0.3 + 0.02 * n) for n in range(10)]
FLAT = [(1.7918, 1.7918, 0.14 - 0.002 * n) for n in range(10)]
WILD = [(64.0, 9.1, 0.2), *((2.3 + 0.2 * (n % 2), 2.2 + 0.4 * (n % 2), 0.15 + 0.1 * (n % 2)) for n in range(9))]
DEAD = [(1.7917 - 0.0001 * n, 1.7915, 0.2708) for n in range(10)]
NOT_A_NUMBER = [(5e11, math.nan, 0.14), *((math.nan, math.nan, 0.14),) * 9]


def printed(rows: list[tuple[float, float, float]]) -> str:
    """What a training prints."""
    return "".join(
        f"Epoch {n}: train_loss: {t:.4f}, val_loss: {v:.4f}, val_acc: {a:.4f}\n" for n, (t, v, a) in enumerate(rows, 1)
    )


def book(*cells: tuple[str, str], markdown: tuple[str, ...] = ()) -> Source:
    """A notebook of code cells, each with what it printed, and of text."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": source, "execution_count": None,
         "outputs": [{"output_type": "stream", "name": "stdout", "text": text}] if text else []}
        for source, text in cells
    ]  # fmt: skip
    made += [{"cell_type": "markdown", "metadata": {}, "source": text} for text in markdown]
    content = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    return read_source(SubmittedFile(FILE, content))


def verdict(wanted: Wanted, rows: list[tuple[float, float, float]], *, given: str = "") -> Right | Wrong | None:
    """What a run's history is worth, printed under a cell with the run's own settings."""
    fill = {"gaussian": "normal_", "zero": "zeros_", "kaiming": "kaiming_uniform_"}[wanted.start]
    code = (
        f"class Net(Base):\n    def __init__(self):\n        init.{fill}(module.weight)\n\n"
        "model = to_device(Net(), device)\n"
        f"history = fit(10, {given or wanted.rate}, model, a, b, torch.optim.{wanted.optimizer.upper()})"
    )
    answer = wanted.find()(book((code, printed(rows))))
    return None if answer is None else wanted.judge(answer)


RUNS = {
    "sgd": (outcomes.SGD, FALLING),
    "adam": (outcomes.ADAM, FAST),
    "tiny": (outcomes.TINY, FLAT),
    "huge": (outcomes.HUGE, WILD),
    "overflown": (outcomes.HUGE, NOT_A_NUMBER),
    "zero": (outcomes.ZERO, DEAD),
    "kaiming": (outcomes.KAIMING, FALLING),
}


@pytest.mark.parametrize("run", RUNS)
def test_each_run_that_came_to_its_end_counts(run: str) -> None:
    """Whatever the exact numbers are."""
    assert isinstance(verdict(*RUNS[run]), Right)


@pytest.mark.parametrize(
    ("run", "rows", "mistake"),
    [
        ("sgd", FLAT, "no-progress"),
        ("sgd", NOT_A_NUMBER, "no-progress"),
        ("sgd", [(1.8 - 0.12 * n, 1.7, 0.5) for n in range(10)], "another-optimizers-history"),
        ("sgd", FALLING[:4], "stopped-early"),
        ("adam", FALLING, "another-optimizers-history"),
        ("adam", FLAT, "no-progress"),
        ("tiny", FALLING, "not-the-tiny-rate"),
        ("tiny", NOT_A_NUMBER, "not-the-tiny-rate"),
        ("huge", FALLING, "not-the-huge-rate"),
        ("huge", FLAT, "not-the-huge-rate"),
        ("zero", FALLING, "not-zero-weights"),
        ("zero", [(LN6, LN6, 0.1 + 0.02 * n) for n in range(10)], "not-zero-weights"),
        ("kaiming", FLAT, "no-progress"),
    ],
)
def test_a_history_that_such_a_run_cannot_have_is_named(run: str, rows: list, mistake: str) -> None:
    """Each says what the loss does and where it was printed."""
    told = verdict(RUNS[run][0], rows)

    assert isinstance(told, Wrong)
    assert told.mistake.id == mistake
    assert "cell 1" in told.message


def test_another_rate_is_another_run_and_no_output_is_no_run() -> None:
    """The settings in the code decide which run a history is of."""
    told = verdict(outcomes.TINY, FLAT, given="1e-6")
    assert isinstance(told, Wrong)
    assert told.mistake.id == "other-settings"

    assert verdict(outcomes.TINY, []) is None


@pytest.mark.parametrize("written", ["1e-8", "0.00000001", "10 ** -8", "1 / 1e8", "10**(-8)"])
def test_a_rate_is_known_however_it_is_written(written: str) -> None:
    """Also as a product or a power."""
    assert isinstance(verdict(outcomes.TINY, FLAT, given=written), Right)


def test_accuracies_that_no_batch_gives_are_a_remark() -> None:
    """176 pictures in batches of 64, 64 and 48 give multiples of 1/576; what was typed gives others. Nothing is lost."""
    computed = [(train, loss, round(share * 576) / 576) for train, loss, share in FALLING]

    invented = [(train, loss, share + 0.0011) for train, loss, share in FALLING]

    assert verdict(outcomes.SGD, computed) == Right()
    typed = verdict(outcomes.SGD, invented)
    assert isinstance(typed, Right)
    assert "no multiple of 1/576" in typed.note


def test_one_cells_numbers_under_another_are_no_second_training() -> None:
    """A training that was copied and not run is named, with the cell that it came from."""
    code = "class Net(Base):\n    def f(self):\n        init.{}(m.weight)\n\nmodel = Net()\nfit(10, 1e-4, model, a, b)"
    told = printed(FALLING)
    answer = outcomes.KAIMING.find()(book((code.format("normal_"), told), (code.format("kaiming_uniform_"), told)))

    verdict_ = outcomes.KAIMING.judge(answer or "")
    assert isinstance(verdict_, Wrong)
    assert verdict_.mistake.id == "copied-history"
    assert "cell 1" in verdict_.message


def test_two_trainings_in_one_cell_have_a_history_each() -> None:
    """The second begins where the epochs do."""
    code = "m = Net()\nfit(10, 1e-4, m, a, b)\nfit(10, 1e-8, m, a, b)"
    found = runs.trainings(book((code, printed(FALLING) + printed(FLAT))))

    assert [one.history.train[-1] for one in found] == [pytest.approx(1.61), 1.7918]


def test_samples_are_read_as_they_are() -> None:
    """Right ones have everything; the starter and the broken one have no run."""
    for name, count in (("right", 6), ("right_inline", 6), ("starter", 0), ("broken", 0)):
        told = [wanted.find()(sample(name)) for wanted, _ in RUNS.values() if wanted]
        every = [
            None if one is None else wanted.judge(one) for one, (wanted, _) in zip(told, RUNS.values(), strict=True)
        ]

        assert every.count(Right()) == (len(RUNS) if count else 0), name
        assert (explanations.find()(sample(name)) is not None) == bool(count)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_answers_are_found_where_there_are_any(name: str) -> None:
    """Placeholders and the course's own words are none."""
    found = {asked.id for asked in questions.QUESTIONS if asked.find(sample(name))}

    expected = {"right": 11, "right_inline": 11, "starter": 0, "broken": 1, "partly_right": 7}[name]
    assert len(found) == expected, found


@pytest.mark.parametrize("number", ["7", "8"])
def test_questions_are_found_under_either_editions_number(number: str) -> None:
    """7.2 of one year is 8.2 of the next; a task's number is no assignment's, and where one is gone a person looks."""
    titles = ("Role of the Last Layer", "Constant Weight Initialization")
    text = tuple(f"#### Assignment {number}.{n}: {title}\n\nAnswer: it is {n}." for n, title in enumerate(titles, 1))
    source = book(("x = 1", ""), markdown=("### Task 3: Optimizer\n\nAbout optimizers.", *text))
    found = {asked.id: asked.find(source) for asked in questions.QUESTIONS}

    assert found["answer-last-layer"] == "it is 1."
    assert found["answer-symmetry"] == "it is 2."
    assert found["answer-optimizer"].startswith(NO_PLACE)


def cam(call: str, *, pictures: int = 1) -> Right | Wrong | None:
    """What a Grad-CAM cell is worth."""
    shown = {"output_type": "display_data", "metadata": {}, "data": {"image/png": PICTURE}}
    code = "class Net(Base):\n    def f(self):\n        init.zeros_(m.weight)\n\nblank = Net()\nmodel = load()"
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "execution_count": None, "outputs": outputs}
        for source, outputs in ((code, []), (call, [shown] * pictures))
    ]
    content = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    answer = explanations.find()(read_source(SubmittedFile(FILE, content)))
    return None if answer is None else explanations.Shown().judge(answer)


PICTURE = next(
    output["data"]["image/png"]
    for cell in json.loads((SAMPLES / "right" / FILE).read_text())["cells"]
    for output in cell.get("outputs", ())
    if "image/png" in output.get("data", {})
)


@pytest.mark.parametrize(
    ("call", "mistake"),
    [
        ("display_grad_cam(model, [model.network.layer4[1].conv2], x)", ""),
        ("GradCAM(model=model, target_layers=[model.layer4[-1]])", ""),
        ("display_grad_cam(model, [other.network.layer4[1].conv2], x)", "cam-of-another-network"),
        ("display_grad_cam(model, [model.network.layer3[1].conv2], x)", "cam-at-an-early-layer"),
        ("display_grad_cam(blank, [blank.network.layer4[1].conv2], x)", "cam-of-a-blind-network"),
    ],
)
def test_grad_cam_is_of_the_right_network_and_layer(call: str, mistake: str) -> None:
    """The layer belongs to the network that is explained, and that network has learned something."""
    told = cam(call)

    assert told == Right() if not mistake else isinstance(told, Wrong) and told.mistake.id == mistake


def test_grad_cam_without_a_picture_is_none() -> None:
    """Nothing stored, nothing judged."""
    assert cam("display_grad_cam(model, [model.network.layer4[1].conv2], x)", pictures=0) is None


def test_the_rubric_adds_up() -> None:
    """Nine points for what ran, eleven for the answers."""
    rows = list(rubric.validated().criteria)

    assert sum(row.possible for row in rows) == 20
    assert sum(row.possible for row in rows if row.section == "Answers") == 11
