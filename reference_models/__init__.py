"""Right answers, written to be read as a textbook.

One file holds one idea. Every public function states its formula, the shapes that go in and come out, and the source;
its examples are run as tests. The models import nothing of the service: NumPy (or torch, where the course uses it) and
the standard library are all they need, so they can be read, tried and cited on their own.

Where students get an idea wrong in known ways, those ways stand beside it as one-line variants of the right answer: at
the end of the same file, or under `grading.mistakes` where they are many. Grading calls reference and mistakes
through the same names, which is how a wrong answer gets its name.
"""
