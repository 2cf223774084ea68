"""What 2-cd's starter imports: accuracy, running means, and curves."""

import matplotlib.pyplot as plt
import torch


def accuracy(output, target, topk=(1,)):
    """Percentages of examples whose class is among the k largest scores, for each k."""
    with torch.no_grad():
        best = output.topk(min(max(topk), output.size(1)), dim=1).indices
        hits = best == target.view(-1, 1)
        return [hits[:, :k].any(dim=1).float().mean().mul(100.0).view(1) for k in topk]


class AverageMeter:
    """The mean of what it was given, weighted: `val`, `avg`, `sum`, `count`."""

    def __init__(self):
        self.reset()

    def reset(self):
        """Forget everything."""
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        """Add a value that stands for n examples."""
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


class TrainLossPlot:
    """The loss of every step."""

    def __init__(self):
        self.loss_train = []

    def update(self, loss_train):
        """Add one."""
        self.loss_train.append(float(loss_train))

    def plot(self):
        """Draw the curve."""
        figure = plt.figure(1)
        figure.clf()
        figure.gca().plot(self.loss_train)
        figure.gca().set_title("Train loss / batch")


class AccLossPlot:
    """Loss and accuracy of every epoch."""

    def __init__(self):
        self.loss_train, self.loss_test, self.acc_train, self.acc_test = [], [], [], []

    def update(self, loss_train, loss_test, acc_train, acc_test):
        """Add one epoch's, and draw."""
        for values, value in (
            (self.loss_train, loss_train),
            (self.loss_test, loss_test),
            (self.acc_train, acc_train),
            (self.acc_test, acc_test),
        ):
            values.append(float(value))
        figure = plt.figure(2)
        figure.clf()
        losses, accuracies = figure.subplots(1, 2)
        losses.plot(self.loss_train)
        losses.plot(self.loss_test)
        accuracies.plot(self.acc_train)
        accuracies.plot(self.acc_test)
