"""A later task judged given what an earlier one lost points for: the same mistake costs once.

A later task often builds on the function of an earlier one. Where the student's answer is that of an earlier task's
known mistake, and the program made just this mistake in the earlier task as well, the answer is taken as if the mistake
were mended. Who makes it in the later task only pays there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from grading.authoring import remark
from grading.mistakes import KnownMistake

Setting = TypeVar("Setting")
Answer = Callable[..., dict[str, Any]]
Put = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Forgiving(Generic[Setting]):
    """A question of a later task, to be put by a `Driven`: see its `ask`.

    Attributes:
        ask: puts the question: (put, setting, **options) → the student's answer.
        right: the answers of right programs, one for each convention: (setting, **options) → answer.
        wrong: of a mistake's variant, the answers of programs that make it, in the order of `right`.
        same: whether two answers are the same.
        earlier: of each earlier task its known mistakes, and what makes that task's setting of this one's.
    """

    ask: Callable[..., dict[str, Any]]
    right: Sequence[Answer]
    wrong: Callable[[Any], Sequence[Answer]]
    same: Callable[[dict[str, Any], dict[str, Any]], bool]
    earlier: Sequence[tuple[Sequence[KnownMistake[Any]], Callable[[Setting], Setting]]]

    def __call__(self, put: Put, setting: Setting, **options: Any) -> dict[str, Any]:
        """The student's answer, or the right one where an earlier task lost the points."""
        answer = self.ask(put, setting, **options)
        if any(self.same(right(setting, **options), answer) for right in self.right):
            return answer
        for known, mended, wrong, before in self._mistakes():
            if self.same(wrong(setting, **options), answer) and self._made(put, before(setting), wrong, mended):
                remark(f"{known.says} An earlier task lost points for that; it costs nothing here.")
                return mended(setting, **options)
        return answer

    def _mistakes(self) -> Iterator[tuple[KnownMistake[Any], Answer, Answer, Callable[[Setting], Setting]]]:
        for mistakes, before in self.earlier:
            for known in mistakes:
                for mended, wrong in zip(self.right, self.wrong(known.variant), strict=True):
                    yield known, mended, wrong, before

    def _made(self, put: Put, setting: Setting, wrong: Answer, mended: Answer) -> bool:
        """Whether the program makes the mistake in the earlier task's question too."""
        answer = self.ask(put, setting)
        return self.same(wrong(setting), answer) and not self.same(mended(setting), answer)
