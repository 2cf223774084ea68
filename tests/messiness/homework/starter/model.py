import numpy as np


def show(X):
    print "this line of the handed-out file does not parse"


def pre_process(X):
    raise NotImplementedError


def weights(inputs, outputs):
    raise NotImplementedError
