"""CMPSC 497, Homework 2: vanishing gradients and feature visualization. 10 points.

Source: the assignment sheet, section 6. "A cell block is correct only if all the questions in the cell block are
correct", so a criterion pays all of its points or none; the report shows the inner ledger.
"""

from grading.assignments.cmpsc497_hw2 import image_classification, vanishing_gradient
from grading.authoring import Rubric

rubric = Rubric("cmpsc497-hw2", points="10")
rubric.add(vanishing_gradient.part)
rubric.add(image_classification.part)
