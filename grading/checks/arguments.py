"""How a student's own version of a function is called: arguments in another order, more of them, or one in pieces.

Names say what an argument is, wherever it stands; what a version asks for beside the assignment's arguments is filled
in where it can only mean one thing, and else with the count of iterations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grading.authoring import Adapted, folded

COUNTS = {
    f"{front}{what}{plural}"
    for front in ("", "n", "num", "max", "numberof", "numof", "total")
    for what in ("epoch", "iter", "iteration", "step", "trainingstep", "trainingiteration")
    for plural in ("", "s")
} - {"step"}
"""Further arguments that say how often to go on."""


@dataclass(frozen=True, slots=True)
class ByName:
    """Calls a version by the names of its parameters; for `Function(adapts=…)`.

    Attributes:
        roles: names of each argument, in the assignment's order, without case and underscores.
        iterations: for what a version requires besides, and no name explains.
        known: what further arguments are, by name.
        pieces: names of what the argument at `whole` holds, a mapping: a version may take them one by one.
        whole: place of that argument.
    """

    roles: Sequence[Sequence[str]]
    iterations: int
    known: Mapping[str, int]
    pieces: Sequence[str]
    whole: int

    def __call__(self, parameters: Sequence[str], required: int, args: Sequence[Any]) -> Adapted | None:
        """The assignment's arguments by the names of a version; None where they can go as they are.

        Args:
            parameters: names in the version's order, starred ones last.
            required: how many of them have no default.
            args: in the assignment's order; all None while it is only asked whether it could be called.
        """
        named = [p for p in parameters if not p.startswith("*")]
        count = len(self.roles)
        if len(args) != count or len(named) < count:
            return None
        places = self._places(named)
        given = {p: args[role] for p, role in places.items()}
        found = len(places) == count
        if self.whole not in places.values() and set(self.pieces) <= set(named):
            whole = args[self.whole] or dict.fromkeys(self.pieces)
            given |= {name: whole[name] for name in self.pieces}
            found = len(places) == count - 1
        if not found:
            front = [p for p in named if folded(p) not in COUNTS][:count]
            if len(front) < count:
                return None
            given = dict(zip(front, args, strict=True))
        elif required <= count and named[:count] == sorted(places, key=lambda p: places[p]):
            return None
        further = {p: self.known.get(folded(p), self.iterations) for p in named[:required] if p not in given}
        if not further and not found:
            return None
        said = f"is called with its arguments by name, in the order of your own version ({', '.join(named)})"
        if further:
            filled = ", ".join(f"{p} = {value}" for p, value in further.items())
            said = f"requires more than the assignment's arguments; it got {filled}"
        return Adapted({**given, **further}, said)

    def _places(self, named: Sequence[str]) -> Mapping[str, int]:
        """Which argument each parameter is, as far as names tell; the first of two with the same meaning."""
        places: dict[str, int] = {}
        for parameter in named:
            role = next((i for i, names in enumerate(self.roles) if folded(parameter) in names), None)
            if role is not None and role not in places.values():
                places[parameter] = role
        return places
