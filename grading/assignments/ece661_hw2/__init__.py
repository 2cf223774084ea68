"""Homework 2 of Duke ECE 590/661 (2020): statements, LeNet-5 on CIFAR-10, better training, ResNet-20.

`report` has the statements, `lab1`, `lab2` and `lab3` a notebook each; `training`, `swish` and `residual` judge what
only this course asks of what was found in them.
"""
