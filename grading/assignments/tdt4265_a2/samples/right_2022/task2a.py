import numpy as np
import utils

np.random.seed(1)


def pre_process_images(X):
    """Normalise images and add the bias column.

    X: (batch, 784), pixels in 0 … 255
    returns: (batch, 785)
    """
    assert X.shape[1] == 784, f"X has shape {X.shape}, expected (batch, 784)"
    # Task 2a: take out the mean and the standard deviation of the whole training set, append a column of ones.
    mean, std = 33.318, 78.567
    X = (X - mean) / std
    X = np.concatenate((np.ones((X.shape[0], 1)), X), axis=1)
    return X


def cross_entropy_loss(targets, outputs):
    """Mean cross-entropy of a batch.

    targets: (batch, classes), one-hot
    outputs: (batch, classes), probabilities
    """
    assert targets.shape == outputs.shape, f"targets {targets.shape}, outputs {outputs.shape}"
    return -np.mean(np.sum(targets * np.log(outputs), axis=1))


class SoftmaxModel:
    """Fully connected layers with a softmax at the end."""

    def __init__(self, neurons_per_layer, use_improved_sigmoid, use_improved_weight_init):
        np.random.seed(1)
        self.I = 785
        self.use_improved_sigmoid = use_improved_sigmoid
        self.use_improved_weight_init = use_improved_weight_init
        self.neurons_per_layer = neurons_per_layer
        self.ws = []
        size = self.I
        for neurons in neurons_per_layer:
            print("Weights of shape:", (size, neurons))
            if use_improved_weight_init:
                w = np.random.normal(0, 1 / np.sqrt(size), (size, neurons))
            else:
                w = np.random.uniform(-1, 1, (size, neurons))
            self.ws.append(w)
            size = neurons + 1
        self.grads = [None] * len(self.ws)

    def forward(self, X):
        """X: (batch, 785); returns the probabilities, (batch, classes)."""
        self.zs = []
        self.activations = [X]
        for w in self.ws[:-1]:
            z = self.activations[-1] @ w
            self.zs.append(z)
            self.activations.append(np.hstack((self.hidden(z), np.ones((len(z), 1)))))
        logits = self.activations[-1] @ self.ws[-1]
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def hidden(self, z):
        if self.use_improved_sigmoid:
            return 1.7159 * np.tanh(2 / 3 * z)
        return 1 / (1 + np.exp(-z))

    def hidden_slope(self, z):
        if self.use_improved_sigmoid:
            return 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * z) ** 2)
        a = 1 / (1 + np.exp(-z))
        return a * (1 - a)

    def backward(self, X, outputs, targets):
        """Fill self.grads with the gradients of the mean loss, one for each entry of self.ws."""
        assert outputs.shape == targets.shape, f"outputs {outputs.shape}, targets {targets.shape}"
        batch = X.shape[0]
        delta = outputs - targets
        self.grads = [None] * len(self.ws)
        for layer in range(len(self.ws) - 1, -1, -1):
            self.grads[layer] = self.activations[layer].T @ delta / batch
            if layer > 0:
                delta = (delta @ self.ws[layer][:-1].T) * self.hidden_slope(self.zs[layer - 1])
        for grad, w in zip(self.grads, self.ws):
            assert grad.shape == w.shape, f"gradient {grad.shape}, weights {w.shape}"

    def zero_grad(self):
        self.grads = [None] * len(self.ws)


def one_hot_encode(Y, num_classes):
    """Y: (batch, 1), integers; returns (batch, num_classes)."""
    encoded = np.zeros((Y.shape[0], num_classes))
    encoded[np.arange(Y.shape[0]), Y[:, 0].astype(int)] = 1
    return encoded


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
    model = SoftmaxModel([64, 10], False, False)
    for w in model.ws:
        w[:] = np.random.uniform(-1, 1, w.shape)
    gradient_approximation_test(model, X_train[:100], Y_train[:100])


if __name__ == "__main__":
    main()
