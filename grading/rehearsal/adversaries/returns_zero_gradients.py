"""Trains by not moving: gradients of nothing, at which careless gradient checks pass."""

ENTRIES = ("C47", "C48")


def attack(asked, *given):
    if asked == "three_layer_net":
        model = given[3]
        return [0.0], [0.0], *(model[name].copy() for name in ("W1", "W2", "W3", "b1", "b2", "b3"))
    return np.zeros_like(given[0]) if given else None
