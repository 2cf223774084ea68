"""Answers with NaN and infinity of the right shape."""

ENTRIES = ("C34", "A12")
COUNT = [0]


def attack(asked, *given):
    COUNT[0] += 1
    bad = (np.nan, np.inf, -np.inf)[COUNT[0] % 3]
    if asked == "three_layer_net":
        model = given[3]
        return [], [], *(np.full_like(model[name], bad) for name in ("W1", "W2", "W3", "b1", "b2", "b3"))
    return np.full_like(given[0], bad) if given else None
