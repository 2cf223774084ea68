"""Known submissions: the right sample with some of its text replaced, and what the rubric must make of it.

A rehearsal grades them as a student's: a wrong one must lose its criteria and no other, and the report must name the
mistake; a right one, written in another way, must keep every point. They stand in `known.py` beside the rubric, as
`patches = [Patches(...), ...]`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from grading.domain.errors import RubricFault


@dataclass(frozen=True, slots=True)
class Patch:
    """Replacements in one file of the right sample.

    Attributes:
        name: of the submission, for its author.
        changes: (old, new) text; each old text must be there, and is replaced wherever it is.
        loses: ids of the criteria that must lose their points; the others keep them. None: it is right in another way.
        named: id of the mistake that the report must name; "" where an exception says it all.
        may_lose: ids of criteria for which it depends on the inputs drawn.
        alone: whether it does not go together with other patches in one file.
    """

    name: str
    changes: tuple[tuple[str, str], ...]
    loses: tuple[str, ...] = ()
    named: str = ""
    may_lose: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Patches:
    """Everything that is known about one file.

    Attributes:
        file: as the manifest's `[[files]]` names it.
        wrong: each loses at least one criterion.
        right: none loses any.
        together: how many may share one submission, to save time; only those do that lose different criteria.
        beside: names of the right sample's files that are submitted with it: modules that it imports.
    """

    file: str
    wrong: Sequence[Patch] = ()
    right: Sequence[Patch] = ()
    together: int = 1
    beside: Sequence[str] = ()


def patched(content: bytes, patches: Sequence[Patch]) -> bytes:
    """A file with patches applied, in their order; of a notebook only the code cells are changed.

    Raises:
        RubricFault: a text to replace is not there: the sample has changed under the patch.
    """
    notebook = json.loads(content) if content.lstrip().startswith(b"{") else None
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code"] if notebook is not None else []
    texts = ["".join(cell["source"]) for cell in cells] or [content.decode()]
    for patch in patches:
        for old, new in patch.changes:
            if not any(old in text for text in texts):
                raise RubricFault(f"the known submission {patch.name!r} replaces {old!r}, which the right sample lacks")
            texts = [text.replace(old, new) for text in texts]
    if notebook is None:
        return texts[0].encode()
    for cell, text in zip(cells, texts, strict=True):
        cell["source"] = text
    return json.dumps(notebook).encode()


def grouped(content: bytes, patches: Sequence[Patch], most: int) -> list[tuple[Patch, ...]]:
    """Patches in groups of at most `most` that fit into one file: they lose different criteria and leave each other be.

    Criteria that several may lose are excused anyway; one that some patch must lose is no other's.
    """
    groups: list[tuple[Patch, ...]] = []
    for patch in patches:
        for i, group in enumerate(groups):
            if len(group) < most and _fit(content, (*group, patch)):
                groups[i] = (*group, patch)
                break
        else:
            groups.append((patch,))
    return groups


def _fit(content: bytes, group: tuple[Patch, ...]) -> bool:
    must = [criterion for patch in group for criterion in patch.loses]
    may = {criterion for patch in group for criterion in patch.may_lose}
    if any(patch.alone for patch in group) or len(set(must)) < len(must) or may & set(must):
        return False
    try:
        return patched(content, group) == patched(content, group[::-1])
    except RubricFault:
        return False
