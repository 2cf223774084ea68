"""ECE 590/661, Homework 2: 82 points as the 2020 edition gives them, and 10 of bonus.

Ten statements 2 each (a machine reads the word, a person the explanation); Lab 1: 2, 4, 2, 8, bonus 4; Lab 2: 6, three
times 4, 6, 6, bonus 6; ResNet 16. LeNet-5 (2019, 2020) and SimpleNN (later editions) are both right.
"""

from grading.assignments.ece661_hw2 import lab1, lab2, lab3, report
from grading.authoring import Rubric

rubric = Rubric("ece661-hw2", points="92")
for part in (report.part, lab1.part, lab2.part, lab3.part):
    rubric.add(part)
