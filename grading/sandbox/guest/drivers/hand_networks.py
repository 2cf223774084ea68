"""Networks that a program writes by hand, as functions of their parameters: bound, laid out as the program does, asked.

One name may stand for several functions (a `sgd` that takes gradients in one section, a module in the next), so a task
is bound by name, number of arguments and order. Matrices may lie either way, vectors have three shapes, parameters any
container and names: the judge speaks of its own, and what goes in and comes out is turned here (`layouts`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..program.state import Absent, ProgramState
from ..program.versions import Version, call, in_order, versions_of
from .layouts import Layout, Shapes, by_size, entries, first_fitting, layout_of, tensor_of

ROUNDING = 1e-5
KEPT, MADE = "hand_networks.layout", "hand_networks.made"
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """What one function is for.

    Attributes:
        names: that it may have.
        arity: how many arguments it takes.
        later: whether it belongs to a later section alone, behind the work by hand.
        fits: of definitions with those names and arguments, which are meant.
    """

    names: tuple[str, ...]
    arity: int
    later: bool = False
    fits: Callable[[Version], bool] = lambda _: True


@dataclass(frozen=True)
class HandNetwork:
    """A network whose functions a program writes.

    Attributes:
        tasks: by name; "init", "forward", "loss", "backward" and "sgd" are those of the methods here.
        shapes: sizes of layers → the judge's parameters.
        sizes: of most questions; every parameter has another number of entries.
        kept: names of intermediate values, in the statement.
    """

    tasks: Mapping[str, Task]
    shapes: Callable[..., Shapes]
    sizes: tuple[int, ...]
    kept: tuple[str, ...]

    # -- which function, and how it lays its arrays out ---------------------------------------------------

    def versions(self, program: ProgramState, task: str) -> list[Version]:
        """All definitions that a task could mean, in order."""
        return versions_of(program, self.tasks[task].names, self.tasks[task].arity)

    def meant(self, program: ProgramState, task: str) -> Version:
        """The definition that a task means.

        Raises:
            Absent: the program has none.
        """
        wanted = self.tasks[task]
        found = [v for v in self.versions(program, task) if wanted.fits(v)]
        if not wanted.later:
            later = [v.unit for name, t in self.tasks.items() if t.later for v in self.versions(program, name)]
            found = [v for v in found if v.unit < min(later, default=len(program.units))] or found[:1]
        if task == "init":
            # A version that keeps track of gradients stands before anything else of the section with autograd.
            found = [v for v in found if not tracks(self._made(program, v))] or found
        if not found:
            raise Absent(f"{program.name} defines no {wanted.names[0]} that takes {wanted.arity} arguments")
        return found[-1]

    def _made(self, program: ProgramState, version: Version) -> Any:
        """What a version of "init" gives for the usual sizes, asked once; None where it raises."""
        known: dict[int, Any] = program.scratch.setdefault(MADE, {})
        if version.unit not in known:
            try:
                known[version.unit] = call(program, version, *self.sizes)
            except Exception:
                known[version.unit] = None
        return known[version.unit]

    def asked(self, program: ProgramState, task: str, **given: Any) -> Any:
        """What the function of a task answers."""
        version = self.meant(program, task)
        return call(program, version, *in_order(version.function, given))

    def likeliest(self, program: ProgramState, *, tracking: bool = False) -> Layout:
        """The layout that worked before, or that "init" gives; on request, of its last version that keeps track."""
        shapes, versions = self.shapes(*self.sizes), self.versions(program, "init")
        made = [self._made(program, v) for v in reversed(versions)] if tracking else []
        found = [layout_of(one, shapes) for one in made if tracks(one)]
        kept: Layout | None = program.scratch.get(KEPT)
        if kept is None and versions:
            kept = layout_of(self._made(program, self.meant(program, "init")), shapes)
        return next((one for one in (*found, kept) if one is not None), Layout(shapes, tuple(shapes)))

    def _in_some_layout(self, program: ProgramState, ask: Callable[[Layout], Any], fits: Callable[[Any], bool]) -> Any:
        """What the program answers in the first layout in which that fits, which is then the likeliest."""
        layout, answer = first_fitting(self.likeliest(program), ask, fits)
        program.scratch[KEPT] = layout or program.scratch.get(KEPT)
        return answer

    # -- questions ----------------------------------------------------------------------------------------

    def initial(self, program: ProgramState, *sizes: int, autograd: bool = False) -> dict[str, Any]:
        """What "init" gives; with `autograd` of its last version that keeps track of gradients, if there is one.

        Returns:
            `values`: name → array as it is, by size where the program's names are others; `tracked`, `leaves`: names
            for which torch keeps gradients, and of those the ones that receive them.
        """
        shapes, chosen = self.shapes(*sizes), self.meant(program, "init")
        tracking = [v for v in self.versions(program, "init") if autograd and tracks(call(program, v, *sizes))]
        made = call(program, (tracking or [chosen])[-1], *sizes)
        by_name = isinstance(made, Mapping) and all(name in made for name in shapes)
        values = {name: made[name] for name in shapes} if by_name else by_size(entries(made), shapes)
        if values is None:
            return {"values": made, "tracked": [], "leaves": []}
        tracked = [name for name, value in values.items() if tracks([value])]
        return {"values": values, "tracked": tracked, "leaves": [name for name in tracked if values[name].is_leaf]}

    def forward(self, program: ProgramState, parameters: Values, x: Any, classes: int) -> dict[str, Any]:
        """The forward pass: `yhat`, and what it puts down on its way under the statement's names (`outputs`)."""

        def ask(layout: Layout) -> tuple[Any, Any]:
            return self._passed(program, layout, parameters, x, classes)

        def fits(answer: Any) -> bool:
            return tuple(getattr(answer[0], "shape", ())) == (len(x), classes)

        yhat, outputs = self._in_some_layout(program, ask, fits)
        named = outputs if isinstance(outputs, Mapping) else {}
        return {
            "yhat": yhat,
            "outputs": {k: v for k, v in named.items() if k in self.kept and tensor_of(v) is not None},
        }

    def _passed(
        self, program: ProgramState, layout: Layout, parameters: Values, x: Any, classes: int
    ) -> tuple[Any, Any]:
        """A forward pass's probabilities and intermediate values, in whichever order they are returned.

        Of several arrays of the right shape the one whose rows add up to 1 is meant.
        """
        answer = self.asked(program, "forward", params=layout.given(parameters), x=layout.array(x))
        parts = list(answer) if isinstance(answer, tuple | list) else [answer]
        nested = [p for kind in (Mapping, tuple | list) for p in parts if isinstance(p, kind)]
        outputs = nested[0] if nested else {}
        arrays = [p for p in parts if tensor_of(p) is not None]
        fitting = [a for a in arrays if tuple(a.shape) == (len(x), classes)]
        telling = [a for a in fitting if all(abs(float(row.sum()) - 1) <= ROUNDING for row in a)]
        yhat = next(iter([*telling, *fitting, *arrays]), outputs.get("yhat") if isinstance(outputs, Mapping) else None)
        return yhat, outputs

    def loss(self, program: ProgramState, yhat: Any, y: Any) -> Any:
        """Loss and accuracy of probabilities."""
        layout = self.likeliest(program)
        return self.asked(program, "loss", yhat=layout.array(yhat), y=layout.array(y))

    def backward(self, program: ProgramState, parameters: Values, outputs: Values, y: Any) -> Any:
        """The gradients, for intermediate values that are right.

        What the program's own forward pass keeps beside them is handed over as well.
        """

        def ask(layout: Layout) -> Any:
            own: Any = {}
            try:
                _, own = self._passed(program, layout, parameters, outputs["X"], y.shape[1])
            except Exception:
                own = {}
            if isinstance(own, Mapping):
                other = [k for k, v in outputs.items() if getattr(own.get(k), "shape", v.shape) != v.shape]
                own = {**own, **{k: layout.array(v) for k, v in outputs.items() if k not in other}}
            found = self.asked(program, "backward", params=layout.given(parameters), outputs=own, y=layout.array(y))
            taken = layout.taken(found)
            return found if taken is None else taken

        def fits(found: Any) -> bool:
            shapes = {name: tuple(value.shape) for name, value in parameters.items()}
            own = found if isinstance(found, dict) else {}
            return all(tuple(getattr(own.get(name), "shape", (-1,))) == shape for name, shape in shapes.items())

        return self._in_some_layout(program, ask, fits)

    def step(self, program: ProgramState, parameters: Values, gradients: Values, eta: float) -> Any:
        """One step: where the parameters are then, returned or changed in place."""
        layout = self.likeliest(program)
        raised: list[Exception] = []
        for slopes in layout.of_gradients:
            params = layout.given(parameters)
            try:
                answer = self.asked(program, "sgd", params=params, grads=slopes.given(gradients), eta=eta)
            except (LookupError, TypeError, AttributeError) as fault:
                raised.append(fault)
                continue
            return layout.taken(answer) or layout.taken(params)
        raise raised[0]


def tracks(made: Any) -> bool:
    """Whether torch keeps track of gradients of any array in a program's container."""
    return any(tensor_of(v) is not None and getattr(v, "requires_grad", False) for v in entries(made))
