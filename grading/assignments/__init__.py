"""The assignments: one folder each, with a manifest, a rubric, starter files and samples.

`catalog` reads the manifests, `live` while a service runs; both are safe to import anywhere. `load_rubric` imports an
assignment's `rubric.py`, and with it torch and the reference models: only the judge and the author's tools call it.
What others need to know of a rubric, its `Description` tells. A course's own assignments lie wherever the service is
told to look, have the same form, and are imported as a package of their own, so that two of them may both have a module
of the same name.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from grading.assignments.catalog import BUILT_IN, MANIFEST, fingerprint
from grading.domain.errors import RubricFault

if TYPE_CHECKING:
    from grading.authoring import Rubric
    from grading.authoring.mistake import Explains
    from grading.authoring.patches import Patches
    from grading.domain.assignment import Assignment
    from grading.domain.description import Description


DRIVERS = "drivers.py"
"""The only file of an assignment's folder that boxes see: the course's own drivers."""

KNOWN = "known.py"
"""Known submissions: what they must lose, and be told."""


def load_rubric(assignment: "Assignment") -> "Rubric":
    """The rubric that `rubric.py` of the assignment's folder defines under the name `rubric`.

    Raises:
        RubricFault: the file is missing, does not import, defines no sound rubric, or one of another assignment than
            the manifest's, or `drivers.py` does not compile; the author must act.
    """
    from grading.authoring import Rubric

    path = assignment.folder / "rubric.py"
    if not path.is_file():
        raise RubricFault(f"{path}: there is no rubric. Write one that defines `rubric = Rubric(...)`.")
    try:
        module = _import(assignment.folder)
    except Exception as error:
        # An author's file may raise anything at all while it is imported; whatever it is, the author must act.
        raise RubricFault(
            f"{path}: does not import: {type(error).__name__}: {error}. Run it with Python to see where."
        ) from error
    rubric = getattr(module, "rubric", None)
    if not isinstance(rubric, Rubric):
        raise RubricFault(f"{path}: defines no `rubric`. Write `rubric = Rubric(...)` at the top of the file.")
    _insist_on_its_own(assignment, rubric.validated())
    source = _drivers(assignment.folder / DRIVERS)
    for part in rubric.parts:
        part.drivers = source
    return rubric


def describe(assignment: "Assignment", rubric: "Rubric") -> "Description":
    """What the assignment's rubric says of itself.

    A check names a mistake of its own, or a record that it recognises, which may be any: where the rubric tells one in
    its own words, these count.
    """
    from grading.domain.description import Description, MistakeSummary
    from grading.mistakes import every

    own: Iterable[Explains] = (known for row in rubric.criteria for check in row.checks for known in check.mistakes)
    words: dict[str, MistakeSummary] = {}
    for known in chain(own, every().values()):
        if known.says:
            words.setdefault(known.id, MistakeSummary(known.says, known.look))
    return Description(assignment.slug, assignment.version, rubric.summaries(), words)


def load_patches(assignment: "Assignment", rubric: "Rubric") -> "tuple[Patches, ...]":
    """The known submissions that `known.py` of the assignment's folder lists as `patches`, if there is such a file.

    Raises:
        RubricFault: it does not import, or names a file or a row that the rubric lacks; the author must act.
    """
    from grading.authoring.patches import Patches

    path = assignment.folder / KNOWN
    if not path.is_file():
        if (former := assignment.folder / "rehearsal.py").is_file():
            raise RubricFault(f"{former}: known submissions are read from {KNOWN} now. Give the file that name.")
        return ()
    try:
        found = getattr(_import(assignment.folder, path.stem), "patches", None)
    except Exception as error:
        raise RubricFault(
            f"{path}: does not import: {type(error).__name__}: {error}. Run it with Python to see where."
        ) from error
    if not isinstance(found, list | tuple) or not all(isinstance(one, Patches) for one in found):
        raise RubricFault(f"{path}: defines no `patches`. Write `patches = [Patches(...)]`.")
    for one in found:
        rows = {row.id for row in rubric.summaries() if row.part == one.file}
        named = {row for patch in (*one.wrong, *one.right) for row in (*patch.loses, *patch.may_lose)}
        if not rows or named - rows:
            raise RubricFault(f"{path}: {one.file!r} has no rows {sorted(named - rows)}. Name those of the rubric.")
        if not all(patch.loses for patch in one.wrong) or any(patch.loses for patch in one.right):
            raise RubricFault(
                f"{path}: of {one.file!r} each wrong patch loses a row, and no right one does. Mend that."
            )
    return tuple(found)


def _insist_on_its_own(assignment: "Assignment", rubric: "Rubric") -> None:
    """What the manifest promises is what is graded: this assignment, its points, its files."""
    where = assignment.folder / MANIFEST
    files = {file.name for file in assignment.files}
    if rubric.slug != assignment.slug:
        raise RubricFault(f"{where}: slug is {assignment.slug!r}, rubric.py says {rubric.slug!r}. Make the two equal.")
    if rubric.points != assignment.points:
        raise RubricFault(
            f"{where}: points are {assignment.points}, those of rubric.py {rubric.points}. Make the two equal."
        )
    if unknown := [part.file for part in rubric.parts if part.file not in files]:
        raise RubricFault(f"{where}: files lacks {unknown[0]!r}, a part of rubric.py. Add it, or mend the part's name.")


def _drivers(path: Path) -> str:
    """The source of an assignment's own drivers, "" where there are none; compiled, and never run on this side."""
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        compile(source, DRIVERS, "exec")
    except (SyntaxError, ValueError) as error:
        raise RubricFault(f"{path}: does not compile: {type(error).__name__}: {error}. Mend it.") from error
    return source


def _import(folder: Path, module: str = "rubric") -> ModuleType:
    inside = folder.relative_to(BUILT_IN).parts if folder.is_relative_to(BUILT_IN) else ()
    if inside and all(part.isidentifier() for part in inside):
        return importlib.import_module(".".join((__name__, *inside, module)))
    # The fingerprint in the name: a rubric that was edited is another package, and an old one is never patched halfway.
    name = f"chainrule_assignment_{folder.name}_{fingerprint(folder)[:12]}".replace("-", "_").replace(".", "_")
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return importlib.import_module(f"{name}.{module}")
