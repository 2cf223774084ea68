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

from grading.assignments import standins
from grading.authoring import Draw, Part, Subject, remark
from grading.checks import drawn_maps, fine_tuning, picture_pipelines

FILE = "2.image_classification_and_feature_visualization.ipynb"
SECTION = "2. Image classification and feature visualization"
MAPS = "feature-visualization"

part = Part(FILE, mode="run", options={"epochs": 1, "batches": 4, "batch_size": 2}, figures=[drawn_maps.figures(MAPS)])

row = part.criterion("data-transformation", "Data Transformation", section=SECTION, points="0.5")
row.holds(reference=False)(picture_pipelines.pictures_become_tensors)
row.holds(reference=False, needs=("pictures_become_tensors",))(picture_pipelines.pixels_are_normalized)
row.holds(reference=False, needs=("pictures_become_tensors",))(picture_pipelines.only_training_is_random)

row = part.criterion("loss-function", "Loss Function (Cross-Entropy Loss)", section=SECTION, points="0.5")
row.holds(reference=False)(fine_tuning.loss_is_cross_entropy)
row.holds(reference=False)(fine_tuning.training_minimises_it)

row = part.criterion("optimizers", "Optimizers (Adam and SGD)", section=SECTION, points="1")
row.holds(reference=False)(fine_tuning.adam)
row.holds(reference=False)(fine_tuning.sgd)

row = part.criterion(
    "pretrained-weights", "Initialize from Pretrained Weights (ResNet-18)", section=SECTION, points="2"
)
row.holds(reference=False)(fine_tuning.network_is_resnet18)


@row.holds(reference=False, needs=("network_is_resnet18",))
def weights_are_the_checkpoints(student: Subject, draw: Draw) -> None:
    """When training begins every layer but the last is the checkpoint's, the normalisations' statistics included."""
    store = standins.opened()
    fine_tuning.starts_from(standins.pretrained_tensors(store.folder), student, draw)
    for sentence in store.stood_in:
        remark(sentence)


row.holds(reference=False, needs=("network_is_resnet18",))(fine_tuning.last_layer_fits_the_classes)

row = part.criterion(MAPS, "Feature Visualization", section=SECTION, points="2")
row.holds(reference=False)(drawn_maps.maps_are_your_networks)
