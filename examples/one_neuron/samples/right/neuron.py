"""One neuron."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(x):
    s = sigmoid(x)
    return s * (1 - s)


def step(w, gradient, rate):
    return w - rate * gradient
