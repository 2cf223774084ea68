"""Ready-made probes for what many courses ask.

Functions take arrays that came from the student and give a `Conclusion`, with the known mistake that the data show;
`conclusions.insist` turns it into the running check's verdict. What has to be asked of the box is asked by the rubric,
or by a module that says so: what it has are whole checks, which a criterion holds as they are. Each module's
docstring has the mathematics, the shapes, and the tolerance with its source:

* functions and layers: `elementwise` (beside the published curve, far from 0), `arguments` (calling a version with
  other parameters), `traced` (a training function with a long loop, seen from outside), `backward` (the slope of
  the program's own loss), `softmax_networks` (a network by hand, its conventions and mistakes), `normalisation` (a
  layer by hand: references, questions and mistakes for two rows), `losses`, `initialisation`, `modules` (what a
  network computes with weights of the judge's), `image_networks` (a program's networks by the layers that they
  call) and `small_networks` (LeNet's kin by layers, normalisation, dropout and what they compute); these two ask
  the box themselves
* training: `trajectories` (update rules by hand), `trainers` (their steps, losses and batches), `optimizers`
  (torch's), `schedules` (the rates of steps), `gradients` (what they are made of), `short_training` (whether a
  network learns), `outcome` (accuracy on hidden inputs); `forgiven` (a mistake that an earlier task paid for)
* data: `preprocessing` (by hand), `transforms` (torchvision's pipelines), `colour_pictures` (CIFAR-10's; it asks
  the box itself), `image_programs` (everything that a program with such networks has)
* transfer: `pretrained` (loading, the replaced head); whole checks of a program that runs as a whole: `fine_tuning`
  (loss, optimizers, first weights, last layer), `picture_pipelines`, `drawn_maps` (whose feature maps a figure
  shows)
* pictures: `feature_maps` and `visualization`, `plots` draws beside failing findings
* written work: `answers` (where they stand), `task_headings` (by task, in a report), `misplaced` (where else they
  may), `quantities` (numbers in prose and code), `formulas`; `by_hand` (library calls that a task bans)
"""
