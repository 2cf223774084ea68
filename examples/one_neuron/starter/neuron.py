"""One neuron, to be completed."""


def sigmoid(x):
    """1 / (1 + exp(-x)), for an array of any shape."""
    raise NotImplementedError


def slope(x):
    """The derivative of the sigmoid at x."""
    raise NotImplementedError


def step(w, gradient, rate):
    """w - rate * gradient; w and gradient stay as they are."""
    raise NotImplementedError
