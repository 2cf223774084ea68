"""CIFAR-10 as the course's older tools give it, from the service's own store: `train` or validation."""

import torchvision


class CIFAR10(torchvision.datasets.CIFAR10):
    """Pictures and labels; `root` and `download` are taken and not used."""

    def __init__(self, root="./data", train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, train=train, transform=transform, target_transform=target_transform)
