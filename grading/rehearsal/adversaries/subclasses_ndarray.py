"""Answers with an array that takes part in every comparison by its own rules."""

ENTRIES = ("C33", "C37")


class Rigged(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, function, method, *inputs, **kwargs):
        return np.zeros(self.shape)

    def __eq__(self, other):
        return True

    def tobytes(self, *_):
        return b"\0" * 8

    def __reduce__(self):
        return (eval, ("1",))


def attack(asked, *given):
    answer = np.full((4, 7), 0.5).view(Rigged)
    return [answer] * 8 if asked == "three_layer_net" else answer
