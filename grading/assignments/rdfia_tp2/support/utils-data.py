"""Circles and MNIST as the practical work uses them: `data.Xtrain`, `data.Ytrain`, `data.Xtest`, `data.Ytest`.

Each set is read from its file beside the program ("circles.mat", "mnist.mat"), else from the data store, else made up
from a fixed seed with the same shapes. An attribute that does not exist is None.
"""

import gzip
import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch

STORE = Path("/data")
DRAWN_EVERY = 25
MNIST_TRAIN, MNIST_TEST = 2000, 1000


class CirclesData:
    """Two rings of 2-d points, one-hot classes, and a 40 x 40 grid to plot decisions on."""

    def __init__(self):
        found = _from_file("circles.mat", ("Xtrain", "Ytrain", "Xtest", "Ytest"), (Path(), STORE, STORE / "rdfia"))
        values = found if found is not None else _rings()
        self._values = {name: _tensor(value) for name, value in values.items()}
        axis = np.linspace(-2, 1.9, 40)
        first, second = np.meshgrid(axis, axis)
        self._values["Xgrid"] = _tensor(np.stack([first.ravel(), second.ravel()], axis=1))
        self._calls = 0

    def __getattr__(self, name):
        return self.__dict__.get("_values", {}).get(name)

    def _points(self, axes):
        for x, y, mark in ((self.Xtrain, self.Ytrain, "o"), (self.Xtest, self.Ytest, "+")):
            for column, colour in ((0, "b"), (1, "r")):
                chosen = x[y[:, column] == 1].numpy()
                axes.plot(chosen[:, 0], chosen[:, 1], colour + mark)

    def plot_data(self):
        """The points of both sets."""
        self._points(plt.figure(1, figsize=(5, 5)).gca())

    def plot_data_with_grid(self, Ygrid, title=""):
        """The points over the probability of the second class on the grid.

        Learning loops call this every epoch; every 25th call draws.
        """
        values = np.asarray(Ygrid.numpy() if hasattr(Ygrid, "numpy") else Ygrid)[:, 1].reshape(40, 40)
        self._calls += 1
        if self._calls % DRAWN_EVERY != 1:
            return
        figure = plt.figure(2)
        figure.clf()
        axes = figure.gca()
        grid = self.Xgrid.numpy()
        axes.contourf(grid[:, 0].reshape(40, 40), grid[:, 1].reshape(40, 40), values, 12, cmap="coolwarm")
        self._points(axes)
        axes.set_title(title)

    def plot_loss(self, loss_train, loss_test, acc_train, acc_test):
        """The curves of one training."""
        if self._calls % DRAWN_EVERY > 1:
            return
        figure = plt.figure(3)
        figure.clf()
        losses, accuracies = figure.subplots(2, 1)
        for axes, train, test in ((losses, loss_train, loss_test), (accuracies, acc_train, acc_test)):
            axes.plot(np.array([float(v) for v in train]), label="train")
            axes.plot(np.array([float(v) for v in test]), label="test")
            axes.legend()


class MNISTData:
    """Digits as rows of 784 numbers in [0, 1], one-hot classes."""

    def __init__(self):
        found = _from_file("mnist.mat", ("Xtrain", "Ytrain", "Xtest", "Ytest")) or _from_store()
        self._values = {name: _tensor(value) for name, value in (found or _digits()).items()}

    def __getattr__(self, name):
        return self.__dict__.get("_values", {}).get(name)


def _tensor(array):
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))


def _one_hot(labels, classes):
    return np.eye(classes, dtype=np.float32)[np.asarray(labels, dtype=np.int64)]


def _from_file(name, keys, folders=(STORE, STORE / "rdfia")):
    """The arrays of a file in MATLAB's format, in the store or beside the program; None where there is none."""
    for folder in folders:
        path = folder / name
        if path.is_file():
            from scipy.io import loadmat

            table = loadmat(str(path))
            if all(key in table for key in keys):
                return {key: table[key] for key in keys}
    return None


def _rings():
    """Points around two circles of radius 1 and 0.4, the classes taking turns."""
    draw = np.random.RandomState(2017)
    made = {}
    for name in ("train", "test"):
        labels = np.arange(200) % 2
        radius = np.where(labels == 0, 1.03 + 0.22 * draw.randn(200), np.abs(0.39 + 0.16 * draw.randn(200)))
        angle = draw.uniform(0, 2 * math.pi, 200)
        made["X" + name] = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        made["Y" + name] = _one_hot(labels, 2)
    return made


def _from_store():
    """The first digits of torchvision's MNIST files; None where they are not there."""
    folder = STORE / "MNIST" / "raw"
    made = {}
    for name, stem, most in (("train", "train", MNIST_TRAIN), ("test", "t10k", MNIST_TEST)):
        pictures = _idx(folder, stem + "-images-idx3-ubyte", 16)
        labels = _idx(folder, stem + "-labels-idx1-ubyte", 8)
        if pictures is None or labels is None:
            return None
        made["X" + name] = pictures.reshape(-1, 784)[:most] / 255.0
        made["Y" + name] = _one_hot(labels[:most], 10)
    return made


def _idx(folder, name, header):
    for path, opened in ((folder / name, open), (folder / (name + ".gz"), gzip.open)):
        if path.is_file():
            with opened(str(path), "rb") as file:
                return np.frombuffer(file.read(), np.uint8)[header:]
    return None


def _digits():
    """Ten smooth patterns with noise: as many columns as MNIST, and learnable."""
    draw = np.random.RandomState(2018)
    made = {}
    for name, count in (("train", 1000), ("test", 500)):
        labels = np.arange(count) % 10
        made["X" + name] = drawn_like(labels, draw.randn(count, 784))
        made["Y" + name] = _one_hot(labels, 10)
    return made


def drawn_like(labels, noise):
    """Pictures of such classes, each with noise of its own: standard normal, one row of 784 for each."""
    patterns = np.kron(np.random.RandomState(7).rand(10, 7, 7), np.ones((4, 4))).reshape(10, 784)
    return np.clip(patterns[labels] + 0.35 * noise, 0, 1)
