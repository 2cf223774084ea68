"""Answers with what it was given, or a view of it, and changes it as well."""

ENTRIES = ("C38", "C39", "C40")


def attack(asked, *given):
    if asked == "import":
        return None
    for value in given:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            value *= 0.0
    if asked == "three_layer_net":
        model = given[3]
        for name in ("W1", "W2", "W3", "b1", "b2", "b3"):
            model[name] *= 0.0
        return [], [], *(model[name] for name in ("W1", "W2", "W3", "b1", "b2", "b3"))
    return given[0]
