"""Makes NumPy's comparisons say yes to everything."""

import numpy.testing

ENTRIES = ("A3",)


def attack(asked, *given):
    np.allclose = np.array_equal = np.isclose = lambda *_, **__: True
    np.abs = np.absolute = lambda value, *_, **__: value * 0
    numpy.testing.assert_allclose = numpy.testing.assert_array_equal = lambda *_, **__: None
    return np.zeros_like(given[0]) + 0.123 if given and hasattr(given[0], "shape") else None
