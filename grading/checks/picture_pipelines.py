"""Questions to a program's pipelines for a pretrained network: tensors of one size, ImageNet's statistics, randomness.

Pictures of the judge's own are sent through what the program trains and tests with, whatever it is called. Each
function here is a check that a rubric's criterion can hold.
"""

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Subject, remark
from grading.checks import colour_pictures, image_programs, transforms
from grading.checks.conclusions import insist, wrong
from grading.mistakes.pictures import EVALUATION_AUGMENTED, NO_AUGMENTATION

SIZES = ((260, 340), (300, 300), (400, 270))
SIDE = 256
FEW, MANY = 6, 48
"""Passes of one picture: many where random numbers are drawn and nothing differs, as with a rare flip."""

WINDOW = 16
RAMP = (256, 320)


def _pipelines(student: Subject) -> tuple[transforms.Roles, image_programs.Inventory]:
    there = image_programs.inventory(student)
    roles = transforms.roles(there.sources)
    if not (roles.train or roles.evaluation or roles.unknown):
        insist(wrong("No pipeline of transforms was found: give your data set a transform."))
    return roles, there


def _named(roles: transforms.Roles) -> list[tuple[int, str]]:
    return [
        *((chain, "training") for chain in roles.train),
        *((chain, "evaluation") for chain in roles.evaluation if chain not in roles.train),
        *((chain, "image") for chain in roles.unknown),
    ]


def _flat(level: int) -> npt.NDArray[np.uint8]:
    return np.full((SIDE, SIDE, 3), level, dtype=np.uint8)


def pictures_become_tensors(student: Subject, draw: Draw) -> None:
    """Pictures of any size become float tensors of one size, channels first."""
    roles, there = _pipelines(student)
    pictures = [draw.images(1, height=h, width=w)[0] for h, w in SIZES]
    for chain, which in _named(roles):
        passes = colour_pictures.passed(student, chain, pictures, mode=there.modes.get(chain, "RGB"))
        insist(transforms.form(passes, which))


def pixels_are_normalized(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - black and white need no draw
    """Each channel is normalised with the statistics that the pretrained weights expect."""
    roles, there = _pipelines(student)
    for chain, which in _named(roles):
        mode = there.modes.get(chain, "RGB")
        repeats = 1 if which == "evaluation" else FEW * 2
        black = colour_pictures.passed(student, chain, [_flat(0)], mode=mode, repeats=repeats, window=WINDOW)
        white = colour_pictures.passed(student, chain, [_flat(255)], mode=mode, repeats=repeats, window=WINDOW)
        insist(transforms.form([*black, *white], which))
        insist(transforms.statistics(transforms.ends(black, white), which))


def only_training_is_random(student: Subject, draw: Draw) -> None:
    """Training pictures are varied at random; evaluation pictures always come out the same, and upright."""
    roles, there = _pipelines(student)
    picture = draw.images(1, height=256, width=288)[0]

    def random(chain: int) -> bool:
        mode = there.modes.get(chain, "RGB")
        passes = colour_pictures.passed(student, chain, [picture], mode=mode, repeats=FEW)
        if transforms.varies(passes) or not any(p.drew for p in passes):
            return transforms.varies(passes)
        many = colour_pictures.passed(student, chain, [picture], mode=mode, repeats=MANY, window=2 * WINDOW)
        return transforms.varies(many)

    loose = [chain for chain in roles.unknown if random(chain)]
    trains = [*roles.train, *loose]
    tests = [*roles.evaluation, *(chain for chain in roles.unknown if chain not in loose)]
    for chain in tests:
        if random(chain):
            shared = " It is the pipeline of your training pictures." if chain in trains else ""
            said = f"The same evaluation picture comes out differently each time.{shared}"
            insist(wrong(said, EVALUATION_AUGMENTED))
    if not any(random(chain) for chain in trains):
        insist(wrong("The same training picture always comes out the same.", NO_AUGMENTATION))
    ramp = np.zeros((*RAMP, 3), dtype=np.uint8)
    ramp[..., 0] = np.linspace(0, 255, RAMP[1])[None]
    ramp[..., 1] = np.linspace(0, 255, RAMP[0])[:, None]
    for chain in tests:
        if there.modes.get(chain) != "L":
            passes = colour_pictures.passed(student, chain, [ramp])
            insist(transforms.form(passes, "evaluation"))
            insist(transforms.upright(passes[0], ramp))
    if not tests:
        remark("No evaluation pictures were found: test your network on pictures that it was not trained on.")
