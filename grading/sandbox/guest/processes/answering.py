"""Answering the host's questions, one at a time, in the student's process."""

import os
import resource
import signal
import socket
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import drivers
from ..confinement.layers import ConfinementLayer
from ..program import debuggers, figures, loader, loops, notebook, repairs
from ..program.output import Printed
from ..program.seeds import seed_everything
from ..program.state import Absent, OutOfTime, ProgramState, Spare, Unit
from ..watching import integrity
from ..wire import frames as wire
from ..wire.values import Packer, Unpacker, UnsendableError, clean

MAX_HANDLES = 10_000
MAX_FAULT_TEXT = 2000
FRAME_BYTES = 1 << 34

# Taken before any student code: what a program does to `time` or `signal` shall not confuse us.
_clock = time.perf_counter
_set_timer = signal.setitimer


class Answering:
    """The guest's end of the wire.

    Args:
        channel: to the host.
        printed: stands for the standard streams.
        layers: what confines this process, to be told.
        limits: the open request.
        image: the zygote's name.
        work: the program's folder.
        paths: of the data and checkpoint stores as seen here; "" where there is none.
    """

    def __init__(
        self,
        channel: socket.socket,
        *,
        printed: Printed,
        layers: list[ConfinementLayer],
        limits: dict[str, Any],
        image: str,
        work: Path,
        paths: dict[str, str],
    ) -> None:
        self._channel = channel
        self._printed = printed
        self._layers = layers
        self._limits = limits
        self._image = image
        self._work = work
        self._paths = paths
        self._program: ProgramState | None = None
        self._handles: dict[int, object] = {}
        self._next_handle = 1
        self._told_repairs = 0
        self._told_integrity = 0
        self._armed = False
        self._questions: dict[str, Callable[[dict[str, Any], Unpacker], Any]] = {
            "program": self._take_program,
            "load": self._load,
            "unit": self._run_unit,
            "call": self._call,
            "drive": self._drive,
            "figures": self._figures,
            "release": self._release,
            "end": self._end,
        }

    def run(self) -> None:
        """Until the host closes the wire."""
        wire.widen(self._channel)
        signal.signal(signal.SIGALRM, self._on_alarm)
        try:
            hello = {"ready": True, "image": self._image, "layers": [layer.to_json() for layer in self._layers]}
            wire.send(self._channel, wire.encode(hello, {}))
            while True:
                frame = wire.receive(self._channel, limit=FRAME_BYTES)
                received = _clock()
                message = wire.parse(frame)
                self._answer(message, received)
                del frame, message
        except (wire.Closed, wire.LateError):
            return

    # -- One question -----------------------------------------------------------------------------------------------

    def _answer(self, message: wire.Message, received: float) -> None:
        body = message.body
        unpacker = Unpacker(message.arrays, self._object)
        packer = Packer(self._keep)
        envelope: dict[str, Any] = {"a": body["q"]}
        began, ended = received, received
        try:
            prepared = self._prepare(body, unpacker)
            began = _clock()
            value = prepared() if self._program is None else loader.with_spares(self._program, prepared)
            ended = _clock()
            envelope["value"] = packer.pack(value)
        except BaseException as fault:
            ended = max(ended, _clock())
            packer = Packer(self._keep)
            envelope.pop("value", None)
            envelope["fault"] = self._fault(fault)
        self._disarm()
        envelope["printed"] = self._printed.take()
        if self._program is not None:
            envelope["repairs"] = self._program.repairs[self._told_repairs :]
            envelope["integrity"] = [list(pair) for pair in self._program.integrity[self._told_integrity :]]
            self._told_repairs = len(self._program.repairs)
            self._told_integrity = len(self._program.integrity)
        envelope["wire_s"] = (began - received) + (_clock() - ended)
        try:
            buffers = wire.encode(envelope, packer.arrays)
        except (ValueError, TypeError, UnicodeError):
            # Student code reached into our classes; what it wrote there is not a message.
            buffers = wire.encode({"a": body["q"], "fault": {"kind": "unsendable", "text": "not data"}}, {})
        wire.send(self._channel, buffers)
        if body.get("do") == "end":
            os._exit(0)

    def _prepare(self, body: dict[str, Any], unpacker: Unpacker) -> Callable[[], Any]:
        """Unpack the question; what is returned runs the student's code."""
        question = self._questions[body["do"]]
        result = question(body, unpacker)
        return result if callable(result) else lambda: result

    def _fault(self, fault: BaseException) -> dict[str, Any]:
        if isinstance(fault, Absent):
            return {"kind": "missing", "text": clean(str(fault), MAX_FAULT_TEXT)}
        if isinstance(fault, UnsendableError):
            return {"kind": "unsendable", "text": clean(str(fault), MAX_FAULT_TEXT)}
        if isinstance(fault, drivers.DriverError):
            return {"kind": "author", "text": clean(str(fault), MAX_FAULT_TEXT)}
        if isinstance(fault, OutOfTime):
            return {"kind": "overran", "text": "its time was up"}
        described = loader.describe(fault)
        return {"kind": "raised", **described}

    # -- Questions --------------------------------------------------------------------------------------------------

    def _take_program(self, body: dict[str, Any], unpacker: Unpacker) -> Callable[[], Any]:
        files, course = unpacker.unpack(body["files"]), str(body["drivers"])
        name = "__main__" if body["mode"] == "run" else "program"
        module = types.ModuleType(name)
        program = ProgramState(
            name=body["name"],
            mode=body["mode"],
            units=[Unit(*unit) for unit in body["units"]],
            namespace=module.__dict__,
            options=unpacker.unpack(body["options"]),
            long_loop=body["long_loop"],
            seed=body["seed"],
            work=self._work,
            device=str(self._limits.get("device", "cpu")),
            spares=[Spare(Unit(*unit), frozenset(gives)) for *unit, gives in body["spares"]],
        )

        def prepare() -> dict[str, Any]:
            if course:
                drivers.load(course)
            sys.modules[name] = sys.modules["__main__"] = module
            for path, content in files.items():
                _lay(self._work, path, content)
            self._set_environment()
            seed_everything(program.seed)
            loops.install(program)
            repairs.install(program)
            debuggers.install(program)
            notebook.install(program)
            figures.install(program)
            for install in drivers.INSTALLERS:
                install(program)
            program.scratch[loader.GIVEN] = dict(program.namespace)
            integrity.install(program)
            self._program = program
            return {}

        return prepare

    def _set_environment(self) -> None:
        os.environ["CHAINRULE_DATA"] = self._paths["data"]
        os.environ["TORCH_HOME"] = self._paths["checkpoints"] or str(self._work)
        os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"

    def _loaded(self) -> ProgramState:
        if self._program is None:
            raise drivers.DriverError("the box has no program yet")
        return self._program

    def _load(self, body: dict[str, Any], _: Unpacker) -> Callable[[], Any]:
        program = self._loaded()

        def load() -> dict[str, Any]:
            faults = []
            for i in range(len(program.units)):
                outcome = self._timed_unit(program, i, float(body["timeout_s"]))
                if outcome["fault"] is not None:
                    faults.append([i, outcome["fault"]])
            return {"defined": loader.defined(program), "faults": faults}

        return load

    def _run_unit(self, body: dict[str, Any], _: Unpacker) -> Callable[[], Any]:
        program, index = self._loaded(), int(body["index"])
        if not 0 <= index < len(program.units):
            raise drivers.DriverError(f"no unit {index}")

        def run() -> dict[str, Any]:
            return self._timed_unit(program, index, float(body["timeout_s"]))

        return run

    def _timed_unit(self, program: ProgramState, index: int, timeout_s: float) -> dict[str, Any]:
        began = _clock()
        fault: dict[str, Any] | None = None
        overran = False
        try:
            self._arm(timeout_s)
            try:
                loader.execute(program, index)
                figures.flush(program)
            finally:
                self._disarm()
        except OutOfTime:
            overran = True
            fault = {
                "exception": "OutOfTime",
                "text": f"stopped after {timeout_s:g} s",
                "where": loader.label(program, index),
            }
        except BaseException as raised:
            fault = loader.describe(raised)
        program.unit = -1
        return {"fault": fault, "overran": overran, "seconds": _clock() - began}

    def _target(self, form: dict[str, Any]) -> Any:
        if "name" in form:
            return self._loaded().resolve(form["name"])
        target = self._object(int(form["handle"]), "")
        if form.get("method") is None:
            return target
        try:
            return getattr(target, form["method"])
        except AttributeError:
            raise Absent(f"{type(target).__name__} has no attribute {form['method']!r}") from None

    def _call(self, body: dict[str, Any], unpacker: Unpacker) -> Callable[[], Any]:
        target = self._target(body["target"])
        args, kwargs = unpacker.unpack(body["args"]), unpacker.unpack(body["kwargs"])
        if body.get("attribute"):
            return lambda: target
        if not callable(target):
            raise Absent(f"{body['target'].get('name', 'it')} is {type(target).__name__}, not something to call")
        return lambda: target(*args, **kwargs)

    def _drive(self, body: dict[str, Any], unpacker: Unpacker) -> Callable[[], Any]:
        program = self._loaded()
        driver = drivers.DRIVERS.get(body["driver"])
        if driver is None:
            raise drivers.DriverError(f"the {self._image} image has no driver called {body['driver']!r}")
        args, kwargs = unpacker.unpack(body["args"]), unpacker.unpack(body["kwargs"])
        return lambda: driver(program, *args, **kwargs)

    def _figures(self, _: dict[str, Any], __: Unpacker) -> Any:
        return figures.take(self._loaded())

    def _release(self, body: dict[str, Any], _: Unpacker) -> Any:
        self._handles.pop(int(body["handle"]), None)
        return None

    @staticmethod
    def _end(_: dict[str, Any], __: Unpacker) -> Any:
        own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "cpu_s": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
            "peak_bytes": max(own.ru_maxrss, others.ru_maxrss) * 1024,
        }

    # -- Handles and the alarm --------------------------------------------------------------------------------------

    def _keep(self, value: object) -> dict[str, Any]:
        if len(self._handles) >= MAX_HANDLES:
            raise UnsendableError("too many objects")
        number = self._next_handle
        self._next_handle += 1
        self._handles[number] = value
        return {"$": "handle", "v": number, "t": type(value).__name__}

    def _object(self, number: int, _: str) -> object:
        try:
            return self._handles[number]
        except KeyError:
            raise drivers.DriverError("a handle that was released, or is of another box") from None

    def _arm(self, seconds: float) -> None:
        self._armed = True
        # Again and again: a bare `except:` swallows the first.
        _set_timer(signal.ITIMER_REAL, seconds, 0.25)

    def _disarm(self) -> None:
        self._armed = False
        _set_timer(signal.ITIMER_REAL, 0)

    def _on_alarm(self, *_: object) -> None:
        if self._armed:
            raise OutOfTime


def _lay(work: Path, path: str, content: bytes) -> None:
    target = work / path
    if not target.resolve().is_relative_to(work.resolve()):
        raise drivers.DriverError(f"{path} is not below the program's folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Read-only from its making on: where there are no namespaces, permissions cannot be changed.
    with open(target, "wb", opener=lambda name, flags: os.open(name, flags, 0o444)) as file:
        file.write(content)
