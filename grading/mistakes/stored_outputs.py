"""How trainings and pictures go wrong that a notebook stores: seen in the outputs under its cells, never run again."""

from grading.mistakes import KnownMistake

_AGAIN = "Run the notebook from the top with the settings as handed out, and save it with its outputs."
_PICTURES = "Run Task 6 after a training, and save the notebook with its pictures."

COPIED_HISTORY = KnownMistake("copied-history", "Two trainings cannot print the same numbers.", _AGAIN)
STOPPED_EARLY = KnownMistake("stopped-early", "The training stopped before its tenth epoch.", _AGAIN)
NO_PROGRESS = KnownMistake("no-progress", "The loss does not fall.", _AGAIN)
ANOTHER_OPTIMIZERS_HISTORY = KnownMistake(
    "another-optimizers-history", "The loss falls as with another optimizer.", _AGAIN
)
NOT_THE_TINY_RATE = KnownMistake("not-the-tiny-rate", "The loss moves, which it cannot at this rate.", _AGAIN)
NOT_THE_HUGE_RATE = KnownMistake("not-the-huge-rate", "The loss falls steadily, which it cannot at this rate.", _AGAIN)
NOT_ZERO_WEIGHTS = KnownMistake("not-zero-weights", "The loss moves, which it cannot where all weights are 0.", _AGAIN)
OTHER_SETTINGS = KnownMistake("other-settings", "No training of the notebook has these settings.", _AGAIN)

ANOTHER_SPLIT = KnownMistake(
    "another-split", "The data is split in another way.", "Load all 2,527 pictures, and split them as handed out."
)

CAM_WITHOUT_PICTURES = KnownMistake("cam-without-pictures", "The pictures of Task 6 are missing.", _PICTURES)
CAM_BLANK = KnownMistake("cam-blank", "A picture of Task 6 shows nothing.", _PICTURES)
CAM_OF_ANOTHER_NETWORK = KnownMistake(
    "cam-of-another-network", "The layer belongs to another network than the one that is explained.", _PICTURES
)
CAM_AT_AN_EARLY_LAYER = KnownMistake(
    "cam-at-an-early-layer", "The explanation is not of the last convolution.", _PICTURES
)
CAM_OF_A_BLIND_NETWORK = KnownMistake(
    "cam-of-a-blind-network", "The network that is explained has learned nothing.", _PICTURES
)
