"""CMPSC 497, Homework 2 (Penn State, 2024): vanishing gradients and feature visualization. 10 points.

`rubric` puts the two notebooks together; `vanishing_gradient` judges the first, `image_classification` the second.
"""
