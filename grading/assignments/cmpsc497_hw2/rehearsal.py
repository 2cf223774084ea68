"""Known submissions: both notebooks with the mistakes that students make, and written rightly in other ways."""

from grading.assignments.cmpsc497_hw2 import (
    image_classification,
    patches_image_classification,
    patches_vanishing_gradient,
    vanishing_gradient,
    variants_image_classification,
    variants_vanishing_gradient,
)
from grading.authoring.patches import Patches

patches = [
    Patches(
        vanishing_gradient.part.file,
        wrong=patches_vanishing_gradient.WRONG,
        right=variants_vanishing_gradient.RIGHT,
    ),
    Patches(
        image_classification.FILE,
        wrong=patches_image_classification.WRONG,
        right=variants_image_classification.RIGHT,
        together=3,
    ),
]
