"""The gate that an assignment passes before students meet it.

`gate` goes through all of it and says what is missing; `table` prints that. What is tried:

* `performances`: every check is put to the reference, to right variants and to known mistakes, without a box.
* `samples`: the assignment's own right samples and its starter, in boxes.
* `queue`: known submissions (patches of the right sample) and `attacks` (the files of `adversaries/`), graded side by
  side by `judge`, a judge server of its own.
* `hostile`: students who answer with None, NaN, wrong shapes and worse, through `replaying` of what the right sample
  answered; `reusing` gives one program's run to all seeds.
"""
