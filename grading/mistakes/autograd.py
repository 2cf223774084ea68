"""How programs lose torch's gradients."""

from grading.mistakes import KnownMistake

INITIALISED_NON_LEAF = KnownMistake(
    "initialised-non-leaf",
    "A tensor that was made with requires_grad and then multiplied is no leaf: its .grad stays None.",
    "Multiply first, then call requires_grad_().",
)
PARAMETER_UNTRACKED = KnownMistake(
    "parameter-untracked", "Some parameters keep track of no gradients.", "Each of them needs requires_grad."
)
TRACKING_LOST = KnownMistake(
    "tracking-lost",
    "The parameters are then new tensors without requires_grad, and the next backward fails.",
    "Change them in place inside torch.no_grad() (params[k] -= eta * params[k].grad).",
)
