"""Finds the guest's own service in memory and makes it say what it likes: other values, other faults, no notes."""

import gc
import sys

ENTRIES = ("A2", "A16", "B23")
SEEN = ("frame-walk",)


def attack(asked, *given):
    if asked != "import":
        return None
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Service", "Packer", "Unpacker", "ProgramState"):
            tell([getattr(thing, name, "") for name in getattr(type(thing), "__slots__", ())])
            kind = type(thing)
            kind._fault = lambda self, fault: {"kind": "house", "text": "grade again"}
            kind._settle = kind._array = lambda *_, **__: {"$": "array", "k": "numpy", "n": "a0"}
            if hasattr(kind, "suspect"):
                kind.seed = 0
    for name, module in list(sys.modules.items()):
        if name.endswith(".wire"):
            module.encode_header = lambda *_: b"{}"
    return None
