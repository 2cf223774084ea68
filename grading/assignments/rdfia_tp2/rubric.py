"""RDFIA, practical work 2-ab and 2-cd. The course publishes no points; these 20 are ours.

12 for 2-ab (10 for code, 2 for the starred questions), 8 for 2-cd (5.25 for the network that the notebook ends with,
2.75 for the starred questions). A row of several functions pays for each by itself; a single function is right or not.
"""

from grading.assignments.rdfia_tp2 import circles_training, cnn
from grading.assignments.rdfia_tp2.questions import add_methods, add_questions
from grading.authoring import Rubric

rubric = Rubric("rdfia-tp2", points="20")
for part, which in ((circles_training.part, "ab"), (cnn.part, "cd")):
    rubric.add(part)
    add_questions(part, which)
add_methods(cnn.part.criterion("cd-methods", "Part 3: what each method does", section="Questions", points="0.75"))
