"""A two-layer network whose sigmoid never returns."""

import numpy as np


def sigmoid(z):
    """For ever."""
    while True:
        z = z + 0


def relu(z):
    """max(0, z), elementwise."""
    return np.maximum(0.0, z)


def forward(X, W1, b1, W2, b2):
    """Probabilities (n, 1) and what backward needs."""
    A1 = relu(X @ W1 + b1)
    return sigmoid(A1 @ W2 + b2), (A1,)


def backward(X, Y, W1, b1, W2, b2):
    """Gradients of the mean binary cross-entropy."""
    A2, (A1,) = forward(X, W1, b1, W2, b2)
    dZ2 = (A2 - Y) / len(X)
    dZ1 = (dZ2 @ W2.T) * (A1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)
