"""Scripts that make up one part: where a notebook was expected, and several modules were submitted."""

from grading.domain.submission import Submission, SubmittedFile
from grading.intake import match_parts, scripts_together
from tests.intake.zips import FIRST, NOTEBOOK, SECOND, assignment

HINTS = {FIRST: ("init_params", "forward", "backward"), SECOND: ("ConvNet", "get_dataset", "main")}
HAND = b"def init_params(): pass\ndef forward(): pass\ndef backward(): pass"
AGAIN = b"from circles1 import forward\ndef init_params(): return 2\ndef backward(): pass"
IMAGES = b"from helpers import show\nclass ConvNet: pass\ndef get_dataset(): pass\ndef main(): pass"
MACHINES = b"from sklearn.svm import SVC\nSVC().fit([[0], [1]], [0, 1])"
HELPERS = b"def show(): pass"


def together(**files: bytes) -> dict[str, list[str]]:
    """The names of the modules that belong to each part."""
    submission = Submission(tuple(SubmittedFile(f"{name}.py", content) for name, content in files.items()))
    matched = match_parts(submission, assignment(), HINTS)
    found = scripts_together(submission, assignment(), matched, HINTS)
    return {name: [file.name for file in of_part] for name, of_part in found.items()}


def test_modules_join_the_part_that_they_speak_for() -> None:
    """In the order of their names, so that a later one's definitions come later."""
    found = together(circles10=HAND + b"\n# last", circles2=AGAIN, circles1=HAND, base=IMAGES)

    assert found == {FIRST: ["circles1.py", "circles2.py", "circles10.py"], SECOND: ["base.py"]}


def test_a_script_that_nothing_imports_is_part_of_the_first() -> None:
    """It runs by itself, so it is an answer; what is imported is a library."""
    found = together(circles1=HAND, base=IMAGES, svm=MACHINES, helpers=HELPERS)

    assert found == {FIRST: ["circles1.py", "svm.py"], SECOND: ["base.py"]}


def test_modules_beside_a_notebook_do_not_join_it() -> None:
    """The notebook is the program; they lie beside it."""
    submission = Submission((SubmittedFile(FIRST, NOTEBOOK), SubmittedFile("svm.py", MACHINES)))
    matched = match_parts(submission, assignment(), HINTS)

    assert [f.name for f in scripts_together(submission, assignment(), matched, HINTS)[FIRST]] == [FIRST]
