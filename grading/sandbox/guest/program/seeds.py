"""Random numbers of a box: the same for the same seed."""

import random
import sys


def seed_everything(seed: int) -> None:
    """The same seed gives the same program the same random numbers, in every box."""
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % (1 << 32))
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed % (1 << 63))
