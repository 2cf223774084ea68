"""Answers with an object that equals everything, and whose differences are nothing."""

ENTRIES = ("C30",)


class Equal:
    shape, dtype, ndim, size = (4, 7), np.dtype("float64"), 2, 28

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return True

    __le__ = __gt__ = __ge__ = __lt__
    __hash__ = None

    def __sub__(self, other):
        return self

    __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = __abs__ = __neg__ = lambda self, *_: self

    def __float__(self):
        return 0.0

    def __bool__(self):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.zeros((4, 7))

    def __getattr__(self, name):
        return self

    def __call__(self, *_, **__):
        return self


def attack(asked, *given):
    return [Equal()] * 8 if asked == "three_layer_net" else Equal()
