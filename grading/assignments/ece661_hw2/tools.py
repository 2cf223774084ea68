"""What the course hands out beside the notebooks, laid beside each: `tools.dataset`, `tools.dataloader`."""

from pathlib import Path

SUPPORT = Path(__file__).parent / "support"
FILES = {
    "tools/__init__.py": b"",
    **{f"tools/{name}": (SUPPORT / name).read_bytes() for name in ("dataset.py", "dataloader.py")},
}
OPTIONS = {"epochs": 2, "batches": 3, "batch_size": 4, "train_batches": 2, "whole": 8, "networks": 16, "gradients": 1}
APART = {**OPTIONS, "gradients": 2}
"""The same, and what the gradients are made of is noted."""
