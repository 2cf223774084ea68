"""Ready-made probes for what many courses ask.

Functions take arrays that came from the student and give a `Conclusion`, with the id of the known mistake that the data
show; `conclusion.insist` turns it into the running check's verdict. What has to be asked of the box is asked by the
rubric. Each module's docstring has the mathematics, the shapes, and the tolerance with its source:

* functions and layers: `elementwise` (activations and their slopes), `forward` and `backward` passes, `losses`,
  `initialisation`, `modules` (what a network computes with weights of the judge's), `image_networks` (a program's
  networks by the layers that they call; it asks the box itself)
* training: `trajectories` (update rules by hand), `optimizers` (torch's), `outcome` (accuracy on hidden
  inputs, loss curves, vanishing gradients)
* data: `preprocessing` (by hand), `transforms` (torchvision's pipelines), `colour_pictures` (CIFAR-10's; it asks the
  box itself), `image_programs` (everything that a program with such networks has)
* transfer: `pretrained` (loading, the replaced head), `fine_tuning` (what is trained, frozen, drifting)
* pictures: `figures` (structure and data), `feature_maps` and `visualization`, `plots` draws
  beside failing findings
* written work: `answers` (where they stand), `misplaced` (where else they may), `quantities` (numbers in prose and
  code), `formulas`; `by_hand` (library calls that a task bans)
"""
