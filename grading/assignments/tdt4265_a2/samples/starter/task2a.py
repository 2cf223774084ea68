import numpy as np
import utils

np.random.seed(1)


def pre_process_images(X):
    """Normalise images and add the bias column.

    X: (batch, 784), pixels in 0 … 255
    returns: (batch, 785)
    """
    assert X.shape[1] == 784, f"X has shape {X.shape}, expected (batch, 784)"
    # Task 2a: use the mean and the standard deviation of the whole training set, append a column of ones.
    return X


def cross_entropy_loss(targets, outputs):
    """Mean cross-entropy of a batch.

    targets: (batch, classes), one-hot
    outputs: (batch, classes), probabilities
    """
    assert targets.shape == outputs.shape, f"targets {targets.shape}, outputs {outputs.shape}"
    # Task 2a
    raise NotImplementedError


class SoftmaxModel:
    """Fully connected layers with a softmax at the end."""

    def __init__(self, neurons_per_layer, use_improved_sigmoid, use_improved_weight_init, use_relu):
        np.random.seed(1)
        # Task 2a: the number of inputs, bias column included
        self.I = None
        self.use_improved_sigmoid = use_improved_sigmoid
        self.use_relu = use_relu
        self.use_improved_weight_init = use_improved_weight_init
        self.neurons_per_layer = neurons_per_layer
        self.ws = []
        size = self.I
        for neurons in neurons_per_layer:
            print("Weights of shape:", (size, neurons))
            # Task 2c: uniform on [-1, 1]. Task 3a: normal with standard deviation 1 / sqrt(fan_in)
            w = np.zeros((size, neurons))
            self.ws.append(w)
            size = neurons
        self.grads = [None] * len(self.ws)

    def forward(self, X):
        """X: (batch, 785); returns the probabilities, (batch, classes)."""
        # Task 2b for one hidden layer, task 4c for any number. Keep what backward needs on self.
        return None

    def backward(self, X, outputs, targets):
        """Fill self.grads with the gradients of the mean loss, one for each entry of self.ws."""
        assert outputs.shape == targets.shape, f"outputs {outputs.shape}, targets {targets.shape}"
        # Task 2b, task 4c
        self.grads = []
        for grad, w in zip(self.grads, self.ws):
            assert grad.shape == w.shape, f"gradient {grad.shape}, weights {w.shape}"

    def zero_grad(self):
        self.grads = [None] * len(self.ws)


def one_hot_encode(Y, num_classes):
    """Y: (batch, 1), integers; returns (batch, num_classes)."""
    # Task 2a
    raise NotImplementedError


def gradient_approximation_test(model, X, Y):
    """Compare each gradient with the slope of the loss, by central differences. Not to be changed."""
    epsilon = 1e-3
    for layer, w in enumerate(model.ws):
        for place in np.ndindex(w.shape):
            kept = w[place]
            w[place] = kept + epsilon
            above = cross_entropy_loss(Y, model.forward(X))
            w[place] = kept - epsilon
            below = cross_entropy_loss(Y, model.forward(X))
            w[place] = kept
            slope = (above - below) / (2 * epsilon)
            model.backward(X, model.forward(X), Y)
            gap = abs(slope - model.grads[layer][place])
            assert gap <= epsilon**2, f"layer {layer}, weight {place}: slope {slope}, gradient off by {gap}"


def main():
    Y = one_hot_encode(np.array([[3]]), 10)
    assert Y[0, 3] == 1 and Y.sum() == 1, f"one-hot encoding of 3 is {Y}"
    X_train, Y_train, *_ = utils.load_full_mnist()
    X_train = pre_process_images(X_train)
    Y_train = one_hot_encode(Y_train, 10)
    assert X_train.shape[1] == 785, f"{X_train.shape[1]} columns, expected 785"
    model = SoftmaxModel([64, 10], False, False, False)
    for w in model.ws:
        w[:] = np.random.uniform(-1, 1, w.shape)
    gradient_approximation_test(model, X_train[:100], Y_train[:100])


if __name__ == "__main__":
    main()
