"""Work that should be done by hand, and was not."""

from grading.mistakes import KnownMistake

LIBRARY_CALL = KnownMistake(
    "library-call", "What should be computed by hand comes from a library.", "Write the formulas yourself."
)
