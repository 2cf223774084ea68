"""TDT4265, Assignment 2 (NTNU, 2023): a softmax network on digits, by hand. 100 points."""

from grading.assignments.tdt4265_a2 import network, report, trainer
from grading.authoring import Rubric

rubric = Rubric("tdt4265-a2", points="100")
rubric.add(network.part)
rubric.add(trainer.part)
rubric.add(report.part)
