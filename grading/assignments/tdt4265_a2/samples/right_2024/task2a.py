import numpy as np
import utils

np.random.seed(1)


def pre_process_images(X: np.ndarray, mean: float = None, std: float = None) -> np.ndarray:
    """
    X: images of shape [batch size, 784] in the range (0, 255)
    mean, std: of the whole training set; they are computed when they are not given
    returns: [batch size, 785]
    """
    assert X.shape[1] == 784, f"X.shape[1]: {X.shape[1]}, should be 784"
    if mean is None or std is None:
        X_train, *_ = utils.load_full_mnist()
        mean, std = X_train.mean(), X_train.std()
    normalised = (X.astype(np.float64) - mean) / std
    return np.c_[np.ones(X.shape[0]), normalised]


def cross_entropy_loss(targets: np.ndarray, outputs: np.ndarray) -> float:
    """
    targets: one-hot labels, [batch size, num classes]
    outputs: probabilities, [batch size, num classes]
    returns: the mean cross-entropy
    """
    assert targets.shape == outputs.shape, f"Targets shape: {targets.shape}, outputs: {outputs.shape}"
    loss_n = -np.sum(targets * np.log(outputs), axis=1)
    return np.mean(loss_n)


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


class SoftmaxModel:
    def __init__(
        self,
        # Number of neurons per layer
        neurons_per_layer: list[int],
        use_improved_sigmoid: bool,  # task 3b
        use_improved_weight_init: bool,  # task 3a
        use_relu: bool,  # task 3c
    ):
        np.random.seed(1)
        self.I = 28 * 28 + 1
        self.use_improved_sigmoid = use_improved_sigmoid
        self.use_relu = use_relu
        self.use_improved_weight_init = use_improved_weight_init
        self.neurons_per_layer = neurons_per_layer
        # One more row in each later layer: the bias of its units.
        self.ws = []
        prev = self.I
        for layer, size in enumerate(self.neurons_per_layer):
            rows = prev if layer == 0 else prev + 1
            if use_improved_weight_init:
                w = np.random.normal(loc=0.0, scale=1 / np.sqrt(prev), size=(rows, size))
                if layer > 0:
                    w[0] = 0
            else:
                w = np.random.uniform(-1, 1, size=(rows, size))
            print("Initializing weight to shape:", w.shape)
            self.ws.append(w)
            prev = size
        self.grads = [None for _ in self.ws]

    def activation(self, z):
        """The hidden function, and its derivative."""
        if self.use_improved_sigmoid:
            t = np.tanh(2 * z / 3)
            return 1.7159 * t, 1.7159 * 2 / 3 * (1 - t**2)
        if self.use_relu:
            return np.where(z > 0, z, 0), np.where(z > 0, 1, 0)
        a = sigmoid(z)
        return a, a * (1 - a)

    def forward(self, X: np.ndarray) -> np.ndarray:
        """
        X: [batch size, 785]
        returns: [batch size, num outputs]
        """
        self.hidden_layer_output = []
        self.slopes = []
        a = X
        for w in self.ws[:-1]:
            a, slope = self.activation(a @ w)
            a = np.hstack([np.ones((a.shape[0], 1)), a])
            self.hidden_layer_output.append(a)
            self.slopes.append(slope)
        z = a @ self.ws[-1]
        z = np.exp(z - np.max(z, axis=1, keepdims=True))
        return z / np.sum(z, axis=1, keepdims=True)

    def backward(self, X: np.ndarray, outputs: np.ndarray, targets: np.ndarray) -> None:
        """
        X: [batch size, 785], outputs: from forward, targets: one-hot
        """
        assert targets.shape == outputs.shape, f"Output shape: {outputs.shape}, targets: {targets.shape}"
        delta = -(targets - outputs)
        inputs = [X] + self.hidden_layer_output
        for i in reversed(range(len(self.ws))):
            self.grads[i] = np.dot(inputs[i].T, delta) / X.shape[0]
            if i > 0:
                delta = self.slopes[i - 1] * np.dot(delta, self.ws[i][1:].T)
        for grad, w in zip(self.grads, self.ws):
            assert grad.shape == w.shape, f"Expected the same shape. Grad shape: {grad.shape}, w: {w.shape}."

    def zero_grad(self) -> None:
        self.grads = [None for i in range(len(self.ws))]


def one_hot_encode(Y: np.ndarray, num_classes: int):
    """
    Y: labels, [num examples, 1]
    returns: [num examples, num classes]
    """
    return (np.arange(num_classes) == Y).astype(float)


def gradient_approximation_test(model: SoftmaxModel, X: np.ndarray, Y: np.ndarray):
    """Numerical gradients; not to be edited."""
    epsilon = 1e-3
    for layer_idx, w in enumerate(model.ws):
        for i in range(w.shape[0]):
            for j in range(w.shape[1]):
                orig = model.ws[layer_idx][i, j].copy()
                model.ws[layer_idx][i, j] = orig + epsilon
                cost1 = cross_entropy_loss(Y, model.forward(X))
                model.ws[layer_idx][i, j] = orig - epsilon
                cost2 = cross_entropy_loss(Y, model.forward(X))
                model.ws[layer_idx][i, j] = orig
                slope = (cost1 - cost2) / (2 * epsilon)
                logits = model.forward(X)
                model.backward(X, logits, Y)
                difference = slope - model.grads[layer_idx][i, j]
                assert abs(difference) <= epsilon**1, f"layer {layer_idx}, ({i}, {j}): off by {difference}"


def main():
    Y = np.zeros((1, 1), dtype=int)
    Y[0, 0] = 3
    Y = one_hot_encode(Y, 10)
    assert Y[0, 3] == 1 and Y.sum() == 1, f"Expected the vector to be [0,0,0,1,0,0,0,0,0,0], but got {Y}"
    X_train, Y_train, *_ = utils.load_full_mnist()
    X_train = pre_process_images(X_train, X_train.mean(), X_train.std())
    Y_train = one_hot_encode(Y_train, 10)
    assert X_train.shape[1] == 785, f"Expected X_train to have 785 elements per image. Shape was: {X_train.shape}"
    model = SoftmaxModel([64, 10], True, True, False)
    logits = model.forward(X_train)
    np.testing.assert_almost_equal(logits.sum(axis=1), 1, err_msg="the probabilities do not sum to 1")
    gradient_approximation_test(model, X_train[:100], Y_train[:100])


if __name__ == "__main__":
    main()
