"""docs/authoring.md, taken at its word: what it tells a newcomer to write passes the gate."""

import json
import re
from pathlib import Path

import pytest

from cli.authoring import TEMPLATE

GUIDE = Path(__file__).parents[2] / "docs" / "authoring.md"
QUOTED = ((TEMPLATE, "rubric.py"), (GUIDE.parents[1] / "examples" / "one_neuron", "drivers.py"))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def block(language: str, has: str) -> str:
    """The one fenced block of the guide in that language with these words in it."""
    [found] = [text for kind, text in BLOCK.findall(GUIDE.read_text()) if kind == language and has in text]
    return found


def rewritten(path: Path, *changes: tuple[str, str]) -> None:
    """Replace text in a file; each old text must be there."""
    text = path.read_text()
    for old, new in changes:
        assert old in text, f"{path.name} has no {old!r}"
        text = text.replace(old, new, 1)
    path.write_text(text)


@pytest.fixture
def followed(run, tmp_path, monkeypatch):
    """The folder after sections 1 and 2, in an empty one outside the repository."""
    monkeypatch.chdir(tmp_path)
    command = re.search(r"^\$ chainrule (assignment new .*)$", GUIDE.read_text(), re.MULTILINE)
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command.group(1))]

    assert run(*words).exit_code == 0
    made = tmp_path / "hw1"
    rewritten(made / "assignment.toml", ('points = "3"', 'points = "4"'))
    rubric = (made / "rubric.py").read_text()
    part = rubric[rubric.index("layers = rubric.part(") : rubric.index("affine_row")]
    rewritten(made / "rubric.py", ('points="3"', 'points="4"'), (part, block("python", "rubric.part(") + "\n"))
    imports = "from grading.authoring import"
    rewritten(made / "rubric.py", (imports, block("python", "import RELU").strip() + "\n" + imports))
    with (made / "rubric.py").open("a") as file:
        file.write("\n\n" + block("python", "relu_row = "))
    with (made / "starter" / "layers.py").open("a") as file:
        file.write("\n\ndef relu(x): raise NotImplementedError\n")
    with (made / "samples" / "right" / "layers.py").open("a") as file:
        file.write("\n\n" + block("python", '"""x where it is positive, else 0."""'))
    lines = block("python", 'Patch("relu: a mask"').splitlines()
    wrong, right = (line[line.index("[") + 1 : line.rindex("]")] for line in lines)
    between = "        ],\n        right=["
    rewritten(made / "known.py", (between, f"{wrong},\n{between}\n{right},"))
    return made


def test_what_the_guide_says_passes(run, followed):
    """Every mistake of the rubric, the guide's own included, is caught and named."""
    ended = run("assignment", "validate", followed, "--unboxed", "--json", "--seeds", 3)

    assert ended.exit_code == 0, ended.output
    assert "relu-mask" in {met["mistake"] for met in json.loads(ended.stdout)["rehearsal"]["mistakes"]}


@pytest.mark.box
def test_what_the_guide_says_can_be_published_and_graded_by(run, followed, tmp_path, monkeypatch):
    """The whole gate, then a copy for the service, then a wrong submission that is told what is wrong."""
    published = run("assignment", "publish", followed, "--to", tmp_path / "srv")

    assert published.exit_code == 0, published.output
    monkeypatch.setenv("CHAINRULE_ASSIGNMENT_DIRS", json.dumps([str(tmp_path / "srv")]))
    wrong = tmp_path / "layers.py"
    wrong.write_text((followed / "samples" / "right" / "layers.py").read_text().replace("x @ w + b", "x @ w"))
    graded = run("grade", wrong, "--assignment", "hw1", "--json")
    report = json.loads(graded.stdout)

    assert (graded.exit_code, report["score"]) == (0, 3.0)
    assert "affine-without-bias" in graded.stdout


def test_what_the_guide_quotes_is_what_stands_there():
    """A record and a check of the template, a driver of the example: word for word."""
    written = "\n".join((folder / name).read_text() for folder, name in QUOTED)

    for has in ("BIAS_FORGOTTEN = ", "def softmax_values", "def arguments_after"):
        assert block("python", has) in written, has
