"""Source → Program of definitions: a slice by dependency, so that what trains, draws or downloads does not run.

Three circles are drawn around the definitions:

1. imports, functions, classes, lambdas and settings (seeds, paths, defaults) stay, every version in its order;
2. so do cheap constants whose own needs are met;
3. whatever the wanted definitions need by name stays as well, dear or not, with everything that changes it, unless it
   is heavy: a function that reads the result of a 50-epoch training does without it, and the repairs say so.
"""

import ast
import builtins
import textwrap
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from grading.domain.report import Json
from grading.programs.cost import Cost, Costs
from grading.programs.describing import definition
from grading.programs.editing import Edits
from grading.programs.model import NO_FILES, NO_SETTINGS, Program, Source, Spare, Unit
from grading.programs.rebinding import rebound
from grading.programs.rewriting import make_imports_absolute, shorten_long_loops, take_entries
from grading.programs.running import broken_repairs, written_files
from grading.programs.statements import Outline, Statement, costs_of, is_main_guard, outline

NO_ARITIES: Mapping[str, int] = {}

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "get_ipython"}
_MENTIONED = 8


def definitions(
    source: Source,
    *,
    wanted: Collection[str | tuple[str, ...]] = (),
    arities: Mapping[str, int] = NO_ARITIES,
    long_loop: int | None = None,
    files: Mapping[str, bytes] = NO_FILES,
    options: Mapping[str, Json] = NO_SETTINGS,
) -> Program:
    """Keep the program's imports, functions and classes and the constants they need; leave out what only runs.

    Args:
        source: the file, read.
        wanted: names that will be asked for, variables among them; a tuple holds aliases of which one is enough. Only
            what these need is kept at any price; where one is not defined, or none is given, what any definition needs
            is.
        arities: for a name defined several times, with how many positional arguments it will be called: versions after
            the last one that accepts so many are left out. Without it the last version counts.
        long_loop: rewrite literals so that the guest can cut longer ranges.
        files: laid beside the program; they win over files that the program itself would write.
        options: handed to the guest as they are.
    """
    drawn = outline(source)
    costs = costs_of(drawn)
    choice = _Choice(drawn, costs, _superseded(drawn, arities) | rebound(drawn), rebound(drawn))
    choice.keep_free()
    choice.keep_needed(_roots(drawn, wanted))
    units = _units(drawn, choice.kept, long_loop)
    defined = tuple(d for s in drawn.statements if s in choice.kept and (d := definition(s)) is not None)
    repairs = (*source.repairs, *broken_repairs(source), *_said(drawn, choice))
    laid = {**written_files(source), **files}
    spares = _spares(drawn, choice, long_loop)
    return Program(source.name, "definitions", units, laid, repairs, long_loop, dict(options), defined, spares=spares)


@dataclass(slots=True)
class _Choice:
    """Which statements stay, and why others that are needed cannot; `rebound` are among those `superseded`."""

    drawn: Outline
    costs: Costs
    superseded: frozenset[Statement]
    rebound: frozenset[Statement]
    kept: set[Statement] = field(default_factory=set)
    heavy: dict[str, Statement] = field(default_factory=dict)
    _cost: dict[Statement, Cost] = field(default_factory=dict)
    _givers: defaultdict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for statement in self.drawn.statements:
            self._cost[statement] = self.costs.of(statement.node)
            if statement not in self.superseded:
                for name in statement.needs.binds | statement.changes:
                    self._givers[name].append(statement)

    def keep_free(self) -> None:
        """Keep what costs nothing: imports, definitions, settings, and cheap constants in reach of them."""
        known = set(_BUILTINS)
        held = {statement.defined for statement in self.drawn.statements}
        open_ended = False
        for statement in self.drawn.statements:
            binds, cost = statement.needs.binds, self._cost[statement]
            if statement in self.superseded:
                continue
            setting = self.costs.is_setting(statement.node)
            open_ended = (
                open_ended or (statement.is_import and "*" in _star(statement.node)) or _runs(statement, setting)
            )
            if (
                statement.is_import
                or statement.defined
                or (setting and cost is Cost.CHEAP)
                or _runs(statement, setting)
            ):
                self.kept.add(statement)
                known |= binds
                continue
            effects = binds | statement.changes
            needs = statement.needs.now | {name for guard in statement.guards for name in guard.needs.now}
            met = needs <= known or (open_ended and all(name in known or name not in self._givers for name in needs))
            if setting and met and cost is not Cost.HEAVY:
                self.kept.add(statement)
            elif (
                effects
                and statement.changes <= known
                and cost is Cost.CHEAP
                and met
                and not isinstance(statement.node, ast.Delete)
            ):
                self.kept.add(statement)
                known |= binds
            elif binds and isinstance(statement.node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                # A cheap earlier value of the name is not the one that later lines mean.
                known -= binds - held

    def keep_needed(self, roots: Iterable[str]) -> None:
        """Keep what the kept statements need when they run, and what the roots need when they are called."""
        pending = list(roots)
        for statement in self.kept:
            pending += _reads(statement, later=False)
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            for giver in self._givers[name]:
                if self._cost[giver] is Cost.HEAVY and not giver.defined and not giver.is_import:
                    self.heavy.setdefault(name, giver)
                    continue
                if not isinstance(giver.node, ast.Delete):
                    self.kept.add(giver)
                    pending += _reads(giver, later=True)


def _reads(statement: Statement, *, later: bool) -> set[str]:
    """Names that a statement and the heads around it need when it runs, or also when what it defines is called."""
    names = set(statement.needs.now)
    for guard in statement.guards:
        names |= guard.needs.now
    return names | statement.needs.later if later else names


def _star(node: ast.stmt) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []


def _runs(statement: Statement, setting: bool) -> bool:
    """Whether a statement is `%run file`, which may define anything."""
    return setting and "get_ipython" in statement.needs.now


def _superseded(drawn: Outline, arities: Mapping[str, int]) -> frozenset[Statement]:
    """Versions of a name after the last one that takes the arguments it will be called with."""
    dropped: set[Statement] = set()
    for name, arguments in arities.items():
        versions = [(s, d) for s in drawn.statements if s.defined == name and (d := definition(s)) is not None]
        fitting = [i for i, (_, d) in enumerate(versions) if d.accepts(arguments)]
        if fitting:
            dropped |= {s for s, _ in versions[fitting[-1] + 1 :]}
    return frozenset(dropped)


def _roots(drawn: Outline, wanted: Collection[str | tuple[str, ...]]) -> list[str]:
    given = {name for statement in drawn.statements for name in statement.needs.binds}
    groups = [(each,) if isinstance(each, str) else each for each in wanted]
    found = [[name for name in group if name in given] for group in groups]
    roots = [name for group in found for name in group]
    if groups and all(found):
        return roots
    return [*(statement.defined for statement in drawn.statements if statement.defined), *roots]


def _units(drawn: Outline, kept: set[Statement], long_loop: int | None) -> tuple[Unit, ...]:
    edits = _edited(drawn, long_loop)
    live: dict[int, str] = {}
    for statement in drawn.statements:
        if statement in kept:
            live[statement.top] = statement.label
        elif statement.guards:
            text = drawn.texts[statement.cell.index]
            edits[statement.cell.index].drop(text.span(statement.node), text.text)
    units: list[Unit] = []
    futures: dict[int, str] = {}
    for top, (cell, node) in enumerate(drawn.tops):
        if top not in live:
            continue
        text = drawn.texts[cell.index]
        span = text.span(node)
        body, first = edits[cell.index].apply(text.text, span), text.line_of(span[0])
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            futures[cell.index] = "; ".join(filter(None, (futures.get(cell.index, ""), " ".join(body.split()))))
        elif cell.index in futures and first > 1:
            # A future import holds for the text that it stands in: each unit of its cell gets it.
            body, first = f"{futures[cell.index]}\n{body}", first - 1
        units.append(Unit(live[top], body + "\n", first))
    return tuple(units)


def _spares(drawn: Outline, choice: "_Choice", long_loop: int | None) -> tuple[Spare, ...]:
    """The statements left out that give or change a name, each with the heads around it."""
    edits = _edited(drawn, long_loop)
    spares: list[Spare] = []
    for statement in drawn.statements:
        gives = statement.needs.binds | statement.changes
        if statement in choice.kept or statement in choice.superseded or not gives:
            continue
        text = drawn.texts[statement.cell.index]
        span = text.span(statement.node)
        body = textwrap.dedent(" " * statement.node.col_offset + edits[statement.cell.index].apply(text.text, span))
        spares.append(Spare(Unit(statement.label, body + "\n", text.line_of(span[0])), tuple(sorted(gives))))
    return tuple(spares)


def _edited(drawn: Outline, long_loop: int | None) -> dict[int, Edits]:
    """What every cell needs whatever is kept of it: plain imports, an open main guard, long loops marked."""
    edits: dict[int, Edits] = {index: Edits() for index in drawn.texts}
    for cell, node in drawn.tops:
        text, edit = drawn.texts[cell.index], edits[cell.index]
        make_imports_absolute(node, text, edit)
        take_entries(node, text, edit)
        if long_loop is not None:
            shorten_long_loops(node, text, edit, long_loop)
        if "__main__" not in text.text:
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.If) and is_main_guard(inner.test):
                edit.replace(text.span(inner.test), "True")
    return edits


def _said(drawn: Outline, choice: _Choice) -> list[str]:
    said: list[str] = []
    left_out = [s for s in drawn.statements if s not in choice.kept and s not in choice.superseded]
    if left_out:
        labels = list(dict.fromkeys(s.label for s in left_out))
        shown = ", ".join(labels[:_MENTIONED]) + (" …" if len(labels) > _MENTIONED else "")
        said.append(
            f"1 statement that only trains, draws or prints was left out: no question needs what it does ({shown})"
            if len(left_out) == 1
            else f"{len(left_out)} statements that only train, draw or print were left out: no question needs what "
            f"they do ({shown})"
        )
    for giver in drawn.statements:
        if given := sorted(name for name, heavy in choice.heavy.items() if heavy is giver):
            names = ", ".join(f"`{name}`" for name in given)
            said.append(f"{giver.where}: gives {names}, but trains, downloads or loops long: left out")
    said += [
        f"{s.where}: this version of `{s.defined}` takes other arguments: left out"
        for s in drawn.statements
        if s in choice.superseded and s not in choice.rebound
    ]
    versions: defaultdict[str, list[Statement]] = defaultdict(list)
    for s in drawn.statements:
        # Of two branches of an `if` one runs; which, nobody knows here.
        if s.defined and s in choice.kept and not s.guards:
            versions[s.defined].append(s)
    for name, several in versions.items():
        if len({ast.dump(s.node) for s in several}) > 1:
            places = "; ".join(s.where for s in several)
            said.append(
                f"`{name}` is defined {len(several)} times, not always alike ({places}): each question asked the one "
                "that it is about, and where it says nothing the last, as Python keeps it"
            )
    said += [
        f"{s.where}: uses {', '.join(f'`{name}`' for name in sorted(s.needs.binds))} for something else, after the "
        "last use of what was there: left out"
        for s in drawn.statements
        if s in choice.rebound
    ]
    said += [
        f"{s.where}: a package-relative import was read as a plain one"
        for s in drawn.statements
        if isinstance(s.node, ast.ImportFrom) and s.node.level
    ]
    said += [f"{place}: cannot be compiled: left out" for place in drawn.unread]
    return said
