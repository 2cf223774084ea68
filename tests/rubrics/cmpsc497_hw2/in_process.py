"""A student whose program runs in the test's own process: for our own samples and patches of them, where a box would only add time.

It keeps the contract of the box as far as notebook 1 uses it: definitions are executed, functions are called by name, and `trace_call`
cuts long loops and looks at local variables.
"""

import ast
import builtins
import contextlib
import io
import sys
import types
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grading.authoring import Part
from grading.authoring.evaluation import Evaluation
from grading.authoring.trace import copied
from grading.domain.report import CriterionResult
from grading.domain.submission import SubmittedFile
from grading.programs import read_source
from tests.authoring.fakes import FakeBox, asking

DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


class InProcess(FakeBox):
    """Our own notebook in a box that is none.

    Args:
        part: what it is asked.
        text: the notebook's code.
    """

    def __init__(self, part: Part, text: str) -> None:
        self._limit: int | None = None
        self._length: int | None = None
        self._long = part.long_loop or sys.maxsize
        given: dict[str, Any] = {
            "__name__": "student",
            "__long_loop__": lambda n: n if self._limit is None else min(n, self._limit),
            "range": self._range,
            "xrange": self._range,
        }
        namespace = dict(given)
        tree = _Shortened(self._long).visit(_definitions(text))
        for statement in tree.body:
            code = compile(ast.fix_missing_locations(ast.Module([statement], [])), "notebook", "exec")
            with contextlib.suppress(Exception):
                exec(code, namespace)  # noqa: S102 - our own text, in a test
        own = {name: v for name, v in namespace.items() if name not in given and isinstance(v, types.FunctionType)}
        super().__init__(own, {"trace_call": self._trace_call})

    def _range(self, *bounds: int) -> range:
        whole = builtins.range(*bounds)
        if self._limit is None or (len(whole) <= self._long and len(whole) != self._length):
            return whole
        if len(whole) == self._length:
            self._length = None
        return whole[: self._limit]

    def _answer(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._answer(function, *copied(args), **copied(kwargs))

    def call(self, target: str, *args: Any, **kwargs: Any) -> Any:
        """Answer from the function of that name."""
        with _quietly():
            return super().call(target, *args, **kwargs)

    def _trace_call(
        self,
        target: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        steps: int | None = None,
        capture: bool = True,
        keep_raised: bool = False,
        loop_length: int | None = None,
    ) -> dict[str, Any]:
        last: dict[str, Any] = {}
        function = self.functions[target]
        code = getattr(function, "__code__", None)

        def look(frame: Any, event: str, arg: Any) -> None:
            if event == "return" and frame.f_code is code:
                last.clear()
                last.update(frame.f_locals)

        self._limit, self._length = steps, loop_length
        value, raised = None, None
        with _quietly() as printed:
            sys.setprofile(look if capture else None)
            try:
                value = function(*args, **kwargs)
            except Exception as error:
                sys.setprofile(None)
                if not keep_raised:
                    raise
                raised = {"exception": type(error).__name__, "text": str(error), "where": ""}
            finally:
                sys.setprofile(None)
                self._limit = self._length = None
        return {
            "value": value,
            "locals": dict(last),
            "printed": printed.getvalue(),
            "captured": capture,
            "raised": raised,
        }


@contextlib.contextmanager
def _quietly() -> Iterator[io.StringIO]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield printed


class _Shortened(ast.NodeTransformer):
    """Numbers that count far in a loop, marked so that they can be cut, as `grading.programs` marks them."""

    def __init__(self, long: int) -> None:
        self._long = long

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """`50000` becomes `__long_loop__(50000)`."""
        if type(node.value) is int and node.value > self._long:
            return ast.Call(ast.Name("__long_loop__", ast.Load()), [node], [])
        return node


def _definitions(text: str) -> ast.Module:
    """Imports, functions, classes, and assignments that call nothing but NumPy: what a definitions box executes."""
    tree = ast.parse(text)
    tree.body = [s for s in tree.body if isinstance(s, DEFINING) or (isinstance(s, ast.Assign) and not _works(s))]
    return tree


def _works(statement: ast.Assign) -> bool:
    if isinstance(statement.value, ast.Lambda):
        return False
    return any(isinstance(node, ast.Call) for node in ast.walk(statement.value))


@cache
def _text(path: Path) -> str:
    """A committed notebook's code, read as a hand-in is."""
    source = read_source(SubmittedFile(path.name, path.read_bytes()))
    return "\n\n".join(cell.usable or "" for cell in source.code)


def notebook(path: Path, patches: Sequence[tuple[str, str]] = ()) -> str:
    """The code of a committed notebook with some of it replaced.

    Raises:
        LookupError: the text to replace is not there: the sample has changed under the patch.
    """
    text = _text(path)
    for old, new in patches:
        if old not in text:
            raise LookupError(f"the sample has no {old!r}")
        text = text.replace(old, new)
    return text


def graded(part: Part, text: str, *, seed: int) -> dict[str, CriterionResult]:
    """The part's rows by id."""
    with asking(part, InProcess(part, text)) as (student, session):
        return {row.id: row for row in Evaluation(part, student, seed, renew=session.renew).results()}
