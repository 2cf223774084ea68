"""What stands on the judge's side for an object that cannot leave its box."""

from dataclasses import dataclass, field
from typing import Any, Protocol

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
        type_name: its class's name, as the guest says: for messages, never for decisions.
    """

    box: Asks = field(repr=False)
    number: int
    type_name: str

    def call(self, method: str | None, *args: object, **kwargs: object) -> Value:
        """Call one of its methods, or itself where `method` is None. Raises what `Box.call` raises."""
        target = {"handle": self.number, "method": method}
        return self.box.ask("call", {"target": target}, args, kwargs)

    def __call__(self, *args: object, **kwargs: object) -> Value:
        """Call it. Raises what `Box.call` raises."""
        return self.call(None, *args, **kwargs)

    def get(self, attribute: str) -> Value:
        """One of its attributes. Raises what `Box.call` raises."""
        target = {"handle": self.number, "method": attribute}
        return self.box.ask("call", {"target": target, "attribute": True}, (), {})

    def release(self) -> None:
        """Let the box forget it."""
        self.box.ask("release", {"handle": self.number})
