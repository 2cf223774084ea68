import matplotlib.pyplot as plt
import numpy as np
import utils
from task2a import SoftmaxModel, cross_entropy_loss, one_hot_encode, pre_process_images
from trainer import BaseTrainer

np.random.seed(0)


def calculate_accuracy(X: np.ndarray, targets: np.ndarray, model: SoftmaxModel) -> float:
    """
    X: [batch size, 785], targets: one-hot, [batch size, 10]
    returns: the share of right answers
    """
    guesses = model.forward(X).argmax(axis=1)
    correct = np.count_nonzero(guesses == targets.argmax(axis=1))
    return correct / X.shape[0]


class SoftmaxTrainer(BaseTrainer):
    def __init__(self, momentum_gamma: float, use_momentum: bool, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.momentum_gamma = momentum_gamma
        self.use_momentum = use_momentum
        # The velocity of each layer, the learning rate inside it.
        self.previous_grads = [np.zeros_like(w) for w in self.model.ws]

    def train_step(self, X_batch: np.ndarray, Y_batch: np.ndarray):
        """
        One batch forwards and backwards, and a step.
        returns: the loss of the batch
        """
        self.model.zero_grad()
        outputs = self.model.forward(X_batch)
        self.model.backward(X_batch, outputs, Y_batch)
        for i in range(len(self.model.ws)):
            if self.use_momentum:
                self.previous_grads[i] = (
                    self.momentum_gamma * self.previous_grads[i] + self.learning_rate * self.model.grads[i]
                )
                self.model.ws[i] -= self.previous_grads[i]
            else:
                self.model.ws[i] -= self.learning_rate * self.model.grads[i]
        return cross_entropy_loss(Y_batch, outputs)

    def validation_step(self):
        logits = self.model.forward(self.X_val)
        loss = cross_entropy_loss(self.Y_val, logits)
        accuracy_train = calculate_accuracy(self.X_train, self.Y_train, self.model)
        accuracy_val = calculate_accuracy(self.X_val, self.Y_val, self.model)
        return loss, accuracy_train, accuracy_val


def main():
    num_epochs = 50
    learning_rate = 0.1
    batch_size = 32
    neurons_per_layer = [64, 10]
    momentum_gamma = 0.9
    X_train, Y_train, X_val, Y_val = utils.load_full_mnist()
    mean, std = X_train.mean(), X_train.std()
    X_train = pre_process_images(X_train, mean, std)
    X_val = pre_process_images(X_val, mean, std)
    Y_train = one_hot_encode(Y_train, 10)
    Y_val = one_hot_encode(Y_val, 10)
    model = SoftmaxModel(neurons_per_layer, False, False, False)
    trainer = SoftmaxTrainer(
        momentum_gamma, False, model, learning_rate, batch_size, True, X_train, Y_train, X_val, Y_val
    )
    train_history, val_history = trainer.train(num_epochs)
    print("Final train accuracy:", calculate_accuracy(X_train, Y_train, model))
    print("Final validation accuracy:", calculate_accuracy(X_val, Y_val, model))
    plt.figure(figsize=(20, 12))
    plt.subplot(1, 2, 1)
    plt.ylim([0.0, 0.9])
    utils.plot_loss(train_history["loss"], "Training loss", npoints_to_average=10)
    utils.plot_loss(val_history["loss"], "Validation loss")
    plt.legend()
    plt.savefig("task2c_train_loss.png")
    plt.show()


if __name__ == "__main__":
    main()
