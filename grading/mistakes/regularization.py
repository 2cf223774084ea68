"""How a penalty of the weights goes wrong, seen in what the gradients hold beyond the loss's own slope."""

from grading.mistakes import KnownMistake

NO_L1 = KnownMistake(
    "no-l1",
    "No L1 penalty reaches the gradients.",
    "Add strength * sum of w.abs() to the loss before backward(); .item(), .detach() or .data cut it off.",
)
L1_SUBTRACTED = KnownMistake("l1-subtracted", "The penalty has the wrong sign.", "Add it to the loss.")
L1_NOT_EVERYWHERE = KnownMistake(
    "l1-not-everywhere",
    "The penalty does not reach all layers.",
    "Sum over all weights: += in the loop, not =, and no mean, which divides by the size of the layer.",
)
L2_INSTEAD_OF_L1 = KnownMistake(
    "l2-instead-of-l1", "This is an L2 penalty.", "w.abs() or norm(1), not the square or norm(2)."
)
L1_WITHOUT_ABS = KnownMistake("l1-without-abs", "The weights are summed with their signs.", "w.abs().sum().")
OTHER_PENALTY = KnownMistake("other-penalty", "What is added is no L1 penalty.", "Its slope is strength * sign(w).")
