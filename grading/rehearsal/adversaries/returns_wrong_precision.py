"""Answers rounded to a few bits, hoping for a loose tolerance."""

ENTRIES = ("C36",)


def attack(asked, *given):
    if asked == "sigmoid":
        return (1 / (1 + np.exp(-given[0]))).astype(np.float16)
    if asked == "relu":
        return np.maximum(0, given[0]).round().astype(np.int8)
    return None
