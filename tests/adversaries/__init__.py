"""Attacks on the grader: each file of `grading/rehearsal/adversaries`, which every assignment's rehearsal tries as well.

Here each is submitted as notebook 1 of cmpsc497-hw2, where most is at stake. A file declares in capitals which `ENTRIES` of
the catalogue below it is, which kinds of integrity note staff must get (`SEEN`), and whether it uses up its deadlines
(`HASTY`: graded with short ones). `grading.rehearsal.attacks` says how it becomes a submission.

`test_attacks` grades each beside an honest neighbour in one warm judge (`arena`), with secrets planted in the environments of
worker and judge, in inherited descriptors, files beside the database, a token, a stored submission, the neighbour's
notebook, the rubric and the seed; see its first test for the laws.

The catalogue (numbers as in the survey of attacks on autograders that this project began with) has seven letters:

A, tampering in one process: there is no judge in the process to tamper with. B, forged verdicts. C, spoofed values.
D, secrets. E, deserialisation and uploads. F, resources. G, the service, which programs cannot try: tests of the API, the
pages, the store and the worker do.

`catalogue` says which tests cover what no attack file can, and why three entries are left out; `test_coverage` holds it to
that.
"""
