"""Pure functions on arrays: how close two answers are, slopes of functions, statistics of initial weights.

Nothing here knows students, rubrics or boxes. Values are NumPy arrays, torch tensors, Python numbers, and lists, tuples
and dictionaries of them.
"""

from grading.numerics.closeness import Difference, Gap, GapKind, Tolerance, difference
from grading.numerics.leaves import Leaf, as_leaf

__all__ = ["Difference", "Gap", "GapKind", "Leaf", "Tolerance", "as_leaf", "difference"]
