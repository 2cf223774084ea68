"""One student program in one box, as the judge sees it: questions go in, plain values or declared faults come out."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Any, NoReturn, Self

from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault, BadReply, ChainruleError, HouseFault, Overran, RubricFault
from grading.domain.report import Integrity
from grading.sandbox import admit, endings
from grading.sandbox.answers import BoxFigure, Ended, Loaded, ProgramLike, SandboxLayer, UnitResult
from grading.sandbox.guest import boot
from grading.sandbox.guest.wire import frames as wire
from grading.sandbox.guest.wire import values
from grading.sandbox.handle import Handle, Value

READY_S = 300.0  # a zygote may be warming up on a busy machine; one that gives up says so at once
GUEST_PACKAGE = boot.__name__.rpartition(".")[0]
"""What an assignment's drivers call the guest's package; inside the box it has another name."""
END_S = 2.0
WORD_S = 4.0  # a loaded machine needs some time to notice a death
# A unit is asked softly to stop at its time; one that does not listen is killed this much later.
SOFT_GRACE_S = 2.0
# Making, packing and moving a large answer is not the student's fault.
WIRE_GRACE_S = 0.5
TORCH_IMPORT_S = 60.0
MAX_PRINTED = 1 << 20


class Box:
    """A live box. Made by `Sandbox.open`; leave it through `end` or as a context manager.

    Attributes:
        student_s: wall seconds that the student's code used so far: from question to answer, without wire work.
        repairs: what the guest mended so that the program runs here, in sentences.
        integrity: what staff should look at.
        layers: what confines this box.
        device: "cpu" or "cuda".
        image: name of the zygote that it was forked from.
    """

    def __init__(
        self,
        program: ProgramLike,
        *,
        channel: socket.socket,
        lifeline: socket.socket,
        limits: Limits,
        seed: int,
        device: str,
        image: str,
        bait: str,
    ) -> None:
        self._program = program
        self._bait = bait.encode()
        self._wire = channel
        self._lifeline = endings.Lifeline(lifeline)
        self._limits = limits
        self._lock = threading.RLock()
        self._number = 0
        self._fault: ChainruleError | None = None
        self._ended: Ended | None = None
        self._printed: list[str] = []
        self._printed_size = 0
        self.student_s = 0.0
        self.repairs: list[str] = []
        self.integrity: list[Integrity] = []
        self.layers: tuple[SandboxLayer, ...] = ()
        self.device = device
        self.image = image
        wire.widen(channel)
        self._begin(program, seed)

    # -- Questions ----------------------------------------------------------------------------------------------------

    def load(self, *, timeout_s: float | None = None) -> Loaded:
        """Execute the program's units in order; a unit that fails is noted and the rest goes on.

        Raises:
            AnswerFault: the student's process died, or did not stop when it was told to.
            HouseFault: ours did.
        """
        each = self._limits.cell_s if timeout_s is None else timeout_s
        total = min(self._limits.part_s, each * max(1, len(self._program.units)))
        form, printed = self._ask_raw("load", {"timeout_s": each}, timeout_s=total + SOFT_GRACE_S)
        if not isinstance(form, dict):
            self._breach("a load without a result")
        faults = []
        for item in form.get("faults") or ():
            if isinstance(item, list) and len(item) == 2:  # noqa: PLR2004 - index and fault
                fault = admit.unit_fault(item[1], self._label(item[0]))
                faults += [fault] if fault is not None else []
        return Loaded(admit.definitions(form.get("defined")), tuple(faults), printed)

    def run_unit(self, index: int, *, timeout_s: float | None = None) -> UnitResult:
        """Execute one unit (mode "run"). One that overruns is stopped and the rest may go on.

        Raises:
            AnswerFault: the student's process died, or did not stop when it was told to: the box is spent.
        """
        seconds = min(self._limits.cell_s if timeout_s is None else timeout_s, self._remaining())
        body = {"index": index, "timeout_s": seconds}
        form, printed = self._ask_raw("unit", body, timeout_s=seconds + SOFT_GRACE_S)
        if not isinstance(form, dict):
            self._breach("a unit without a result")
        label = self._label(index)
        return UnitResult(
            label,
            fault=admit.unit_fault(form.get("fault"), label),
            printed=printed,
            seconds=admit.number(form.get("seconds")),
            overran=form.get("overran") is True,
        )

    def call(self, target: str | Handle, *args: object, **kwargs: object) -> Value:
        """Call a function of the program, or an object in the box.

        Args:
            target: a name, with dots for attributes, or a handle.
            args: data, or handles of this box.
            kwargs: the same.

        Returns:
            Data, or handles for what is none, nested as the student's code returned it.

        Raises:
            Missing: nothing by that name, or nothing that can be called.
            Raised: the student's code raised.
            Overran: no answer within `limits.call_s`; the box is spent.
            Died: the process ended; the box is spent.
            BadReply: the answer is not data.
            HouseFault: we failed.
        """
        form = {"name": target} if isinstance(target, str) else {"handle": target.number, "method": None}
        return self.ask("call", {"target": form}, args, kwargs)

    def get(self, name: str) -> Value:
        """What the program calls `name`. Raises what `call` raises."""
        return self.ask("call", {"target": {"name": name}, "attribute": True}, (), {})

    def drive(self, driver: str, *args: object, timeout_s: float | None = None, **kwargs: object) -> Value:
        """Run our own code in the box: a function registered in `guest/drivers`.

        Raises:
            RubricFault: there is no such driver, or it was asked wrongly.
        """
        return self.ask("drive", {"driver": driver}, args, kwargs, timeout_s=timeout_s)

    def figures(self) -> list[BoxFigure]:
        """Figures shown since the last time."""
        return admit.figures(self.ask("figures", {}))

    def printed(self) -> str:
        """What the program printed so far, as far as it was kept."""
        return "".join(self._printed)

    @property
    def spent(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._fault is not None or self._ended is not None

    # -- One question -------------------------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        body: dict[str, Any],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
        *,
        timeout_s: float | None = None,
    ) -> Value:
        """Put a question and admit its answer. Raises what `call` raises."""
        value, _ = self._ask_raw(question, body, args, kwargs, timeout_s=timeout_s)
        return value

    def _ask_raw(
        self,
        question: str,
        body: dict[str, Any],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
        *,
        timeout_s: float | None = None,
    ) -> tuple[Value, str]:
        with self._lock:
            self._check_open()
            packer = values.Packer(self._handle_form, text=1 << 24)
            try:
                body = {**body, "args": packer.pack(args), "kwargs": packer.pack(kwargs or {})}
            except values.UnsendableError as fault:
                raise RubricFault(f"{question}: an argument is not data: {fault}") from None
            seconds = min(self._limits.call_s, self._remaining()) if timeout_s is None else timeout_s
            if self.image == "numpy" and any(self._is_tensor(a) for a in (*args, *(kwargs or {}).values())):
                seconds += TORCH_IMPORT_S
            message, elapsed = self._exchange({"do": question, **body}, packer.arrays, seconds)
            return self._settle(message, elapsed)

    @staticmethod
    def _is_tensor(value: object) -> bool:
        return type(value).__module__.partition(".")[0] == "torch"

    def _handle_form(self, value: object) -> dict[str, Any]:
        if isinstance(value, Handle) and value.box is self:
            return {"$": "handle", "v": value.number, "t": ""}
        raise values.UnsendableError(f"{type(value).__name__} cannot be sent into this box")

    def _exchange(
        self, body: dict[str, Any], arrays: dict[str, wire.Raw], seconds: float
    ) -> tuple[wire.Message, float]:
        self._number += 1
        began = time.monotonic()
        try:
            wire.send(
                self._wire, wire.encode({"q": self._number, **body}, arrays), deadline=began + seconds + WIRE_GRACE_S
            )
            deadline = time.monotonic() + seconds + WIRE_GRACE_S
            frame = wire.receive(self._wire, limit=self._limits.reply_bytes, deadline=deadline)
            elapsed = time.monotonic() - began
            if self._bait in frame:
                self._suspect(Integrity("canary-file", "what came back holds the text of a file that was laid as bait"))
            return wire.parse_reply(frame, widened_bytes=self._limits.reply_bytes), elapsed
        except wire.LateError:
            self.student_s += time.monotonic() - began
            self._spend(Overran(f"gave no answer within {seconds:g} s; it was stopped"))
        except wire.Closed:
            self._ended = self._lifeline.last_word(WORD_S, silence="closed")
            self.student_s += time.monotonic() - began
            self._suspect(endings.suspicion_of(self._ended))
            self._spend(endings.fault_of(self._ended, self._limits))
        except wire.WireError as fault:
            self._breach(str(fault))

    def _settle(self, message: wire.Message, elapsed: float) -> tuple[Value, str]:
        """Take in what came with the answer, then the answer."""
        body = message.body
        if body.get("a") != self._number:
            self._breach("an answer to another question")
        self.student_s += max(0.0, elapsed - max(0.0, admit.number(body.get("wire_s"))))
        printed = admit.text(body.get("printed"), self._limits.output_bytes)
        if self._printed_size < MAX_PRINTED:
            self._printed.append(printed)
            self._printed_size += len(printed)
        self._take_notes(body)
        fault = body.get("fault")
        if isinstance(fault, dict):
            raise self._admitted(fault)
        if "value" not in body:
            self._breach("neither a value nor a fault")
        try:
            return admit.value(body["value"], message.arrays, self._keep), printed
        except values.MalformedError as malformed:
            self._breach(str(malformed))

    def _admitted(self, form: dict[str, Any]) -> ChainruleError:
        """A fault that the box tells. Once student code ran, nothing that it says makes anybody else the culprit."""
        if form.get("kind") != "author":
            return admit.fault(form)
        self._suspect(Integrity("blamed-author", f"the box blamed the rubric: {admit.text(form.get('text'), 200)}"))
        return BadReply("the question could not be put to your program: it gave our side no usable object")

    def _keep(self, number: int, type_name: str) -> Handle:
        return Handle(self, number, type_name)

    def _take_notes(self, body: dict[str, Any]) -> None:
        for sentence in admit.texts(body.get("repairs")):
            if len(self.repairs) < admit.MAX_NOTES and sentence not in self.repairs:
                self.repairs.append(sentence)
        for kind, detail in admit.pairs(body.get("integrity")):
            self._suspect(Integrity(kind, detail))

    def _suspect(self, note: Integrity | None) -> None:
        if note is not None and len(self.integrity) < admit.MAX_NOTES and note not in self.integrity:
            self.integrity.append(note)

    def _label(self, index: object) -> str:
        units = self._program.units
        return units[index].label if isinstance(index, int) and 0 <= index < len(units) else ""

    # -- Beginning and end --------------------------------------------------------------------------------------------

    def _begin(self, program: ProgramLike, seed: int) -> None:
        """Send the program and wait for `ready`: silence before it is our fault, whatever happens after is not.

        No student code has run by then: that the assignment's drivers do not load is its author's fault.
        """
        packer = values.Packer(self._handle_form, text=1 << 24)
        body = {
            "q": 0,
            "do": "program",
            "name": program.name,
            "mode": program.mode,
            "units": [[unit.label, unit.source, unit.first_line] for unit in program.units],
            "files": packer.pack(dict(program.files)),
            "options": packer.pack(dict(program.options)),
            "long_loop": program.long_loop,
            "seed": seed,
            "drivers": program.drivers.replace(GUEST_PACKAGE, boot.PACKAGE),
            "spares": [[s.unit.label, s.unit.source, s.unit.first_line, list(s.gives)] for s in program.spares],
        }
        try:
            buffers = wire.encode(body, packer.arrays)
        except (ValueError, TypeError, UnicodeError) as fault:
            self._end_quietly()
            raise RubricFault(f"the program cannot be sent into a box: {fault}") from None
        try:
            self._greet(buffers, time.monotonic() + READY_S)
        except (wire.Closed, wire.LateError, wire.WireError) as fault:
            ended = self._lifeline.hang_up(END_S)
            self._end_quietly()
            raise HouseFault(f"a box did not start ({ended.cause} {ended.detail}): {fault}") from None
        except (HouseFault, RubricFault):
            self._end_quietly()
            raise

    def _greet(self, buffers: list[bytes | memoryview], deadline: float) -> None:
        wire.send(self._wire, buffers, deadline=deadline)
        hello = wire.parse(wire.receive(self._wire, limit=1 << 20, deadline=deadline)).body
        if hello.get("ready") is not True:
            raise HouseFault(f"a box did not start: {admit.text(hello.get('house'), 500)}")
        self.layers = admit.layers(hello.get("layers"))
        answer = wire.parse(wire.receive(self._wire, limit=1 << 20, deadline=deadline)).body
        refused = answer.get("fault")
        if isinstance(refused, dict) and refused.get("kind") == "author":
            raise admit.fault(refused)
        if answer.get("a") != 0 or "value" not in answer:
            raise HouseFault(f"a box did not take its program: {admit.text(str(refused), 500)}")
        self._take_notes(answer)

    def _check_open(self) -> None:
        if self._fault is not None:
            if isinstance(self._fault, AnswerFault):
                raise type(self._fault)(str(self._fault))
            raise HouseFault(str(self._fault))
        if self._ended is not None:
            raise RubricFault("the box has ended; nothing can be asked any more")

    def _remaining(self) -> float:
        """Seconds left of the part's time."""
        left = self._limits.part_s - self.student_s
        if left <= 0 and self._fault is None:
            self._spend(Overran(f"used up the {self._limits.part_s:g} s for this file; it was stopped"))
        return max(left, 0.0)

    def _spend(self, fault: ChainruleError) -> NoReturn:
        self._fault = fault
        if self._ended is None:
            self._ended = self._lifeline.last_word(0.0)
        self._end_quietly()
        raise fault

    def _breach(self, what: str) -> NoReturn:
        """Anything that our guest would not send: the process is the student's no less than its answers."""
        self._suspect(Integrity("forged-reply", f"what came back is not what the guest sends: {what}"))
        self._spend(BadReply(f"the program disturbed its own answers: {what}"))

    def end(self) -> Ended:
        """End the box, whatever it is doing, and say what it used. Safe to call twice."""
        with self._lock:
            if self._ended is None and self._fault is None:
                self._ended = self._say_goodbye()
            self._end_quietly()
            return self._ended or Ended("unknown", "", cpu_s=0.0, peak_bytes=0)

    def _say_goodbye(self) -> Ended:
        with contextlib.suppress(ChainruleError):
            form = self.ask("end", {}, timeout_s=END_S)
            if isinstance(form, dict):
                return Ended("ended", "", admit.number(form.get("cpu_s")), int(admit.number(form.get("peak_bytes"))))
        return self._ended or Ended("closed", "", cpu_s=0.0, peak_bytes=0)

    def _end_quietly(self) -> None:
        """Close both sockets: the warden kills what is left."""
        self._lifeline.close()
        with contextlib.suppress(OSError):
            self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def __del__(self) -> None:
        self._end_quietly()
