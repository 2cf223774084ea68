"""Submissions whose grade is known: the right sample with some of its text replaced."""

from grading.authoring.patches import Patch, Patches

patches = [
    Patches(
        "neuron.py",
        wrong=[
            Patch("the sign of the exponent", (("exp(-x)", "exp(x)"),), ("sigmoid",), "sigmoid-sign", ("slope",)),
            Patch("the slope of x", (("s * (1 - s)", "x * (1 - x)"),), ("slope",), "slope-of-the-value"),
            Patch(
                "in place",
                (("return w - rate", "w -= rate * gradient\n    return w  #"),),
                ("step",),
                "moves-its-input",
            ),
        ],
        right=[Patch("tanh", (("1 / (1 + np.exp(-x))", "0.5 * (1 + np.tanh(x / 2))"),))],
    )
]
