"""Answers with more than anybody can hold: bytes, items, depth, and itself."""

ENTRIES = ("E66", "E67")
HASTY = True


def attack(asked, *given):
    if asked == "import":
        return None
    if asked == "sigmoid":
        return np.broadcast_to(np.float64(0.5), (1 << 30,))
    if asked == "relu":
        nest = []
        nest.append(nest)
        return nest
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return {"W1": deep, "W2": ["x"] * 10**6}
