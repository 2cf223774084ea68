"""Replies that code on the judge's side trips over, where nothing of the reference's stands beside them."""

import traceback

from grading.domain.errors import BadReply

NEVER_THE_REPLYS = (NameError, ImportError, OSError, SyntaxError, NotImplementedError)
"""What no reply can cause: a misspelt name, a file that is not there."""


class UnusableReply(BadReply):
    """A reply that raised an exception of Python's own where it was taken apart.

    Args:
        name: what was asked last.
        error: what was raised.

    Attributes:
        detail: to staff: what was raised, and where.
    """

    def __init__(self, name: str, error: Exception) -> None:
        shown = name.partition("__")[0] or name
        super().__init__(f"{shown}: the answer cannot be used ({type(error).__name__})")
        self.detail = (
            f"The answer of {shown} was not used, because the check raised {in_short(error)}. If that answer is right, "
            "the check must be mended: take it apart with grading.authoring.expect."
        )


def may_be_the_replys(error: Exception) -> bool:
    """Whether a reply of an odd form or value can have caused the exception."""
    return not isinstance(error, NEVER_THE_REPLYS)


def in_short(error: Exception) -> str:
    """An exception with the place where it was raised, for the author."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"[:400]
