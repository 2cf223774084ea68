"""Answers with subclasses of float, int, str, list and dict whose operators are rigged."""

ENTRIES = ("C31",)


def rigged(kind):
    operators = ("__eq__", "__lt__", "__le__", "__sub__", "__rsub__", "__abs__", "__iter__", "__len__", "items", "keys")
    return type("Rigged", (kind,), dict.fromkeys(operators, lambda self, *_: self))


def attack(asked, *given):
    number = rigged(float)(3.0)
    if asked == "sigmoid":
        return rigged(list)([[number] * 7] * 4)
    if asked == "relu":
        return rigged(np.float64)(2.0)
    return rigged(dict)({rigged(str)("W1"): number, "W2": rigged(int)(1), "b1": rigged(complex)(1j)})
