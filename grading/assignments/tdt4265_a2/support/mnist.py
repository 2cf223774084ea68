"""The digits: read from the data store where it has them, else seeded stand-ins of the same shapes."""

import gzip
import os

import numpy as np

PLACES = ("/data/MNIST/raw", "data/MNIST/raw")
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def load():
    """Training images (60000, 784) and labels (60000,), test images (10000, 784) and labels (10000,), uint8."""
    found = _found()
    if found:
        images, labels, test_images, test_labels = [_read(path) for path in found]
        return images.reshape(-1, 784), labels, test_images.reshape(-1, 784), test_labels
    return stand_in()


def init():
    """Nothing to download: the digits are here."""


def is_real():
    """Whether these are the digits of MNIST."""
    return bool(_found())


def stand_in():
    """The drawn digits, repeated to MNIST's numbers: the first 1600 to train on, the last 400 to test with."""
    pixels, labels = drawn()
    train, test = np.arange(60000) % 1600, 1600 + np.arange(10000) % 400
    return pixels[train], labels[train], pixels[test], labels[test]


def drawn(different=2000):
    """Ten kinds of blurred strokes, moved about and noisy: pixels (different, 784) and labels, uint8."""
    random = np.random.RandomState(4265)
    strokes = random.rand(10, 7, 7) < 0.28
    labels = random.permutation(np.arange(different) % 10)
    shapes = np.kron(strokes[labels], np.ones((3, 3)))
    images = np.zeros((different, 28, 28))
    for image, shape, (down, right) in zip(images, shapes, random.randint(2, 6, (different, 2))):
        image[down : down + 21, right : right + 21] = shape
    weakened = images * random.uniform(0.55, 1.0, (different, 1, 1)) * 255
    noise = random.normal(0, 25, images.shape) * (images + 0.1)
    pixels = np.clip(weakened + noise, 0, 255).astype(np.uint8).reshape(different, 784)
    return pixels, labels.astype(np.uint8)


def _found():
    for place in PLACES:
        paths = [_path(place, name) for name in NAMES]
        if all(paths):
            return paths
    return []


def _path(place, name):
    for path in (os.path.join(place, name), os.path.join(place, name + ".gz")):
        if os.path.isfile(path):
            return path
    return ""


def _read(path):
    """An array in the IDX format: two zero bytes, a type, the number of axes, their lengths, the entries."""
    opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        content = file.read()
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
