import matplotlib.pyplot as plt
import utils
from task2 import SoftmaxTrainer
from task2a import SoftmaxModel, one_hot_encode, pre_process_images


def trained(shuffle):
    """Train as in task 2c, with or without shuffling; returns the two histories."""
    X_train, Y_train, X_val, Y_val = utils.load_full_mnist()
    X_train, X_val = pre_process_images(X_train), pre_process_images(X_val)
    Y_train, Y_val = one_hot_encode(Y_train, 10), one_hot_encode(Y_val, 10)
    model = SoftmaxModel([64, 10], False, False, False)
    trainer = SoftmaxTrainer(0.9, False, model, 0.1, 32, shuffle, X_train, Y_train, X_val, Y_val)
    return trainer.train(50)


def main():
    # An example of how to compare two trainings. Task 3: compare each trick with what was there before.
    for label, shuffle in (("shuffled", True), ("in order", False)):
        _, val_history = trained(shuffle)
        utils.plot_loss(val_history["loss"], label)
    plt.legend()
    plt.savefig("task3_example.png")


if __name__ == "__main__":
    main()
