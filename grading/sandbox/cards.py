"""Graphics cards: the device nodes that a program needs to compute on one of them, and on no other."""

from pathlib import Path
from typing import Final

from grading.domain.errors import HouseFault

# Beside the card's own node: the driver's control node, and those of unified memory. None of them names a card; what a
# process may do through them is bound to the cards whose own node it can open.
SHARED: Final = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")


def nodes(index: int | None, folder: Path = Path("/dev")) -> tuple[Path, ...]:
    """The nodes of one card of NVIDIA's; none where no card is meant.

    Args:
        index: as the driver numbers them.
        folder: where device nodes are.

    Raises:
        HouseFault: there is no such card.
    """
    if index is None:
        return ()
    card = folder / f"nvidia{index}"
    if not card.exists():
        raise HouseFault(f"{card} is not there: no such graphics card, or its driver is not loaded")
    return (card, *(node for name in SHARED if (node := folder / name).exists()))
