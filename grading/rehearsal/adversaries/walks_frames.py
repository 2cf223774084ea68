"""Walks up the stack to whoever called, for expected values and a score to overwrite."""

import sys

ENTRIES = ("A11",)
SEEN = ("frame-walk",)


def attack(asked, *given):
    frame = sys._getframe()
    while frame is not None:
        tell({name: repr(value)[:2000] for name, value in frame.f_locals.items()})
        for name in ("score", "points", "expected", "reference", "rubric", "seed"):
            if name in frame.f_locals:
                frame.f_locals[name] = 10**6
        if "expected" in frame.f_globals or "EXPECTED" in frame.f_globals:
            escaped("a frame that knows the answers")
        frame = frame.f_back
    return None
