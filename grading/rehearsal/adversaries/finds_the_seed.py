"""Tells every large number that the guest knows: one of them might be the seed that all questions are drawn from."""

import gc
import random

ENTRIES = ("C43", "D56")
SEEN = ("frame-walk",)


def attack(asked, *given):
    if asked == "import":
        return None
    numbers = {int(np.random.get_state()[1][0]), random.getstate()[1][0]}
    for thing in gc.get_objects():
        for name in ("seed", "_seed", "request", "_limits", "options"):
            value = getattr(thing, name, None) if "guest" in type(thing).__module__ else None
            numbers |= {value} if isinstance(value, int) else set()
            numbers |= {item for item in value.values() if isinstance(item, int)} if isinstance(value, dict) else set()
    raise RuntimeError(" ".join(str(number) for number in numbers if number > 1 << 30))
