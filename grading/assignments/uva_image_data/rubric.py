"""Image Data Processing (University of Amsterdam, March 2024 and later). 20 points, ours: the course names none.

All code is given, so the code is not what is judged. A row of a training pays for a history in the notebook that is
what that training comes to, and, where a network appears for the first time, for a network that begins as the task
says. What the notebook stores was written on the student's machine and proves nothing by itself: points here are those
of doing the exercise. The eleven answers are read by a person; one that was left as it was handed out is 0 by itself.
"""

from grading.assignments.uva_image_data import notebook
from grading.authoring import Rubric

rubric = Rubric("uva-image-data", points="20")
rubric.add(notebook.part)
