"""Submissions whose grade is known: the right sample with some of its text replaced.

`chainrule assignment validate` submits each. A wrong one must lose its rows and no other, and its mistake be named; a
right one must keep every point.
"""

from grading.authoring.patches import Patch, Patches

SUM = "return e / e.sum(axis=1, keepdims=True)"
AFFINE = "return x @ w + b"

patches = [
    Patches(
        "layers.py",
        wrong=[
            Patch("bias forgotten", ((AFFINE, "return x @ w"),), ("affine",), "affine-without-bias"),
            Patch("transposed", ((AFFINE, "return (x @ w + b).T"),), ("affine",)),
            Patch("no maximum", ((" - z.max(axis=1, keepdims=True)", ""),), ("softmax",), "softmax-overflows"),
        ],
        right=[
            Patch("np.dot", ((AFFINE, "return np.dot(x, w) + np.asarray(b)"),)),
            Patch("sum along the last axis", ((SUM, "return e / np.sum(e, -1)[:, None]"),)),
        ],
        together=2,
    )
]
