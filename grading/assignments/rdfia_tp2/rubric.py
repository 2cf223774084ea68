"""RDFIA, practical work 2-ab and 2-cd. The course publishes no points; these 20 are ours.

12 for 2-ab (10 for code, 2 for the starred questions), 8 for 2-cd (5.25 for the network that the notebook ends with,
2.75 for the starred questions). A row of several functions pays for each by itself; a single function is right or not.
"""

from grading.assignments.rdfia_tp2 import circles_questions, cnn_questions
from grading.authoring import Rubric

rubric = Rubric("rdfia-tp2", points="20")
rubric.add(circles_questions.part)
rubric.add(cnn_questions.part)
