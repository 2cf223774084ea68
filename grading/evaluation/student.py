"""The student's program as a subject: `student.sigmoid(x)` looks like a call and is a question to a box."""

from collections.abc import Mapping, Sequence
from typing import Any

from grading.authoring.bindings import Binding, BoxMode, Driven, Function
from grading.authoring.executed import Executed
from grading.authoring.requirement import Unmet
from grading.authoring.subject import Answer, Student
from grading.domain.errors import BadReply, ChainruleError, Missing, NotDefined, RubricFault
from grading.evaluation.blame import UnusableReply, may_be_the_replys
from grading.evaluation.matching import adapted, behaving, find, takes
from grading.evaluation.session import Session
from grading.programs import Broken, Source
from grading.sandbox import Defined, Loaded

MAX_FAULTS = 2
NO_CALLABLES = ("module", "value")


class BoxedStudent(Student):
    """A proxy: every attribute is a function that the part expects.

    Args:
        session: the part's boxes.
        expects: what the rubric asks for by name.
        mode: which box is asked where a binding does not say.
        broken: pieces of the file that do not parse, to explain why a name is missing.
        source: the file as text.
        device: "cpu" or "cuda".
    """

    def __init__(
        self,
        session: Session,
        expects: Sequence[Binding],
        *,
        mode: BoxMode = "definitions",
        broken: Sequence[Broken] = (),
        source: Source | None = None,
        device: str = "cpu",
    ) -> None:
        self.source = source
        self.device = device
        self._session = session
        self._expects = {b.name: b for b in expects}
        self._mode: BoxMode = mode
        self._broken = tuple(broken)
        self._bound: dict[str, Defined | None] = {}
        self._notes: dict[str, None] = {}

    def executed(self) -> Executed:
        """What each cell did and drew when the whole program ran.

        Raises:
            AnswerFault: the run could not be begun.
        """
        return self._session.executed()

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        """Ask one of our drivers in the part's own box."""
        return self._session.ask(self._mode, driver, lambda box: box.drive(driver, *args, **kwargs))

    def bound(self, name: str) -> str:
        """The student's own name for an expected function.

        Raises:
            NotDefined: there is none.
        """
        binding = self._expects.get(name)
        if not isinstance(binding, Function):
            raise RubricFault(f"the part expects no function {name!r}")
        return self._defined(binding).name

    def told_as(self, name: str) -> str:
        """What the student wrote, where the rubric's word for a question is another."""
        binding = self._expects.get(name)
        if not isinstance(binding, Driven):
            return super().told_as(name)
        return binding.told if binding.told is not None else super().told_as(binding.target or name)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which functions answered under another name, and which arguments were filled in."""
        return tuple(self._notes)

    # -- questions ----------------------------------------------------------------------------------

    def _answering(self, name: str) -> Answer:
        match self._expects.get(name):
            case Function() as function:
                return lambda *args, **kwargs: self._call(function, args, kwargs)
            case Driven() as driven:
                return lambda *args, **kwargs: self._driven(driven, args, kwargs)
            case None:
                raise RubricFault(f"the rubric asks for {name!r}, which the part does not expect")

    def _call(self, binding: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        defined = self._defined(binding)
        count = len(args)
        if not kwargs and (by_name := self._adapted(binding, defined, args)):
            args, kwargs = (), by_name
        elif not kwargs and not takes(defined, count):
            written = f"{defined.name}({', '.join(defined.parameters)})"
            raise BadReply(f"{written} does not take the {count} arguments that the assignment gives it")
        mode = binding.box or self._mode
        return self._session.ask(mode, binding.name, lambda box: box.call(defined.name, *args, **kwargs))

    def _driven(self, binding: Driven, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        target = self._expects.get(binding.target)
        front = (self.bound(binding.target),) if binding.target else ()
        mode = binding.box or self._mode
        driver = binding.driver or binding.name

        # The topic is what the student wrote: a function that outran its time is not asked again by another name.
        topic = binding.target or binding.name
        answered = False

        def put(*more: Any, **options: Any) -> Any:
            nonlocal answered
            match target, more:
                case Function(), (list() | tuple() as own, {**named}) if not named:
                    by_name = self._adapted(target, self._defined(target), own)
                    more = ([], by_name) if by_name else more
            reply = self._session.ask(mode, topic, lambda box: box.drive(driver, *front, *more, **options))
            answered = True
            return reply

        if binding.ask is None:
            return put(*args, **kwargs)
        try:
            return binding.ask(put, *args, **kwargs)
        except (ChainruleError, Unmet):
            raise
        except Exception as error:
            # Only the student's replies go through here: the reference answers in one piece.
            if not (answered and may_be_the_replys(error)):
                raise
            raise UnusableReply(topic, error) from error

    # -- names --------------------------------------------------------------------------------------

    def _defined(self, binding: Function) -> Defined:
        loaded = self._session.loaded(binding.box or self._mode)
        if loaded is None:
            return Defined(binding.name, parameters=("*args",))  # in a whole run, the name itself
        if binding.name not in self._bound:
            self._bound[binding.name] = self._looked_up(binding, loaded)
        found = self._bound[binding.name]
        if found is None:
            raise self._missing(binding, loaded)
        return found

    def _looked_up(self, binding: Function, loaded: Loaded) -> Defined | None:
        others = [b for b in self._expects.values() if isinstance(b, Function) and b is not binding]
        taken = {b.name for b in others}
        free = [d for d in loaded.defined if d.name not in taken and d.kind not in NO_CALLABLES]
        found = find(binding, free)
        if found is not None and found.name != binding.name:
            self._note(f"{binding.name} is answered by your {found.name}")
        if found is not None or binding.behaves is None:
            return found
        taken |= {named.name for b in others if (named := find(b, free)) is not None}
        mode = binding.box or self._mode

        def ask(candidate: Defined, args: tuple[Any, ...]) -> Any:
            return self._session.ask(mode, candidate.name, lambda box: box.call(candidate.name, *args))

        found, right = behaving(binding.behaves, [d for d in free if d.name not in taken], ask)
        if found is not None:
            like = "it behaves like one" if right else "it behaves like one with a known mistake"
            self._note(f"`{found.name}` was taken as {binding.name}: {like}")
        return found

    def _adapted(self, binding: Function, defined: Defined, args: Sequence[Any]) -> Mapping[str, Any] | None:
        other = adapted(binding, defined, args)
        if other is None:
            return None
        self._note(f"{defined.name} {other.said}")
        return other.arguments

    def _note(self, text: str) -> None:
        self._notes[text] = None

    def _missing(self, binding: Function, loaded: Loaded) -> Missing:
        """That there is none, and why. What does not parse was attempted."""
        for piece in self._broken:
            if not {binding.name, *binding.aliases}.isdisjoint(piece.names):
                return Missing(f"{binding.name} cannot be read: {self._place(piece)}, {piece.fault}")
        said = f"Your program defines no {binding.name}"
        if binding.behaves is not None:
            said += (
                ": no function has that name, and none answers like it. What is written inside another function or "
                "a class cannot be asked by itself: define it at the top level"
            )
        faults = [f"{f.label} raised {f.exception}: {f.text}" for f in loaded.faults][:MAX_FAULTS]
        unread = [f"{self._place(b)} does not parse ({b.fault})" for b in self._broken][:MAX_FAULTS]
        reasons = faults or unread
        return NotDefined(f"{said} ({'; '.join(reasons)})" if reasons else said)

    def _place(self, piece: Broken) -> str:
        """The cell or module in which a piece stands, as the student knows it."""
        cells = self.source.code if self.source is not None else ()
        told = (self.source.label(cell) for cell in cells if self.source is not None and cell.index == piece.cell)
        return next(told, f"cell {piece.cell}")
