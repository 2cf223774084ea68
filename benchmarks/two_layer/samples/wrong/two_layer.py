"""A two-layer network that does nothing right."""

import numpy as np


def sigmoid(z):
    """Nothing."""
    return z * 0


def relu(z):
    """The wrong half."""
    return np.abs(z)


def forward(X, W1, b1, W2, b2):
    """Zeros."""
    return np.zeros((len(X), 1)), ()


def backward(X, Y, W1, b1, W2, b2):
    """Zeros."""
    return np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), np.zeros_like(b2)
