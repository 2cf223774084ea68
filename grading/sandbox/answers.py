"""What a box gives back: plain, frozen, already admitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from grading.domain.report import Json

Array = NDArray[np.generic]


class UnitLike(Protocol):
    """A piece of source, as `grading.programs` cuts it."""

    @property
    def label(self) -> str: ...  # noqa: D102 - a protocol
    @property
    def source(self) -> str: ...  # noqa: D102 - a protocol
    @property
    def first_line(self) -> int: ...  # noqa: D102 - a protocol


class SpareLike(Protocol):
    """What was left out of a program, and the names that it gives."""

    @property
    def unit(self) -> UnitLike: ...  # noqa: D102 - a protocol
    @property
    def gives(self) -> Sequence[str]: ...  # noqa: D102 - a protocol


class ProgramLike(Protocol):
    """A program, as `grading.programs` parses it."""

    @property
    def name(self) -> str: ...  # noqa: D102 - a protocol
    @property
    def mode(self) -> str: ...  # noqa: D102 - a protocol
    @property
    def units(self) -> Sequence[UnitLike]: ...  # noqa: D102 - a protocol
    @property
    def files(self) -> Mapping[str, bytes]: ...  # noqa: D102 - a protocol
    @property
    def long_loop(self) -> int | None: ...  # noqa: D102 - a protocol
    @property
    def options(self) -> Mapping[str, Json]: ...  # noqa: D102 - a protocol
    @property
    def drivers(self) -> str: ...  # noqa: D102 - a protocol
    @property
    def spares(self) -> Sequence[SpareLike]: ...  # noqa: D102 - a protocol


@dataclass(frozen=True, slots=True)
class PlainUnit:
    """`UnitLike` for a program that nobody submitted: the probe's, a benchmark's, a test's."""

    label: str
    source: str
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class PlainProgram:
    """`ProgramLike` for a program that nobody submitted."""

    name: str
    mode: str
    units: tuple[PlainUnit, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    long_loop: int | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    drivers: str = ""
    spares: tuple[SpareLike, ...] = ()


@dataclass(frozen=True, slots=True)
class SandboxLayer:
    """One layer of the sandbox boundary on this machine."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Defined:
    """A name that the program defines.

    Attributes:
        kind: "function", "class", "module", "callable" or "value".
        parameters: names of the positional parameters, of a class those of its constructor.
        required: how many of them have no default.
        versions: units that defined it as a function or class; `name@3` asks for the one of unit 3.
    """

    name: str
    kind: str = "function"
    parameters: tuple[str, ...] = ()
    required: int = 0
    versions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitFault:
    """An exception that left a unit. Its texts are the student's: cut and cleaned, never parsed."""

    label: str
    exception: str
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What executing the definitions gave."""

    defined: tuple[Defined, ...]
    faults: tuple[UnitFault, ...] = ()
    printed: str = ""

    def find(self, name: str) -> Defined | None:
        """The definition of `name`."""
        return next((d for d in self.defined if d.name == name), None)


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit executed in mode "run".

    Attributes:
        fault: what it raised; an unit that was stopped for its time has one as well.
        overran: whether it was stopped for its time; the rest goes on.
        seconds: wall, as the guest saw it.
    """

    label: str
    fault: UnitFault | None = None
    printed: str = ""
    seconds: float = 0.0
    overran: bool = False


@dataclass(frozen=True, slots=True)
class BoxFigure:
    """A figure that the program showed.

    Attributes:
        label: of the unit that drew it ("cell 7"), "" outside units.
        png: encoded anew on our side; b"" where the picture was refused or too many were drawn.
        images: arrays of `imshow`, (h, w) or (h, w, 3|4); large ones thinned.
    """

    label: str
    png: bytes
    images: tuple[Array, ...]


Cause = Literal["ended", "exit", "signal", "memory", "cpu", "deadline", "disk", "closed", "house", "unknown"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a box came to its end.

    Attributes:
        cause: "ended" where we asked it to; else what the student's process did or ran into.
        detail: exit status, signal name; for people.
        cpu_s: processor seconds of the student's processes.
        company: most processes that the program started itself, as the warden saw.
        peak_bytes: most memory; on a machine without cgroups the largest process, shared pages included.
    """

    cause: Cause
    detail: str
    cpu_s: float
    peak_bytes: int
    company: int = 0
