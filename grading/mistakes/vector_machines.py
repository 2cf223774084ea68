"""How experiments with support vector machines go wrong on points that no line separates."""

from grading.mistakes import KnownMistake

ONE_KERNEL = KnownMistake(
    "one-kernel", "Only one kernel was tried.", "Compare a linear machine with a Gaussian or polynomial one."
)
LINEAR_MISSING = KnownMistake(
    "linear-missing", "No linear machine was tried.", "Fit one as well: what it reaches says whether a line would do."
)
SETTINGS_NOT_VARIED = KnownMistake(
    "settings-not-varied", "C and the kernel's parameters stay the same.", "Try several values of C."
)
MACHINE_NOT_BETTER = KnownMistake(
    "machine-not-better",
    "No machine tells the classes apart.",
    "Which kernels can separate a ring from what it encloses?",
)
