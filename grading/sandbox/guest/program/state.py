"""The student's program as it stands in the box: its namespace, how it is run, what was mended."""

import contextlib
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_NOTES = 200


class Absent(Exception):  # noqa: N818 - a fact about the program, not an error of ours
    """The program defines nothing by that name. The host raises Missing."""


class OutOfTime(BaseException):
    """Raised in a unit by the alarm: the unit's time is up, the program goes on."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of source, executed as a whole.

    Attributes:
        label: for people ("cell 3").
        source: Python.
        first_line: what the first line is called in tracebacks.
    """

    label: str
    source: str
    first_line: int = 1


@dataclass(slots=True)
class Spare:
    """A statement that was left out of the program, with the names that it gives or changes.

    Attributes:
        ran: whether a question needed it.
    """

    unit: Unit
    gives: frozenset[str]
    ran: bool = False


@dataclass(slots=True)
class ProgramState:
    """One program in one box.

    Attributes:
        name: the file as submitted.
        mode: "definitions" or "run".
        units: what to execute.
        namespace: the module-level names of the program; `__name__` is "__main__".
        options: the rubric's wishes ("epochs", "batches" ...): plain values.
        long_loop: ranges longer than this are cut while `step_limit` is set; None where the program has none.
        step_limit: current cut, or None.
        loop_length: the next range of exactly this length is cut as well, or None.
        seed: of this box; `random`, NumPy and torch were seeded from it.
        work: the program's folder, its current directory at the start.
        device: "cpu" or "cuda": where the program may compute.
        repairs: what was made inert, stubbed or served instead; each sentence once.
        integrity: (kind, detail) of what staff should look at; each once.
        unit: index of the unit that is running, -1 outside units.
        spares: what was left out of the program; run where a question needs a name that it gives.
        future: compiler flags of the future imports so far: as in IPython, they hold for the cells that follow.
        scratch: for drivers and watchers that keep something between questions; keys are theirs.
    """

    name: str
    mode: str
    units: list[Unit]
    namespace: dict[str, Any]
    options: dict[str, Any]
    long_loop: int | None
    seed: int
    work: Path
    device: str = "cpu"
    step_limit: int | None = None
    loop_length: int | None = None
    repairs: list[str] = field(default_factory=list)
    integrity: list[tuple[str, str]] = field(default_factory=list)
    unit: int = -1
    spares: list[Spare] = field(default_factory=list)
    future: int = 0
    scratch: dict[str, Any] = field(default_factory=dict)

    def resolve(self, name: str) -> Any:
        """The object that the program calls `name`; dots reach attributes (`Model.forward`, `utils.one_hot`).

        `name@3` is the function or class as unit 3 defined it, where later units defined another.

        Raises:
            Absent: there is none.
        """
        head, *rest = name.split(".")
        head, _, version = head.partition("@")
        values = self.namespace
        if version:
            versions = self.scratch.get("versions", {}).get(head, {})
            values = {head: versions[int(version)]} if version.isdigit() and int(version) in versions else {}
        if head not in values:
            raise Absent(f"nothing in {self.name} is called {head!r}")
        value = values[head]
        for i, attribute in enumerate(rest):
            try:
                value = getattr(value, attribute)
            except AttributeError:
                reached = ".".join([head, *rest[:i]])
                raise Absent(f"{reached} in {self.name} has no attribute {attribute!r}") from None
        return value

    def has(self, name: str) -> bool:
        """Whether `resolve` would find something."""
        try:
            self.resolve(name)
        except Absent:
            return False
        return True

    @contextlib.contextmanager
    def steps(self, limit: int | None, *, length: int | None = None) -> Iterator[None]:
        """While inside, loops that were marked long at parse time run `limit` times. None changes nothing.

        With `length`, the first that goes over a range of exactly that length does as well.
        """
        before = self.step_limit, self.loop_length
        self.step_limit, self.loop_length = limit, length
        try:
            yield
        finally:
            self.step_limit, self.loop_length = before

    def mended(self, what: str) -> None:
        """Note a repair, once."""
        if what not in self.repairs and len(self.repairs) < MAX_NOTES:
            self.repairs.append(what)

    def suspect(self, kind: str, detail: str) -> None:
        """Note something for staff, once."""
        if (kind, detail) not in self.integrity and len(self.integrity) < MAX_NOTES:
            self.integrity.append((kind, detail))

    def functions(self) -> dict[str, types.FunctionType]:
        """The program's own functions by name, in the order of definition."""
        return {
            name: value
            for name, value in self.namespace.items()
            if isinstance(value, types.FunctionType) and value.__module__ == "__main__"
        }
