"""Notebook 2: fine-tune a pretrained ResNet-18 with Adam and SGD, and show its feature maps. 6 points.

Source: the assignment sheet's rubric: data transformation 0.5, loss 0.5, optimizers 1, pretrained weights 2, feature
visualization 2; "a cell block is correct only if all the questions in the cell block are correct".

Cells and variables have no agreed names. The notebook runs as a whole, on little data for one epoch; a recorder in
the box finds what it builds; every verdict comes from fresh questions to those things, or from raw numbers compared
here with what they must be.

Policy where the sheet says nothing:

* The training pictures must be varied at random, the evaluation pictures must not. A notebook without evaluation data
  gets a remark.
* Any one size from 32 x 32 counts; small ones get a remark. Pictures that keep their own sizes do not.
* Label smoothing, class weights and gradient accumulation are allowed, with a remark.
* AdamW is not Adam unless its weight decay is 0, when the two are the same.
* Frozen bodies and deeper heads are allowed. One trained network of several has to start from the checkpoint.
* Maps of four of the five stages (stem, four residual stages) are enough, as channels or means over channels.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from grading.assignments import standins
from grading.assignments.cmpsc497_hw2 import shown, slips
from grading.authoring import Draw, FoundOnce, Part, Student, Subject, remark
from grading.authoring import expect as admit
from grading.authoring.executed import CapturedFigure
from grading.authoring.pictures import Picture
from grading.checks import colour_pictures, image_programs, losses, optimizers, pretrained, transforms, visualization
from grading.checks.conclusions import Conclusion, insist, right, wrong
from grading.mistakes import STOPPED
from grading.programs import Source

FILE = "2.image_classification_and_feature_visualization.ipynb"
SECTION = "2. Image classification and feature visualization"
CLASSES = 7
ROWS = 5
SIZES = ((260, 340), (300, 300), (400, 270))
FEW, MANY = 6, 48
WINDOW = 16
RAMP = (256, 320)
MOST_FED = 2
MOST_CANDIDATES = 4
MOST_FIGURES = 5


def feature_figures(student: Student, source: Source, draw: Draw) -> list[Picture]:  # noqa: ARG001 - the hook's form
    """The student's own figure, and beside it the judge's sheet of the same network's maps."""
    _, seen, _ = _seen(student)
    if seen is None or not seen.maps:
        return []
    row, pair = "feature-visualization", "feature-maps"
    own = [
        Picture(f"{pair}-student-{n}", f"Your figure ({figure.unit})", figure.png, "student", criterion=row, pair=pair)
        for n, figure in enumerate(_map_figures(student.executed().figures, seen), 1)
    ]
    right = "Maps of your network for the same picture, computed by the judge: the first channels of each stage"
    sheet = visualization.sheet(seen.maps)
    return [*own, Picture(f"{pair}-reference", right, sheet, "reference", criterion=row, pair=pair)]


def _map_figures(drawn: Sequence[CapturedFigure], seen: visualization.ShownStages) -> list[CapturedFigure]:
    """The figures that show maps; where none does, the one with the most pictures in it."""
    pictured = [figure for figure in drawn if figure.png and figure.images]
    showing = [figure for figure in pictured if visualization.shows_maps(figure.images, seen)]
    return showing[:MOST_FIGURES] or sorted(pictured, key=lambda figure: len(figure.images))[-1:]


part = Part(FILE, mode="run", options={"epochs": 1, "batches": 4, "batch_size": 2}, figures=[feature_figures])


# -- data transformation: 0.5 points --------------------------------------------------------------------

data_transformation = part.criterion("data-transformation", "Data Transformation", section=SECTION, points="0.5")


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
    return np.full((256, 256, 3), level, dtype=np.uint8)


@data_transformation.holds(reference=False, mistakes=slips.FORM)
def pictures_become_tensors(student: Subject, draw: Draw) -> None:
    """Pictures of any size become float tensors of one size, channels first."""
    roles, there = _pipelines(student)
    pictures = [draw.images(1, height=h, width=w)[0] for h, w in SIZES]
    for chain, which in _named(roles):
        passes = colour_pictures.passed(student, chain, pictures, mode=there.modes.get(chain, "RGB"))
        insist(transforms.form(passes, which))


@data_transformation.holds(reference=False, mistakes=slips.STATISTICS, needs=("pictures_become_tensors",))
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


@data_transformation.holds(reference=False, mistakes=slips.RANDOMNESS, needs=("pictures_become_tensors",))
def only_training_is_random(student: Subject, draw: Draw) -> None:
    """Training pictures are varied at random; evaluation pictures always come out the same, and upright."""
    roles, there = _pipelines(student)
    picture = draw.images(1, height=256, width=288)[0]

    def random(chain: int) -> bool:
        mode = there.modes.get(chain, "RGB")
        passes = colour_pictures.passed(student, chain, [picture], mode=mode, repeats=FEW)
        if transforms.varies(passes) or not any(p.drew for p in passes):
            return transforms.varies(passes)
        return transforms.varies(
            colour_pictures.passed(student, chain, [picture], mode=mode, repeats=MANY, window=2 * WINDOW)
        )

    loose = [chain for chain in roles.unknown if random(chain)]
    trains = [*roles.train, *loose]
    tests = [*roles.evaluation, *(chain for chain in roles.unknown if chain not in loose)]
    for chain in tests:
        if random(chain):
            shared = " It is the pipeline of your training pictures." if chain in trains else ""
            insist(
                wrong(f"The same evaluation picture comes out differently each time.{shared}", "augmented-evaluation")
            )
    if not any(random(chain) for chain in trains):
        insist(wrong("The same training picture always comes out the same.", "no-augmentation"))
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


# -- loss: 0.5 points -----------------------------------------------------------------------------------

loss_function = part.criterion("loss-function", "Loss Function (Cross-Entropy Loss)", section=SECTION, points="0.5")


@loss_function.holds(reference=False)
def loss_is_cross_entropy(student: Subject, draw: Draw) -> None:
    """The loss is the mean cross-entropy of the logits, very confident ones included."""
    there = image_programs.inventory(student)
    used = [loss for loss in there.losses if loss.training] or list(there.losses)
    slopes = [one for one in there.logits if one.complete]
    if not used and not slopes:
        insist(wrong("No loss was found: neither a loss function nor a training step."))
    logits = torch.from_numpy(draw.normal(ROWS, CLASSES, scale=2.0))
    labels = torch.from_numpy(draw.labels(ROWS, CLASSES))
    confident = logits * 400
    conclusions: list[Conclusion] = []
    for loss in used:

        def ask(predictions: torch.Tensor, targets: torch.Tensor, number: int = loss.number) -> float:
            value = admit.array(
                student.drive("vision_loss", number, predictions.numpy(), targets.numpy()), "the loss", finite=False
            )
            return float(value.reshape(-1)[0]) if value.size else float("nan")

        conclusion = losses.values(ask, logits, labels, loss.form, smoothing=loss.smoothing, weighted=loss.weighted)
        if conclusion.holds and loss.training:
            insist(losses.extremes(ask, confident, labels, loss.form))
        conclusions.append(conclusion)
    if conclusions and (not slopes or not any(o.holds for o in conclusions)) and not _any_slope_right(slopes):
        insist(next((o for o in conclusions if o.holds), conclusions[0]))


def _any_slope_right(slopes: Sequence[image_programs.Logits]) -> bool:
    return any(losses.slope_at_output(one.values, one.slope).holds for one in slopes)


@loss_function.holds(reference=False)
def training_minimises_it(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own training step is the data
    """What your training minimises is that loss: at the network's output its slope is (softmax - one-hot) / batch."""
    there = image_programs.inventory(student)
    slopes = [one for one in there.logits if one.complete]
    if not slopes:
        remark("No training step could be looked at: the loss was judged by its values.")
    for one in slopes:
        insist(losses.slope_at_output(one.values, one.slope))


# -- optimizers: 1 point --------------------------------------------------------------------------------

optimizer_row = part.criterion("optimizers", "Optimizers (Adam and SGD)", section=SECTION, points="1")


@optimizer_row.holds(reference=False)
def adam(student: Subject, draw: Draw) -> None:
    """There is an Adam over your network's parameters, and its steps are Adam's."""
    there = image_programs.inventory(student)
    insist(optimizers.both(image_programs.optimizers_seen(student, there, draw), "adam"))


@optimizer_row.holds(reference=False)
def sgd(student: Subject, draw: Draw) -> None:
    """There is an SGD over your network's parameters, and its steps are those of gradient descent."""
    there = image_programs.inventory(student)
    insist(optimizers.both(image_programs.optimizers_seen(student, there, draw), "sgd"))


# -- pretrained weights: 2 points -----------------------------------------------------------------------

pretrained_weights = part.criterion(
    "pretrained-weights", "Initialize from Pretrained Weights (ResNet-18)", section=SECTION, points="2"
)


def _classifiers(student: Subject) -> tuple[list[image_programs.RecordedNetwork], image_programs.Inventory]:
    """The networks that were trained, or all where none was, most trained first."""
    there = image_programs.inventory(student)
    every = [image_programs.representative(group) for group in image_programs.groups(there)]
    trained = [n for n in every if n.steps] or every
    if not trained:
        insist(wrong(f"No network was found: build a ResNet-18. {STOPPED}"))
    return trained, there


def _one_of(conclusions: Sequence[Conclusion]) -> None:
    """Insist on the best of several networks; tell about the others."""
    insist(next((o for o in conclusions if o.holds), conclusions[0]))
    if not all(o.holds for o in conclusions):
        remark("Another network of yours does not pass this: " + next(o.message for o in conclusions if not o.holds))


@pretrained_weights.holds(reference=False)
def network_is_resnet18(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network that you train is a ResNet-18."""
    networks, _ = _classifiers(student)
    _one_of([pretrained.architecture(n.alignment) for n in networks])


@pretrained_weights.holds(reference=False, needs=("network_is_resnet18",))
def weights_are_the_checkpoints(student: Subject, draw: Draw) -> None:
    """When training begins every layer but the last is the checkpoint's, the normalisations' statistics included."""
    networks, _ = _classifiers(student)
    store = standins.opened()
    checkpoint = standins.pretrained_tensors(store.folder)
    whole = [n for n in networks if n.alignment.whole]
    _one_of([pretrained.loaded(image_programs.compared(student, n, checkpoint, draw)) for n in whole])
    for sentence in store.stood_in:
        remark(sentence)


@pretrained_weights.holds(reference=False, needs=("network_is_resnet18",))
def last_layer_fits_the_classes(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The last layer is new and has one output for each class of your data."""
    networks, there = _classifiers(student)
    whole = [n for n in networks if n.alignment.whole]
    _one_of([pretrained.head(n.alignment, there.classes, trained=bool(n.steps)) for n in whole])


# -- feature visualization: 2 points --------------------------------------------------------------------

feature_visualization = part.criterion("feature-visualization", "Feature Visualization", section=SECTION, points="2")


Sight = tuple[list[npt.NDArray[np.generic]], visualization.ShownStages | None, Conclusion | None]
_sights = FoundOnce[Sight]("vision_pictures")


def _seen(student: Subject) -> Sight:
    """Everything drawn; the network whose maps it shows most of; where there is none, what others images went through.

    Found once for each student: the row and the figure beside it need the same.
    """
    return _sights.of(student, lambda: _looked(student))


def _looked(student: Subject) -> Sight:
    there = image_programs.inventory(student)
    pictures, fed = shown.pictures_of(student)
    known = {i.number: i for i in there.inputs}
    late = [i.number for i in reversed(there.inputs) if i.number not in fed and not i.training]
    asked = [n for n in [*fed[:MOST_FED], *late] if n in known][:MOST_CANDIDATES]
    best: visualization.ShownStages | None = None
    for number in asked if pictures else []:
        candidate = shown.candidate(student, there, known[number])
        if candidate is None:
            continue
        candidate = shown.with_copies(student, there, candidate)
        seen = visualization.best(pictures, [candidate])
        if seen is not None and (best is None or visualization.better(seen, best)):
            best = seen
        if best is not None and visualization.certain(best):
            break
    numbers = [known[n].network for n in asked]
    others = [pretrained.architecture(n.alignment) for n in there.networks if n.number in numbers]
    return pictures, best, next((o for o in others if not o.holds), None)


@feature_visualization.holds(reference=False)
def maps_are_your_networks(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the picture is the program's own
    """The figure shows what the stages of your fine-tuned network put out for a picture."""
    pictures, seen, other = _seen(student)
    trained = image_programs.inventory(student).trained
    conclusion = visualization.judged(pictures, seen, trained=trained, other=other)
    insist(conclusion if not conclusion.holds else right(*conclusion.remarks, **conclusion.evidence))
