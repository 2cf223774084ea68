"""The training loop of assignment 2. You may add early stopping to train."""

import utils


class BaseTrainer:
    """Goes through the batches; a subclass says what a step is."""

    def __init__(self, model, learning_rate, batch_size, shuffle_dataset, X_train, Y_train, X_val, Y_val):
        self.model = model
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.shuffle_dataset = shuffle_dataset
        self.X_train, self.Y_train = X_train, Y_train
        self.X_val, self.Y_val = X_val, Y_val

    def validation_step(self):
        """Return validation loss, training accuracy, validation accuracy."""
        raise NotImplementedError

    def train_step(self, X_batch, Y_batch):
        """Take one step on a batch and return its loss."""
        raise NotImplementedError

    def train(self, num_epochs):
        """Train, and return two histories: {"loss": {step: value}, "accuracy": {step: value}}."""
        per_epoch = len(self.X_train) // self.batch_size
        every = max(1, per_epoch // 5)
        train_history = {"loss": {}, "accuracy": {}}
        val_history = {"loss": {}, "accuracy": {}}
        step = 0
        for _epoch in range(num_epochs):
            batches = utils.batch_loader(self.X_train, self.Y_train, self.batch_size, shuffle=self.shuffle_dataset)
            for X_batch, Y_batch in batches:
                train_history["loss"][step] = self.train_step(X_batch, Y_batch)
                if step % every == 0:
                    val_loss, train_accuracy, val_accuracy = self.validation_step()
                    train_history["accuracy"][step] = train_accuracy
                    val_history["loss"][step] = val_loss
                    val_history["accuracy"][step] = val_accuracy
                step += 1
        return train_history, val_history
