"""Raises exceptions that fight back when they are described."""

ENTRIES = ("D56", "E67")
HASTY = True


class Hostile(BaseException):
    __name__ = "\x00\udcff"

    def __str__(self):
        raise Hostile("again")

    __repr__ = __format__ = __reduce__ = __str__

    @property
    def __traceback__(self):
        raise Hostile

    @property
    def __class__(self):
        return KeyboardInterrupt


def attack(asked, *given):
    if asked == "import":
        raise Hostile
    if asked == "sigmoid":
        raise type("\udcff" * 5000, (Exception,), {})("\x00\x1b]0;title\x07" + "A" * 10**6)
    if asked == "relu":
        raise RecursionError from Hostile()
    raise GeneratorExit(Hostile())
