"""Image Data Processing (University of Amsterdam, 2024): six trainings, Grad-CAM, eleven written answers. 20 points.

`rubric` puts the rows together; `runs` and `explanations` read what the notebook stored, `outcomes` says what a history
must look like, `starts` asks the networks how they begin, `questions` has the written part with its key points.
"""
