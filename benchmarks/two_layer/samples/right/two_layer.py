"""A two-layer network for two classes: ReLU inside, sigmoid at the end."""

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z)), elementwise."""
    return 1.0 / (1.0 + np.exp(-z))


def relu(z):
    """max(0, z), elementwise."""
    return np.maximum(0.0, z)


def forward(X, W1, b1, W2, b2):
    """Probabilities (n, 1) and what backward needs."""
    Z1 = X @ W1 + b1
    A1 = relu(Z1)
    A2 = sigmoid(A1 @ W2 + b2)
    return A2, (Z1, A1, A2)


def backward(X, Y, W1, b1, W2, b2):
    """Gradients of the mean binary cross-entropy."""
    A2, (Z1, A1, _) = forward(X, W1, b1, W2, b2)
    dZ2 = (A2 - Y) / len(X)
    dZ1 = (dZ2 @ W2.T) * (Z1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)
