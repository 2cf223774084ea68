"""Grad-CAM in a notebook: of which network, at which layer, and whether there are pictures of it.

Judged by what the notebook stores, as the trainings are: the call in the code, the pictures under its cell.
"""

import ast
import io
import json
import re
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from grading.assignments.uva_image_data.runs import Scope, calls_of, statements
from grading.authoring import blank
from grading.authoring.pictures import clean
from grading.authoring.written import Find, ForHuman, Right, Wrong
from grading.domain.errors import BadReply
from grading.mistakes import stored_outputs as mistakes
from grading.programs import Cell, Source

CALLS = ("display_grad_cam", "GradCAM")
LATE = re.compile(r"\.layer4\[(?:1|-1)\]")
LABEL = re.compile(r"predicted label", re.IGNORECASE)
MOST_PICTURES = 12
IN_TEXT = ("](attachment:", "data:image/")
PASTED = "The pictures are pasted into the notebook's text; none is stored under the cells that draw them."


@dataclass(frozen=True, slots=True)
class Explained:
    """One call that draws class activation maps.

    Attributes:
        cell: number of the cell.
        start: how the network that is explained began; "" where the code does not say.
        same: whether the layer belongs to that network.
        late: whether it is the last block's.
        pictures: how many are stored under the cell.
        blank: how many of those show nothing.
        classes: how many predicted classes the cell names.
    """

    cell: int
    start: str
    same: bool
    late: bool
    pictures: int
    blank: int
    classes: int


def find() -> Find:
    """Every call that draws Grad-CAM, as JSON; None where no picture is stored under any of them."""

    def found(source: Source) -> str | None:
        every = explained(source)
        if any(one.pictures for one in every):
            return json.dumps([asdict(one) for one in every])
        return PASTED if every and pasted(source) else None

    return found


def pasted(source: Source) -> bool:
    """Whether pictures stand in the text instead of under a cell: attachments, screenshots."""
    return any(mark in cell.source for cell in source.cells if cell.kind == "markdown" for mark in IN_TEXT)


def explained(source: Source) -> list[Explained]:
    """The calls at the notebook's top level, in order."""
    scope, found = Scope.of(source), []
    for cell in source.code:
        for statement in statements(cell):
            scope.read(statement)
            found += [_explained(call, scope, cell) for call in calls_of(statement, *CALLS)[:1]]
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures of the last convolution of a network that learned something."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if one of the calls is as it should be."""
        if answer == PASTED:
            return ForHuman(("a map for each predicted class, of the last convolution of a network that learned",))
        complaints = [_complaint(Explained(**one)) for one in json.loads(answer)]
        return Right() if None in complaints else next(one for one in complaints if one is not None)


def _complaint(one: Explained) -> Wrong | None:
    where = f"in cell {one.cell}"
    if not one.same:
        said = f"{where} takes the layer of one network and explains another"
        return Wrong(said, mistakes.CAM_OF_ANOTHER_NETWORK)
    if not one.late:
        said = f"{where} explains another layer than the last convolution of layer4"
        return Wrong(said, mistakes.CAM_AT_AN_EARLY_LAYER)
    if one.start == "zero":
        return Wrong(f"{where} explains the network whose weights were all 0", mistakes.CAM_OF_A_BLIND_NETWORK)
    if one.pictures < max(1, one.classes):
        missing = f"{one.pictures} pictures for {one.classes} predicted classes" if one.classes else "no picture"
        return Wrong(f"{where} has {missing}", mistakes.CAM_WITHOUT_PICTURES)
    if one.blank:
        return Wrong(f"{where} has {one.blank} pictures of a single colour", mistakes.CAM_BLANK)
    return None


def _explained(call: ast.Call, scope: Scope, cell: Cell) -> Explained:
    given = {word.arg: word.value for word in call.keywords}
    model = call.args[0] if call.args else given.get("model")
    layers = call.args[1] if len(call.args) > 1 else given.get("target_layers")
    layers = scope.meant(layers) or ast.Tuple([])
    name = model.id if isinstance(model, ast.Name) else ""
    roots = {n.id for n in ast.walk(layers) if isinstance(n, ast.Name)}
    drawn = [output.png for output in cell.outputs if output.png][:MOST_PICTURES]
    text = "\n".join(output.text for output in cell.outputs)
    return Explained(
        cell.index,
        scope.models.get(name, ""),
        roots == {name},
        LATE.search(ast.unparse(layers)) is not None,
        len(drawn),
        sum(_blank(png) for png in drawn),
        min(len(LABEL.findall(text)), MOST_PICTURES),
    )


def _blank(png: bytes) -> bool:
    """Whether a picture, decoded within limits, has one colour only."""
    try:
        with Image.open(io.BytesIO(clean(png).png)) as image:
            return blank(np.asarray(image.convert("L")))
    except BadReply:
        return True
