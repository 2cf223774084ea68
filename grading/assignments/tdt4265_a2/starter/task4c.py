import numpy as np
import utils
from task2a import SoftmaxModel, gradient_approximation_test, one_hot_encode, pre_process_images


def main():
    """The gradients of a network with two hidden layers, held against differences."""
    X_train, Y_train, *_ = utils.load_full_mnist()
    X_train, Y_train = pre_process_images(X_train), one_hot_encode(Y_train, 10)
    model = SoftmaxModel([64, 64, 10], True, True, False)
    for w in model.ws:
        w[:] = np.random.uniform(-1, 1, w.shape)
    gradient_approximation_test(model, X_train[:100], Y_train[:100])


if __name__ == "__main__":
    main()
