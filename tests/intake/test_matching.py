"""Which file submitted is which expected file."""

import pytest

from grading.domain.submission import Submission, SubmittedFile
from grading.intake import match_parts, without_added_endings
from tests.intake.zips import FIRST, NOTEBOOK, SECOND, assignment, notebook_of

HINTS = {FIRST: ("three_layer_net", "sigmoid", "relu"), SECOND: ("resnet18", "CrossEntropyLoss", "transforms", "Adam")}
ONE = notebook_of("def sigmoid(x): pass\ndef relu(x): pass\ndef three_layer_net(a): pass")
TWO = notebook_of("net = models.resnet18()\nloss = nn.CrossEntropyLoss()\nt = transforms.Compose([])\nAdam")


def matched(*files: tuple[str, bytes], hints: bool = True) -> list[str | None]:
    """The names found for the two notebooks."""
    submission = Submission(tuple(SubmittedFile(name, content) for name, content in files))
    found = match_parts(submission, assignment(), HINTS if hints else {})
    return [file.name if (file := found[name]) else None for name in (FIRST, SECOND)]


@pytest.mark.parametrize(
    "name",
    [
        FIRST,
        FIRST.upper(),
        f"hw2/{FIRST}",
        "1. Activation Function and Vanishing Gradient.ipynb",
        "1.activation_function_and_vanishing_gradient (1).ipynb",
        "1.activation_function_and_vanishing_gradient(3).ipynb",
        "Copy of 1.activation_function_and_vanishing_gradient.ipynb",
        "1.activation_function_and_vanishing_gradient - Kopie.ipynb",
        "José_Muñoz_1.activation_function_and_vanishing_gradient_final.ipynb",
        "1.activation_function_and_vanishing_gradient-checkpoint.ipynb",
        "1.áctivation_function_and_vanishing_gradient.ipynb",
        "1_vanishing_gradient.ipynb",
        "1.ipynb",
        "part1.ipynb",
        "homework.ipynb",
        "1.activation_function_and_vanishing_gradient.py",
    ],
)
def test_names_need_not_be_exact(name: str) -> None:
    """By name alone, with nothing written inside."""
    assert [name, None] == matched((name, NOTEBOOK if name.endswith(".ipynb") else b"x = 1"), hints=False)


@pytest.mark.parametrize(
    "name", ["2.image_classification_and_feature_visualization.ipynb", "2_smith.ipynb", "2 feature visualization.ipynb"]
)
def test_a_lone_second_notebook_is_the_second(name: str) -> None:
    """The leading number and the words decide."""
    assert [None, name] == matched((name, NOTEBOOK), hints=False)


def test_swapped_names_lose_to_content() -> None:
    """What the code talks about decides, where names and code disagree."""
    assert matched((FIRST, TWO), (SECOND, ONE)) == [SECOND, FIRST]
    assert matched((FIRST, TWO), (SECOND, ONE), hints=False) == [FIRST, SECOND]


def test_any_name_is_found_by_content() -> None:
    """Also where only one of the two was submitted."""
    assert matched(("a.ipynb", TWO), ("b.ipynb", ONE)) == ["b.ipynb", "a.ipynb"]
    assert matched(("homework.ipynb", TWO)) == [None, "homework.ipynb"]
    assert matched(("homework.ipynb", ONE)) == ["homework.ipynb", None]


def test_a_notebook_of_another_assignment_is_no_part() -> None:
    """Nothing in its name or code speaks for any part."""
    assert matched(("lab4.ipynb", notebook_of("import pandas\npandas.read_csv('a')"))) == [None, None]


def test_starters_under_the_right_names_are_matched() -> None:
    """An empty notebook is known by its name."""
    assert matched((FIRST, NOTEBOOK), (SECOND, NOTEBOOK)) == [FIRST, SECOND]


def test_of_several_copies_the_plain_one_counts() -> None:
    """Not the one in a `solution` folder, not the numbered one, not the deeper one."""
    others = [(f"solution/{FIRST}", ONE), (f"old/a/{FIRST}", ONE), (FIRST.replace(".ipynb", " (1).ipynb"), ONE)]

    assert matched(*others, (FIRST, ONE)) == [FIRST, None]


def test_a_broken_file_matches_by_name_only() -> None:
    """What cannot be read is still the file that was meant."""
    assert matched((FIRST, b"{"), (SECOND, TWO)) == [FIRST, SECOND]


def test_modules_match_modules() -> None:
    """Support files do not take the place of a part that is missing."""
    files = (SubmittedFile("utils.py", b"x = 1"), SubmittedFile("Task2.py", b"x = 1"), SubmittedFile("notes.txt", b""))
    found = match_parts(
        Submission(files), assignment("task1.py", "task2.py"), {"task1.py": ("Softmax",), "task2.py": ("sgd",)}
    )

    assert [file and file.name for file in found.values()] == [None, "Task2.py"]


def test_a_part_without_hints_takes_what_is_left() -> None:
    """Where only one part says what its code should hold, the other gets the file that does not hold it."""
    hints = {FIRST: HINTS[FIRST]}
    for files, expected in (
        ([(FIRST, TWO), (SECOND, ONE)], [SECOND, FIRST]),
        ([("homework.ipynb", TWO)], [None, "homework.ipynb"]),
        ([("homework.ipynb", ONE)], ["homework.ipynb", None]),
    ):
        submission = Submission(tuple(SubmittedFile(name, content) for name, content in files))
        found = match_parts(submission, assignment(), hints)

        assert [file and file.name for file in found.values()] == expected


def test_a_draft_loses_to_the_final_one_and_is_no_other_part() -> None:
    """Of two that answer alike the final one counts; the other fills no gap."""
    part_two_by_name = {FIRST: HINTS[FIRST]}
    files = [SubmittedFile(name, ONE) for name in ("activation_draft.ipynb", "activation_final.ipynb")]
    found = match_parts(Submission(tuple(files)), assignment(), part_two_by_name)

    assert {name: file.name if file else None for name, file in found.items()} == {
        FIRST: "activation_final.ipynb",
        SECOND: None,
    }


def test_what_another_file_runs_is_no_part() -> None:
    """`%run helpers.ipynb` makes it a helper."""
    first = notebook_of("%run helpers.ipynb\ndef sigmoid(x): pass\ndef relu(x): pass\ndef three_layer_net(a): pass")
    files = (SubmittedFile(FIRST, first), SubmittedFile("helpers.ipynb", notebook_of("def clip(x): pass")))
    found = match_parts(Submission(files), assignment(), {FIRST: HINTS[FIRST]})

    assert found[SECOND] is None


def test_an_ending_that_a_browser_added_is_taken_off_and_said() -> None:
    """Unless the plain name is there as well."""
    both = Submission((SubmittedFile("a.py", b"x = 1"), SubmittedFile("a.py.txt", b"x = 2")))
    plain, said = without_added_endings(
        Submission((SubmittedFile("sub/b.ipynb.json", ONE), SubmittedFile("c.txt", b"")))
    )

    assert [file.name for file in plain.files] == ["sub/b.ipynb", "c.txt"]
    assert "sub/b.ipynb.json was read as sub/b.ipynb" in said[0]
    assert without_added_endings(both) == (both, ())
