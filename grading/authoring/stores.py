"""Where the service's data sets and pretrained weights lie on the judge's side, while a rubric is being evaluated."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stores:
    """The read-only stores that boxes see, as the judge sees them.

    Attributes:
        data: data sets in torchvision's layout, or None.
        checkpoints: pretrained weights in torch hub's layout (`hub/checkpoints/*.pth`), or None.
    """

    data: Path | None = None
    checkpoints: Path | None = None


_current: ContextVar[Stores] = ContextVar("stores", default=Stores())  # noqa: B039 - frozen


def stores() -> Stores:
    """The stores of the run in progress: the same files that the student's program finds in its box."""
    return _current.get()


@contextmanager
def stores_are(value: Stores) -> Iterator[None]:
    """Make `value` the current stores inside the block."""
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)
