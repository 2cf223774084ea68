"""What is found out about a student once, and holds in every check of a part."""

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from grading.authoring.subject import Subject

T = TypeVar("T")


class FoundOnce(Generic[T]):
    """Something that several checks need to know of a student and only the first of them asks for.

    Args:
        driver: whose answer it comes from; later checks note that they use that answer again.
    """

    def __init__(self, driver: str) -> None:
        self._driver = driver
        self._found: WeakKeyDictionary[Subject, T] = WeakKeyDictionary()

    def of(self, student: Subject, find: Callable[[], T]) -> T:
        """What `find` gives, called for the first check only; what it raises is not kept."""
        # Each check writes its questions down around the same student.
        own = student.itself
        if own in self._found:
            student.recall(self._driver, None)
        else:
            self._found[own] = find()
        return self._found[own]
