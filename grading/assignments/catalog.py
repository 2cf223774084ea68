"""The catalog: every `assignment.toml` on this machine, read into domain values.

Reads text and hashes files, nothing else: no rubric is imported here, so the web process can announce
assignments without loading torch. Each complaint names the file, the key and the remedy: its reader is an author.
"""

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from grading.domain.assignment import Assignment, Budget, ExpectedFile, Gate, Limits
from grading.domain.errors import RubricFault

MANIFEST = "assignment.toml"
BUILT_IN = Path(__file__).parent
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DEVICES = ("cpu", "cuda")

# Written by interpreters, editors and file managers beside the sources; none of it decides a grade.
UNCOUNTED = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store", ".mypy_cache", ".ruff_cache"})


def catalog(extra_dirs: Sequence[Path] = (), faults: list[RubricFault] | None = None) -> dict[str, Assignment]:
    """Every assignment that can be submitted, by slug, in the order of slugs.

    Args:
        extra_dirs: where course-made assignments lie: each is an assignment's folder or holds several.
            One that does not exist holds none.
        faults: collects what is wrong with broken manifests; the sound ones are still returned.
            None: the first broken one is raised.

    Raises:
        RubricFault: a manifest is broken, or two share a slug; the author must act.
    """
    found: dict[str, Assignment] = {}
    for folder in folders_in([BUILT_IN, *extra_dirs]):
        try:
            enter(found, read_assignment(folder))
        except RubricFault as fault:
            if faults is None:
                raise
            faults.append(fault)
    return dict(sorted(found.items()))


def read_assignment(folder: Path) -> Assignment:
    """The assignment described by `folder/assignment.toml`.

    Raises:
        RubricFault: no manifest, or one that does not say what is needed; the message names file, key and remedy.
    """
    folder = folder.resolve()
    path = folder / MANIFEST
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RubricFault(f"{path}: there is no manifest. Start from `chainrule assignment new`.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RubricFault(f"{path}: not readable as TOML: {error}. Mend the line it names.") from None
    return _Manifest(path, table).assignment()


def version_of(folder: Path) -> str:
    """The version of the assignment in `folder`: "sha256:…" over its files and over the sources that grade it.

    The engine and the reference models count: a report is reproducible only while all three stay the same. So does an
    assignment in whose folder this one lies: it is an edition of it.
    """
    digest = hashlib.sha256(engine_digest().encode())
    for name, content in _sources(folder, everything=True):
        _feed(digest, name, content)
    for outer in folder.parents:
        if (outer / MANIFEST).is_file():
            for name, content in _sources(outer, everything=True):
                _feed(digest, f"../{name}", content)
    return f"sha256:{digest.hexdigest()}"


@lru_cache(maxsize=1)
def engine_digest() -> str:
    """Hex SHA-256 over the Python sources of `grading` (assignments aside) and `reference_models`.

    As this process first read them: an engine that is edited while it runs is still the old engine.
    """
    digest = hashlib.sha256()
    for root in (BUILT_IN.parent, BUILT_IN.parent.parent / "reference_models"):
        for name, content in _sources(root, everything=False):
            if not name.startswith("assignments/") or name.count("/") == 1:
                _feed(digest, f"{root.name}/{name}", content)
    return digest.hexdigest()


def fingerprint(folder: Path) -> str:
    """A cheap digest of names, sizes and times of the files in `folder`: while it stays, so does `version_of`."""
    digest = hashlib.sha256()
    for path in _files(folder, everything=True):
        facts = path.stat()
        digest.update(f"{path.relative_to(folder)}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def enter(found: dict[str, Assignment], assignment: Assignment) -> None:
    """Add an assignment to those found.

    Raises:
        RubricFault: another has its slug.
    """
    twin = found.setdefault(assignment.slug, assignment)
    if twin.folder != assignment.folder:
        raise RubricFault(
            f"{assignment.folder / MANIFEST}: slug {assignment.slug!r} is taken by {twin.folder / MANIFEST}. "
            "Choose another slug."
        )


def folders_in(roots: Sequence[Path]) -> Iterator[Path]:
    """The assignments' folders: of each root itself, or of what lies in it."""
    for root in roots:
        if (root / MANIFEST).is_file():
            yield root
        elif root.is_dir():
            patterns = (f"*/{MANIFEST}", f"*/editions/*/{MANIFEST}") if root == BUILT_IN else (f"*/{MANIFEST}",)
            yield from sorted(path.parent for pattern in patterns for path in root.glob(pattern))


def _files(root: Path, *, everything: bool) -> list[Path]:
    pattern = "*" if everything else "*.py"
    inside = (path for path in root.rglob(pattern) if path.is_file() and not path.is_symlink())
    return sorted(path for path in inside if UNCOUNTED.isdisjoint(path.relative_to(root).parts))


def _sources(root: Path, *, everything: bool) -> Iterator[tuple[str, bytes]]:
    for path in _files(root, everything=everything):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def _feed(digest: Any, name: str, content: bytes) -> None:
    """Lengths first: no two lists of files run together into the same bytes."""
    digest.update(f"{len(name.encode())} {len(content)} {name}".encode())
    digest.update(content)


FLAGS = ("required", "report", "processor_only")
"""What may be true of a file; false where the manifest does not say."""

OUTLIVED = {"criteria": "the rows, their titles and points are read from rubric.py"}
"""Keys of older manifests, and why they say nothing any more: a course's assignment goes on as it is."""


class _Manifest:
    """One manifest while it is read: every look-up knows which key to name in a complaint."""

    def __init__(self, path: Path, table: Mapping[str, Any]) -> None:
        self.path = path
        self.table = table

    def assignment(self) -> Assignment:
        table = self.table
        known = {"slug", "title", "summary", "points", "files", "limits", "upload_bytes", "starter", *OUTLIVED}
        known |= {"support", "replaceable", "data", "checkpoints", "devices", "rehearsal", "budgets"}
        self._no_others(table, known, "")
        files = tuple(self._file(entry, f"files[{i}]") for i, entry in enumerate(self._tables(table, "files")))
        self._distinct([file.name for file in files], "files", "name")
        return Assignment(
            slug=self._slug(),
            title=self._text(table, "title", ""),
            summary=self._text(table, "summary", ""),
            version=version_of(self.path.parent),
            folder=self.path.parent,
            points=self._points(),
            files=files,
            limits=self._limits(),
            upload_bytes=self._upload_bytes(),
            starter=self._files_here("starter"),
            support=self._files_here("support"),
            replaceable=self._texts("replaceable"),
            data=self._texts("data"),
            checkpoints=self._texts("checkpoints"),
            devices=self._devices(),
            budgets=tuple(self._budget(entry, f"budgets[{i}].") for i, entry in enumerate(table.get("budgets", ()))),
            gate=Gate(**self._numbers("rehearsal", asdict(Gate()), most=1.0)),
            remarks=tuple(self._outlived()),
        )

    def _fault(self, key: str, complaint: str, remedy: str) -> RubricFault:
        return RubricFault(f"{self.path}: {key} {complaint}. {remedy}")

    def _slug(self) -> str:
        slug = self._text(self.table, "slug", "")
        if not SLUG.fullmatch(slug):
            raise self._fault(
                "slug", f"is {slug!r}", 'Use lower-case letters, digits and single hyphens, like "nets-hw1".'
            )
        return slug

    def _file(self, entry: Mapping[str, Any], where: str) -> ExpectedFile:
        self._no_others(entry, {"name", "title", *FLAGS}, f"{where}.")
        name = self._text(entry, "name", f"{where}.")
        if "/" in name or "\\" in name or not name.endswith((".ipynb", ".py")):
            raise self._fault(
                f"{where}.name", f"is {name!r}", "Name one notebook (.ipynb) or module (.py), without a folder."
            )
        flags = {key: entry.get(key, False) for key in FLAGS}
        for key, flag in flags.items():
            if not isinstance(flag, bool):
                raise self._fault(f"{where}.{key}", f"is {flag!r}", "Write true or false.")
        return ExpectedFile(name=name, title=self._text(entry, "title", f"{where}."), **flags)

    def _budget(self, entry: object, where: str) -> Budget:
        if not isinstance(entry, dict):
            raise self._fault("budgets", "is not a list of tables", "Write [[budgets]] with files and seconds.")
        self._no_others(entry, {"files", "seconds"}, where)
        files, seconds = entry.get("files", []), entry.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
            raise self._fault(f"{where}seconds", f"is {seconds!r}", "Write a number above 0.")
        right = self.path.parent / "samples" / "right"
        if not isinstance(files, list) or not all(isinstance(n, str) and (right / n).is_file() for n in files):
            raise self._fault(f"{where}files", f"is {files!r}", "Name files of samples/right.")
        return Budget(tuple(files), float(seconds))

    def _limits(self) -> Limits:
        return Limits(**self._numbers("limits", asdict(Limits())))

    def _numbers(self, table: str, defaults: Mapping[str, int | float], *, most: float | None = None) -> dict[str, Any]:
        """A table of numbers above 0, each of its default's kind; `most` bounds those that are shares."""
        entry = self.table.get(table, {})
        if not isinstance(entry, dict):
            raise self._fault(table, "is not a table", f"Write [{table}] and one number a line.")
        self._no_others(entry, defaults, f"{table}.")
        chosen: dict[str, Any] = {}
        for key, value in entry.items():
            kind = type(defaults[key])
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise self._fault(f"{table}.{key}", f"is {value!r}", "Write a number above 0.")
            if kind is int and not isinstance(value, int):
                raise self._fault(f"{table}.{key}", f"is {value!r}", "Write a whole number.")
            if kind is float and most is not None and value > most:
                raise self._fault(f"{table}.{key}", f"is {value!r}", f"Write a share of at most {most:g}.")
            chosen[key] = kind(value)
        return chosen

    def _upload_bytes(self) -> int:
        value = self.table.get("upload_bytes", 20 << 20)
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise self._fault("upload_bytes", f"is {value!r}", "Write a whole number of bytes above 0.")
        return value

    def _files_here(self, key: str) -> tuple[str, ...]:
        names = self._texts(key)
        for name in names:
            path = (self.path.parent / name).resolve()
            if not path.is_relative_to(self.path.parent) or not path.is_file():
                raise self._fault(
                    key, f"names {name!r}, which is no file of this folder", "Add the file or mend the name."
                )
        return names

    def _devices(self) -> tuple[str, ...]:
        devices = self._texts("devices") or ("cpu",)
        if unknown := [device for device in devices if device not in DEVICES]:
            raise self._fault("devices", f"names {unknown[0]!r}", f"Choose from {', '.join(DEVICES)}.")
        return devices

    def _text(self, table: Mapping[str, Any], key: str, prefix: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            complaint = "is missing" if value is None else f"is {value!r}"
            raise self._fault(prefix + key, complaint, "Write a text between quotes.")
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self._fault(key, "is not a list of texts", f'Write {key} = ["…"].')
        return tuple(value)

    def _tables(self, table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise self._fault(key, "has no entry", f"Write at least one [[{key}]] table.")
        return value

    def _outlived(self) -> Iterator[str]:
        for key, reason in OUTLIVED.items():
            if key in self.table:
                yield f"{self.path}: {key} is not read any more: {reason}. Delete it."

    def _points(self) -> Decimal:
        value = self.table.get("points")
        try:
            points = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            points = None
        if points is None or not points.is_finite() or points <= 0:
            complaint = "is missing" if value is None else f"is {value!r}"
            raise self._fault(
                "points", complaint, 'Write a number above 0 between quotes, like "0.5": so it stays exact.'
            )
        return points

    def _distinct(self, values: Sequence[str], key: str, name: str) -> None:
        for value in values:
            if values.count(value) > 1:
                raise self._fault(key, f"has two entries whose {name} is {value!r}", f"Give each a {name} of its own.")

    def _no_others(self, table: Mapping[str, Any], known: Collection[str], prefix: str) -> None:
        for key in table:
            if key not in known:
                raise self._fault(
                    f"{prefix}{key}", "is not a key that is read here", f"Known: {', '.join(sorted(known))}."
                )
