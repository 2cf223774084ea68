"""What stands on the judge's side for an object that cannot leave its box."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grading.sandbox.box import Box

Value = Any


@dataclass(eq=False, slots=True)
class Handle:
    """An object that stayed in the box: a model, an optimizer, a function.

    Attributes:
        type_name: its class's name, as the guest says: for messages, never for decisions.
    """

    _box: "Box" = field(repr=False)
    number: int
    type_name: str

    def call(self, method: str | None, *args: object, **kwargs: object) -> Value:
        """Call one of its methods, or itself where `method` is None. Raises what `Box.call` raises."""
        target = {"handle": self.number, "method": method}
        return self._box.ask("call", {"target": target}, args, kwargs)

    def __call__(self, *args: object, **kwargs: object) -> Value:
        """Call it. Raises what `Box.call` raises."""
        return self.call(None, *args, **kwargs)

    def get(self, attribute: str) -> Value:
        """One of its attributes. Raises what `Box.call` raises."""
        target = {"handle": self.number, "method": attribute}
        return self._box.ask("call", {"target": target, "attribute": True}, (), {})

    def release(self) -> None:
        """Let the box forget it."""
        self._box.ask("release", {"handle": self.number})
