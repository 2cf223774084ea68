"""Which file submitted is which expected file: by name, and by what the code in it talks about."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from pathlib import PurePosixPath
from types import MappingProxyType

from grading.domain.assignment import Assignment, ExpectedFile
from grading.domain.submission import Submission, SubmittedFile
from grading.programs.papers import is_paper
from grading.programs.reading import code_text

Hint = str | tuple[str, ...]
"""A name that a part's code should define; of several spellings one is enough."""

NO_HINTS: Mapping[str, Collection[Hint]] = MappingProxyType({})

# Names count for at most 1, content for at most CONTENT: swapped names lose to what is written inside.
CONTENT = 2.0
# What a name of its own is worth to a part without hints: less than all hints of another part, more than some of them.
TRUST = 1.2
_ENOUGH = 0.3
# The share of a part's names in a file from which on it is that part's, and fills no gap elsewhere.
_SPEAKS = 0.6
_CLEARLY = 0.1
PACKAGE = "__init__.py"
_WHOLE = 0.9
# A report may have any name, but one that says so comes first; a notebook of the name that was asked for before it.
_PAPER = 2 * _ENOUGH + 0.05
_COPY = re.compile(
    r"\(\d+\)|\b(?:cop(?:y|ie|ia)|kopie)(?:\s+(?:of|de|von))?\b|[-_ ](?:checkpoint|final|submission)\b|-checkpoint"
)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_RUN = re.compile(r"^[ \t]*%run[ \t]+(?:-\S+[ \t]+)*(\S+)", re.MULTILINE)
_DRAFT = re.compile(r"\b(?:draft|old|backup|bak|test|scratch|wip|tmp|temp|untitled|copy|try|playground)\b")
_FINAL = re.compile(r"\b(?:final|submission|submit|abgabe|complete|done)\b")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#[^\n'\"]*$", re.MULTILINE)
_TAKEN = re.compile(r"^[ \t]*from[ \t]+(\w+)[ \t]+import[ \t]+(\([^)]*\)|[^\n;(]+)", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)
_ASIDE = frozenset(
    {"solution", "solutions", "starter", "template", "original", "old", "backup", "sample", "samples", "reference"}
)


def match_parts(
    submission: Submission, assignment: Assignment, hints: Mapping[str, Collection[Hint]] = NO_HINTS
) -> dict[str, SubmittedFile | None]:
    """Match every expected file with the file submitted for it, or None.

    A name need not be exact: case, spaces, accents, "(1)", "Copy of" and a student's name do not count, a leading
    number does. `hints` says for an expected file which names its code should define (`three_layer_net`): where
    names are wrong, or swapped, these decide. A part without hints takes a file that nothing else speaks for, and one
    of its own name that holds some of what a missing part should: who was ahead of the sheet tried that there.
    """
    files = [file for file in submission.files if _gradable(file, assignment)]
    expected = assignment.files
    modules = _modules(submission, assignment)
    words = {file.name: _words(file, modules) for file in files} if hints else {}
    trusted = _trusted(files, expected, hints, words) if hints else {}
    scores = {
        (part.name, file.name): _score(part, file, hints, words.get(file.name, frozenset()))
        for part in expected
        for file in files
    }
    for name, part_named in trusted.items():
        scores[part_named, name] += TRUST
    chosen = _assigned(scores)
    alone = len(expected) == len(files) == 1
    run = {name for file in files for name in _run_by(file)}
    free = [file for file in files if alone or (file.name not in run and not _speaks(words.get(file.name), hints))]
    _fill([part for part in expected if alone or not hints.get(part.name)], free, chosen)
    by_name = {file.name: file for file in files}
    return {part.name: by_name[chosen[part.name]] if part.name in chosen else None for part in expected}


def scripts_together(
    submission: Submission,
    assignment: Assignment,
    matched: Mapping[str, SubmittedFile | None],
    hints: Mapping[str, Collection[Hint]] = NO_HINTS,
) -> dict[str, tuple[SubmittedFile, ...]]:
    """What belongs to each part: the file matched with it, other modules where a notebook was expected, a report's PDF.

    A module joins the part that its code speaks for, in the order of names; one that speaks for none, and that no other
    imports, is a script of the first part in modules. Copies, support files of the assignment and what was matched
    elsewhere do not join.
    """
    taken = {file.name for file in matched.values() if file is not None}
    support = {PurePosixPath(name).name.casefold() for name in assignment.support}
    joining: dict[str, list[SubmittedFile]] = {name: [file] for name, file in matched.items() if file is not None}
    for part in assignment.files:
        papers = [file for file in submission.files if part.report and is_paper(file) and file.name not in taken]
        best = max(papers, key=lambda file: _score(part, file, NO_HINTS, frozenset()), default=None)
        if best is not None and part.name in joining and not is_paper(joining[part.name][0]):
            joining[part.name].append(best)
    in_modules = [name for name, files in joining.items() if _modules_for_notebook(name, files[0])]
    modules = [file for file in submission.files if PurePosixPath(file.name).suffix.lower() == ".py"]
    imported = {name for file in modules for name in _IMPORTED.findall(code_text(file))} if in_modules else set()
    for file in modules if in_modules else ():
        path = PurePosixPath(file.name)
        aside = any(folder.casefold() in _ASIDE for folder in path.parts[:-1])
        if file.name in taken or aside or path.name.casefold() in support:
            continue
        words = _words(file, _modules(submission, assignment))
        told = {name: _share(words, found) for name, found in hints.items() if found}
        meant = max(told, key=lambda name: told[name], default="")
        if told and told[meant] < _ENOUGH and path.stem not in imported:
            meant = in_modules[0]
        elif not told or told[meant] < _ENOUGH or meant not in in_modules:
            continue
        if all(file.content != other.content for other in joining[meant]):
            joining[meant].append(file)
    return {name: tuple(sorted(files, key=lambda f: _natural(f.name))) for name, files in joining.items()}


def _modules_for_notebook(expected: str, given: SubmittedFile) -> bool:
    return expected.lower().endswith(".ipynb") and given.name.lower().endswith(".py")


def _natural(name: str) -> list[tuple[int, str]]:
    """Version 10 behind version 9, and both behind the one without a number."""
    plain = str(PurePosixPath(name.casefold()).with_suffix(""))
    return [(int(word), "") if word.isdigit() else (-1, word) for word in re.findall(r"\d+|\D+", plain)]


def unused(
    submission: Submission, together: Mapping[str, Sequence[SubmittedFile]], beside: Collection[str]
) -> list[str]:
    """Notebooks and modules that nothing was read from, by name.

    Args:
        submission: everything submitted.
        together: what belongs to each part.
        beside: names of modules that lie beside a program and may be imported.
    """
    read = {file.name for files in together.values() for file in files}
    stems = {name for file in submission.files for name in _IMPORTED.findall(code_text(file))}
    run = {name for file in submission.files for name in _run_by(file)}
    return [
        file.name
        for file in submission.files
        if PurePosixPath(file.name).suffix.lower() in {".py", ".ipynb"}
        and file.name not in read
        and file.name not in run
        and PurePosixPath(file.name).name not in beside
        and not {PurePosixPath(file.name).stem, *PurePosixPath(file.name).parts[:-1]} & stems
        and PurePosixPath(file.name).name != PACKAGE
    ]


def _run_by(file: SubmittedFile) -> set[str]:
    """Notebooks and modules that a file runs (`%run helpers.ipynb`): they are its own, and no part."""
    folder = PurePosixPath(file.name).parent
    named = (match.strip("'\"") for match in _RUN.findall(code_text(file)))
    return {str(folder / (name if PurePosixPath(name).suffix else f"{name}.py")) for name in named}


def _speaks(words: frozenset[str] | None, hints: Mapping[str, Collection[Hint]]) -> bool:
    """Whether a file's code is evidently that of a part with hints."""
    return any(_share(words or (), hint) >= _SPEAKS for hint in hints.values() if hint)


def _gradable(file: SubmittedFile, assignment: Assignment) -> bool:
    if PurePosixPath(file.name).name == PACKAGE:
        return False
    if is_paper(file):
        return any(part.report for part in assignment.files)
    wanted = {PurePosixPath(part.name).suffix.lower() for part in assignment.files} | {".ipynb", ".py"}
    return PurePosixPath(file.name).suffix.lower() in wanted


def _score(
    part: ExpectedFile, file: SubmittedFile, hints: Mapping[str, Collection[Hint]], words: frozenset[str]
) -> float:
    score, own = _name_score(part.name, file.name), _share(words, hints.get(part.name, ()))
    if score < _WHOLE and any(_share(words, hint) >= max(_SPEAKS, own + _CLEARLY) for hint in hints.values()):
        return 0.0  # it speaks for another part
    score += CONTENT * own
    if PurePosixPath(part.name).suffix.lower() != PurePosixPath(file.name).suffix.lower():
        # A notebook exported as a module is the second choice, and only where something speaks for it.
        score = score / 2 if score > 2 * _ENOUGH else 0.0
    path = PurePosixPath(file.name)
    if is_paper(file):
        score = _PAPER + 0.3 * _name_score(part.name, file.name) if part.report else 0.0
    aside = any(folder.casefold() in _ASIDE for folder in path.parts[:-1])
    return score * (0.5 if aside else 1.0) - 0.001 * len(path.parts) + _standing(path.stem)


def _standing(stem: str) -> float:
    """Between two that answer alike: a final goes before a plain one, a draft behind it, a later version first."""
    said = stem.casefold().replace("_", " ").replace("-", " ")
    version = re.search(r"\bv(?:ersion)?\s*(\d{1,3})\b", said)
    return (
        0.02 * bool(_FINAL.search(said)) - 0.02 * bool(_DRAFT.search(said)) + 1e-5 * int(version[1] if version else 0)
    )


def _trusted(
    files: Sequence[SubmittedFile],
    expected: Sequence[ExpectedFile],
    hints: Mapping[str, Collection[Hint]],
    words: Mapping[str, Collection[str]],
) -> dict[str, str]:
    """File → the part without hints that it is named for, where its code's own part is not named by another file."""
    named = {file.name: part for file in files if (part := _named(file, expected)) is not None}
    found: dict[str, str] = {}
    for name, part in named.items():
        told = {other: _share(words[name], hint) for other, hint in hints.items() if hint}
        meant = max(told, key=lambda other: told[other], default="")
        if not hints.get(part) and meant not in named.values():
            found[name] = part
    return found


def _named(file: SubmittedFile, expected: Sequence[ExpectedFile]) -> str | None:
    """The one expected file whose whole name stands in this file's, or None."""
    scores = {part.name: _name_score(part.name, file.name) for part in expected}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _WHOLE and list(scores.values()).count(scores[best]) == 1 else None


def _name_score(expected: str, given: str) -> float:
    wanted, name = PurePosixPath(expected), PurePosixPath(given)
    if wanted.name == name.name:
        return 1.0
    plain_wanted, plain_name = _plain(wanted.stem), _plain(name.stem)
    if plain_wanted == plain_name:
        return 0.95
    wanted_words, words = _WORDS.findall(plain_wanted), _WORDS.findall(plain_name)
    shared = len(set(wanted_words) & set(words)) / max(1, len(set(wanted_words)))
    if shared == 1.0:
        return _WHOLE
    if _another_number(wanted_words, words):
        return 0.0
    leading = next((word for word in wanted_words[:1] if word.isdigit()), "")
    numbers = [word for word in words if word.isdigit()]
    number = 0.35 if leading and leading in numbers[:1] else 0.0
    if leading and numbers and leading not in numbers and len(leading) == len(numbers[0]):
        shared /= 2
    return min(0.85, number + 0.5 * shared)


def _another_number(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Whether a name differs from the expected one in its number alone: task3 is not task2."""
    numbers = ([w for w in wanted if w.isdigit()], [w for w in given if w.isdigit()])
    letters = ([w for w in wanted if not w.isdigit()], [w for w in given if not w.isdigit()])
    return bool(letters[0]) and letters[0] == letters[1] and all(numbers) and numbers[0] != numbers[1]


def _plain(stem: str) -> str:
    """A file's stem without case, accents, and marks of copies; words kept apart by single spaces."""
    decomposed = unicodedata.normalize("NFKD", stem.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(_WORDS.findall(_COPY.sub(" ", bare.replace("_", " "))))


def _modules(submission: Submission, assignment: Assignment) -> frozenset[str]:
    """What may be imported from beside: also what the assignment expects and was not submitted."""
    names = [*(file.name for file in submission.files), *(part.name for part in assignment.files), *assignment.support]
    return frozenset(PurePosixPath(name).stem for name in names)


def _words(file: SubmittedFile, modules: Collection[str]) -> frozenset[str]:
    """The names in a file's code, without those that it takes from other modules of the submission, and no comments."""
    code = _COMMENT.sub("", code_text(file))
    listed = (names for module, names in _TAKEN.findall(code) if module in modules)
    taken = {piece.split()[-1] for names in listed for piece in names.strip("() ").split(",") if piece.split()}
    return frozenset(_IDENTIFIER.findall(code)) - (taken - set(_DEFINED.findall(code)))


def _share(words: Collection[str], hints: Collection[Hint]) -> float:
    """How much of what a part should define is there; of a tuple's names one is enough."""
    found = [any(name in words for name in ((hint,) if isinstance(hint, str) else hint)) for hint in hints]
    return sum(found) / len(found) if found else 0.0


def _numbered_otherwise(part: ExpectedFile, file: SubmittedFile) -> bool:
    wanted, given = (_WORDS.findall(_plain(PurePosixPath(name).stem)) for name in (part.name, file.name))
    return _another_number(wanted, given)


def _assigned(scores: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """The best pairs first, then swapped two by two while that raises the sum."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for (part, file), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if score >= _ENOUGH and part not in chosen and file not in taken:
            chosen[part] = file
            taken.add(file)
    improved = len(chosen) > 1
    while improved:
        improved = False
        for one, other in combinations(sorted(chosen), 2):
            straight = scores[one, chosen[one]] + scores[other, chosen[other]]
            crossed = scores[one, chosen[other]] + scores[other, chosen[one]]
            if crossed > straight + 1e-9:
                chosen[one], chosen[other] = chosen[other], chosen[one]
                improved = True
    return chosen


def _fill(expected: Sequence[ExpectedFile], files: Sequence[SubmittedFile], chosen: dict[str, str]) -> None:
    """Give files whose names say nothing to the parts still open, in order, where there are not too many to tell.

    A program goes to a report only where no part for programs is open.
    """
    open_parts = [part for part in expected if part.name not in chosen]
    suffixes = {PurePosixPath(part.name).suffix.lower() for part in open_parts}
    rest = [
        file
        for file in files
        if file.name not in chosen.values() and PurePosixPath(file.name).suffix.lower() in suffixes
    ]
    rest = [file for file in rest if not any(_numbered_otherwise(part, file) for part in open_parts)]
    if len(rest) > len(open_parts):
        return
    for file in sorted(rest, key=lambda file: file.name):
        program = _IMPORTED.search(code_text(file)) is not None
        part = min(open_parts, key=lambda part: program and part.report)
        chosen[part.name] = file.name
        open_parts.remove(part)
