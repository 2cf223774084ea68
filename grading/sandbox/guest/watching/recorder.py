"""The recorder: notes what a program builds while its cells run, so that drivers can find it whatever it is called.

A notebook's networks, optimizers, losses, pipelines and pictures have names nobody knows. So while the cells run, a
few doors of the libraries are watched:

- every call of a module: which networks there are, their tensors before training, the images that enter a first
  convolution, the logits that leave (`watch_networks`);
- every optimizer and every loss function (`watch_training`), and what gradients are made of (`watch_gradients`);
- every data set, loader and pipeline; what is absent is stood in for, and long loops over data are cut short
  (`watch_loading`, `watch_stand_ins`, `watch_checkpoints`);
- every picture that is drawn, as the array it was drawn from (`watch_pictures`).

Recording only finds things. It runs in the student's process, so nothing it says is believed: the judge puts fresh
questions to what was found and compares raw numbers on its own side. Whatever goes wrong inside the recorder is
swallowed: the program must run as it would without.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from .checkpoints import CheckpointWatch
from .gradients import GradientWatch
from .loading import LoadingWatch
from .networks import MOST_NETWORKS, WHOLE, NetworkWatch
from .pictures import PictureWatch
from .training import TrainingWatch


class Watch:
    """Everything recorded about one program.

    Args:
        options: the most `batches` a loader yields in one pass and the largest `batch_size`, `train_batches` after
            which a pass that trains ends, `images` in a small stand-in data set, `data_dir` inside the box or None; how
            many parameter tensors make a `whole` network; how many `networks` are told apart; how closely `gradients`
            are watched.
        namespace: the program's variables; read only when a driver asks.
        note: takes one sentence for each data set, picture or file of weights that is stood in for.
    """

    def __init__(
        self, options: Mapping[str, Any], namespace: MutableMapping[str, Any], note: Callable[[str], None]
    ) -> None:
        self.namespace = namespace
        most = int(options.get("networks", MOST_NETWORKS))
        self.networks = NetworkWatch(int(options.get("whole", WHOLE)), most)
        self.loading = LoadingWatch(options, note, self.networks)
        self.training = TrainingWatch(self.networks, self.loading)
        self.gradients = GradientWatch(self.training, depth=int(options.get("gradients", 0)))
        self.pictures = PictureWatch(self.networks)
        self.checkpoints = CheckpointWatch(self.networks, note)
        self._parts = (self.loading, self.networks, self.training, self.gradients, self.pictures, self.checkpoints)

    def install(self) -> None:
        """Watch the doors; from now on everything is recorded."""
        for part in self._parts:
            part.install()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Record nothing inside the block: drivers' own calls are not the program's."""
        for part in self._parts:
            part.active = False
        try:
            yield
        finally:
            for part in self._parts:
                part.active = True


def install(options: Mapping[str, Any], namespace: MutableMapping[str, Any], note: Callable[[str], None]) -> Watch:
    """Start recording in this process, once, before the first cell runs."""
    watch = Watch(options, namespace, note)
    watch.install()
    return watch
