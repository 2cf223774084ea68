"""Work that must be done by hand: library calls that a task bans, seen in the text and while it runs.

The text shows what is written, whichever way it was imported: `F.softmax`, `from torch.nn.functional import softmax as
s`, `f = torch.nn.functional`, `getattr(torch, "softmax")`. The run shows what is called, whichever way it was spelled
(driver `calls_made`: the interpreter's profile, torch's function mode and its dispatch mode). Either is enough, and the
finding names the call and its place. Patterns are those of `fnmatch`: "torch.nn.functional.*", "torch.optim.*";
"*.backward" is the method of any object but one of the program's own classes.

What is done is not judged here: a banned call loses the rubric's points for "by hand", not those for a right answer.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from grading.authoring import expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes.by_hand import LIBRARY_CALL
from grading.programs import Source
from grading.programs.cost import called_names, resolve
from grading.programs.statements import imported
from grading.programs.syntax import dotted, parse

MOST_SHOWN = 5
ROUNDS = 4
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

AUTOGRAD = (
    "*.backward", "*.requires_grad_", "torch.autograd.*", "torch.Tensor.backward", "torch.Tensor.requires_grad_",
    "torch.func.*", "torch._tensor.Tensor.backward", "jax.*", "autograd.*",
)  # fmt: skip
"""What computes gradients."""

LAYERS = (
    "torch.nn.*",
    "torch.softmax",
    "torch.Tensor.softmax",
    "*.log_softmax",
    "tensorflow.*",
    "keras.*",
    "sklearn.*",
    "aten._softmax.*",
    "aten._log_softmax.*",
    "aten.nll_loss*",
    "aten.convolution.*",
    "aten.native_batch_norm.*",
)
"""What computes layers and losses; torch's kernels among them, which no script hides."""

OPTIMIZERS = ("torch.optim.*",)


@dataclass(frozen=True, slots=True)
class Use:
    """One banned call.

    Attributes:
        name: the library's full name for it.
        place: "cell 3, line 4".
    """

    name: str
    place: str


def written(source: Source, banned: Sequence[str], *, within: Sequence[str] = ()) -> list[Use]:
    """Banned names that the text uses.

    Args:
        source: the file.
        banned: patterns.
        within: functions and classes to look at, with those that they call; all of the text where empty.
    """
    trees = [(cell, tree) for cell in source.code if cell.usable and (tree := parse(cell.usable).tree)]
    names: dict[str, str] = {}
    for _, tree in trees:
        names |= dict(imported(tree))
    for _ in range(ROUNDS):  # an alias of an alias
        for _, tree in trees:
            names |= dict(_aliases(tree, names))
    stars = [full[:-2] for full in _starred(tree for _, tree in trees)]
    own = {
        n.name
        for _, tree in trees
        for c in ast.walk(tree)
        if isinstance(c, ast.ClassDef)
        for n in c.body
        if isinstance(n, FUNCTIONS)
    }
    defined = {n.name for _, tree in trees for n in ast.walk(tree) if isinstance(n, (*FUNCTIONS, ast.ClassDef))}
    reached = _reached([tree for _, tree in trees], within)
    found = []
    for cell, tree in trees:
        for node in _looked_at(tree, reached) if within else ast.walk(tree):
            for name in _names(node, names, stars, defined):
                is_method = name.startswith("?.")
                if is_method and name[2:] in own:
                    continue
                if any(fnmatchcase(name, p) for p in banned if is_method is p.startswith("*.") or not is_method):
                    found.append(
                        Use(name.removeprefix("?"), f"{source.label(cell)}, line {getattr(node, 'lineno', 0)}")
                    )
    return list(dict.fromkeys(found))


def _names(node: ast.AST, names: Mapping[str, str], stars: Sequence[str], defined: set[str]) -> Iterator[str]:
    """The full names that a node may stand for; "?.name" for a method of an unknown object."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(attribute)), *_]):
            root = dotted(owner)
            yield f"{resolve(root, names)}.{attribute}" if root.partition(".")[0] in names else f"?.{attribute}"
        case ast.Attribute():
            root = dotted(node)
            if root and root.partition(".")[0] in names:
                yield resolve(root, names)
            else:
                yield f"?.{node.attr}"
        case ast.Name(id=name, ctx=ast.Load()):
            if name in names:
                yield names[name]
            elif name not in defined:
                yield from (f"{module}.{name}" for module in stars)
        case ast.ImportFrom(module=str(module), names=aliases):
            yield from (f"{module}.{alias.name}" for alias in aliases if alias.name == "*")
        case _:
            pass


def _aliases(tree: ast.AST, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """`f = torch.nn.functional`: another name for what an import bound."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() | ast.Name() as value):
                root = dotted(value)
                if root.partition(".")[0] in names:
                    yield name, resolve(root, names)
            case _:
                pass


def _starred(trees: Iterator[ast.AST]) -> Iterator[str]:
    for tree in trees:
        for name, full in imported(tree):
            if name == "*":
                yield full


def _reached(trees: Sequence[ast.AST], within: Sequence[str]) -> set[str]:
    """Names of the definitions to look at: the given ones, and what they call."""
    bodies: dict[str, list[ast.AST]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                bodies.setdefault(node.name, []).append(node)
    reached, pending = set[str](), [name for name in within if name in bodies]
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += [n for body in bodies[name] for n in called_names(body) if n in bodies]
    return reached


def _looked_at(tree: ast.AST, reached: set[str]) -> Iterator[ast.AST]:
    seen: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.name in reached:
            for inner in ast.walk(node):
                if id(inner) not in seen:
                    seen.add(id(inner))
                    yield inner


def called(reply: object, banned: Sequence[str]) -> list[Use]:
    """Banned calls that were seen while a function ran.

    Args:
        reply: what the driver `calls_made` answered.
        banned: patterns; those for any object's method are matched by the method's name in torch and NumPy.
    """
    seen = expect.mapping(reply, "what your function called", keys=("calls", "tampered"))
    found = []
    for entry in expect.sequence(seen["calls"], "the calls"):
        name, place, _ = expect.sequence(entry, "a call", length=3)
        full = expect.text(name, "a call's name")
        if any(fnmatchcase(full, pattern) for pattern in banned):
            found.append(Use(full, expect.text(place, "a call's place")))
    if expect.boolean(seen["tampered"], "the watch"):
        found.append(Use("sys.setprofile", "while your function ran"))
    return list(dict.fromkeys(found))


def judged(uses: Sequence[Use], instead: str) -> Conclusion:
    """You wrote this part yourself, without the library's own function for it.

    Args:
        uses: from `written`, `called`, or both.
        instead: to the student: what to do, in one sentence.
    """
    if not uses:
        return right()
    shown = [f"{use.name} ({use.place})" for use in uses[:MOST_SHOWN]]
    more = f" and {len(uses) - MOST_SHOWN} more" if len(uses) > MOST_SHOWN else ""
    return wrong(
        f"This part is to be done by hand, but your code calls {', '.join(shown)}{more}. {instead}",
        LIBRARY_CALL,
        calls=shown,
    )
