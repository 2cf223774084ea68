"""What stands on the judge's side for an object that cannot leave its box."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from grading.domain.errors import RubricFault

Value = Any


class Asks(Protocol):
    """Where a handle's object stays: an open box."""

    def ask(
        self,
        question: str,
        body: dict[str, Any],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> Value:
        """Put one question. Raises what `Box.ask` raises."""


@dataclass(eq=False, slots=True)
class Handle:
    """An object that stayed in the box: a model, an optimizer, a function.

    Attributes:
        box: where it stayed.
        number: its name there.
        released: whether the box was told to forget it; who asks it again is the rubric's author.
        type_name: its class's name, as the guest says: for messages, never for decisions.
    """

    box: Asks = field(repr=False)
    number: int
    type_name: str
    released: bool = field(default=False, repr=False)

    def call(self, method: str | None, *args: object, **kwargs: object) -> Value:
        """Call one of its methods, or itself where `method` is None. Raises what `Box.call` raises."""
        target = self._target(method)
        return self.box.ask("call", {"target": target}, args, kwargs)

    def __call__(self, *args: object, **kwargs: object) -> Value:
        """Call it. Raises what `Box.call` raises."""
        return self.call(None, *args, **kwargs)

    def get(self, attribute: str) -> Value:
        """One of its attributes. Raises what `Box.call` raises."""
        target = self._target(attribute)
        return self.box.ask("call", {"target": target, "attribute": True}, (), {})

    def release(self) -> None:
        """Let the box forget it."""
        self.released = True
        self.box.ask("release", {"handle": self.number})

    def _target(self, name: str | None) -> dict[str, Any]:
        if self.released:
            raise RubricFault(f"a {self.type_name} is asked for {name or 'an answer'} after it was released")
        return {"handle": self.number, "method": name}
