"""Attacks on the grader: each file of `cli/adversaries`, which every assignment's rehearsal tries as well.

Here each is handed in as notebook 1 of cmpsc497-hw2, where most is at stake. A file declares in capitals which `ENTRIES` of
the catalogue below it is, which kinds of integrity note staff must get (`SEEN`), and whether it uses up its deadlines
(`HASTY`: graded with short ones). `cli.attacks` says how it becomes a submission.

`test_attacks` grades each beside an honest neighbour in one warm judge (`arena`), with secrets planted in the environments of
worker and judge, in inherited descriptors, files beside the database, a token, a stored submission, the neighbour's
notebook, the rubric and the seed; see its first test for the laws.

The catalogue (numbers as in the survey of attacks on autograders that this project began with) and who covers what:

A, tampering in one process: 1-18, the files that name them. There is no judge in the process to tamper with.
B, forged verdicts: 19-29, the files that name them. 27's duplicate keys in a rubric are refused in `tests/authoring`.
C, spoofed values: 30-44, 47 and 48, the files that name them. Not here:
    45, 46 (a library behind the answer): no rubric of notebook 1 forbids it; the judge decides by values.
    49-51 (pretrained weights, training, visualization): notebook 2, wrong variants in `tests/rubrics/cmpsc497_hw2`.
D, secrets: 52-58, the files that name them. 59 (brute force of hashed answers): no answer, hashed or not, is handed out.
E, deserialisation and uploads: 60-64, 66-68, the files that name them, and `tests/intake` (64-67), `tests/programs` (67),
    `tests/pages` and `tests/api` (68). 69 (queue injection): a task carries an id only; `tests/worker`.
F, resources: 70-77, 79, 80, the files that name them. 78 needs a GPU; a box without one sees no device of it.
G, the service: `tests/api`, `tests/store`, `tests/worker`.
"""
