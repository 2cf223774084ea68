import matplotlib.pyplot as plt
import numpy as np
import utils
from task2a import SoftmaxModel, cross_entropy_loss, one_hot_encode, pre_process_images
from trainer import BaseTrainer
import turtle_graphics

np.random.seed(0)


def calculate_accuracy(X, targets, model):
    """The share of rows of X whose most probable class is the target.

    X: (batch, 785), targets: (batch, 10) one-hot
    """
    outputs = model.forward(X)
    return np.mean(np.argmax(outputs, axis=1) == np.argmax(targets, axis=1))


class SoftmaxTrainer(BaseTrainer):
    def __init__(self, momentum_gamma, use_momentum, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.momentum_gamma = momentum_gamma
        self.use_momentum = use_momentum
        self.previous_grads = [np.zeros_like(w) for w in self.model.ws]

    def train_step(self, X_batch, Y_batch):
        """Forward, backward, one step of gradient descent; returns the loss of the batch."""
        outputs = self.model.forward(X_batch)
        loss = cross_entropy_loss(Y_batch, outputs)
        self.model.backward(X_batch, outputs, Y_batch)
        for layer, grad in enumerate(self.model.grads):
            if self.use_momentum:
                grad = grad + self.momentum_gamma * self.previous_grads[layer]
                self.previous_grads[layer] = grad
            self.model.ws[layer] = self.model.ws[layer] - self.learning_rate * grad
        return loss

    def validation_step(self):
        outputs = self.model.forward(self.X_val)
        loss = cross_entropy_loss(self.Y_val, outputs)
        train_accuracy = calculate_accuracy(self.X_train, self.Y_train, self.model)
        return loss, train_accuracy, calculate_accuracy(self.X_val, self.Y_val, self.model)


def main():
    num_epochs, learning_rate, batch_size = 50, 0.1, 32
    X_train, Y_train, X_val, Y_val = utils.load_full_mnist()
    X_train, X_val = pre_process_images(X_train), pre_process_images(X_val)
    Y_train, Y_val = one_hot_encode(Y_train, 10), one_hot_encode(Y_val, 10)
    model = SoftmaxModel([64, 10], False, False, False)
    trainer = SoftmaxTrainer(0.9, False, model, learning_rate, batch_size, True, X_train, Y_train, X_val, Y_val)
    train_history, val_history = trainer.train(num_epochs)
    print("Validation accuracy:", calculate_accuracy(X_val, Y_val, model))
    utils.plot_loss(train_history["loss"], "training", npoints_to_average=10)
    utils.plot_loss(val_history["loss"], "validation")
    plt.legend()
    plt.savefig("task2c_train_loss.png")


if __name__ == "__main__":
    main()
