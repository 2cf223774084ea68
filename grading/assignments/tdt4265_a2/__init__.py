"""TDT4265, Assignment 2 (NTNU, 2023): a softmax network on digits, by hand. 100 points.

`rubric` joins the parts: `network` judges task2a.py, `trainer` judges task2.py, `report` reads the report. Tasks 3 and
4c of the course's sheet extend the network of task2a.py, so their rows stand with it.
"""
