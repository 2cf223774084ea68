"""Batches, data and plots for assignment 2. You may change batch_loader: task 2c asks for its shuffle."""

import matplotlib.pyplot as plt
import mnist
import numpy as np


def batch_loader(X, Y, batch_size, shuffle=False, drop_last=True):
    """Yield (x, y) batch by batch, in the order of the arrays.

    Task 2c: with shuffle=True, go through the examples in a new random order each time.
    """
    assert len(X) == len(Y)
    end = len(X) - len(X) % batch_size if drop_last else len(X)
    order = np.arange(len(X))
    for start in range(0, end, batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], Y[rows]


def load_full_mnist():
    """The first 20,000 training images, and the 10,000 test images for validation; labels as columns."""
    X_train, Y_train, X_val, Y_val = mnist.load()
    X_train, Y_train = X_train[:20000], Y_train[:20000]
    X_val, Y_val = X_val[-10000:], Y_val[-10000:]
    print("Train:", X_train.shape, "Validation:", X_val.shape)
    return X_train, Y_train.reshape(-1, 1), X_val, Y_val.reshape(-1, 1)


def plot_loss(loss_dict, label=None, npoints_to_average=1, plot_variance=True):
    """Plot {step: loss}, averaged over npoints_to_average neighbours, with their spread if wanted."""
    steps, losses = np.array(list(loss_dict.keys())), np.array(list(loss_dict.values()), dtype=float)
    if npoints_to_average == 1 or not plot_variance:
        plt.plot(steps, losses, label=label)
        return
    groups = len(steps) // npoints_to_average
    steps = steps[: groups * npoints_to_average].reshape(groups, -1)[:, -1]
    losses = losses[: groups * npoints_to_average].reshape(groups, -1)
    mean, std = losses.mean(axis=1), losses.std(axis=1)
    plt.plot(steps, mean, label=f"{label} (mean of {npoints_to_average})")
    plt.fill_between(steps, mean - std, mean + std, alpha=0.2)
