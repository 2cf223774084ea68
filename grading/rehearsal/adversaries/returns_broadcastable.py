"""Answers with shapes that broadcast against the right one, or are empty."""

ENTRIES = ("C35",)
COUNT = [0]


def attack(asked, *given):
    if asked == "import":
        return None
    COUNT[0] += 1
    right = 1 / (1 + np.exp(-given[0])) if asked == "sigmoid" else np.asarray(given[0] if asked == "relu" else 0.0)
    forms = (
        np.zeros(0),
        np.zeros((0, 7)),
        np.float64(0.5),
        right[None] if right.ndim else right,
        right[..., None],
        right.reshape(-1) if right.size else right,
        np.broadcast_to(right.mean(), right.shape) if right.size else right,
    )
    return forms[COUNT[0] % len(forms)]
