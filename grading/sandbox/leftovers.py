"""A sandbox's folder for short-lived files, and what becomes of it when its owner is killed."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PREFIX: Final = "chainrule-warden-"
# A folder is made a moment before it is locked.
YOUNG_S: Final = 60.0


class OwnFolder:
    """A new folder below the system's temporary ones, locked for as long as its owner or a child of it lives.

    Attributes:
        path: of the folder; others may pass through it, not list it.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # A box of the tier without namespaces has another uid, and must reach its own folder below.
        self.path.chmod(0o711)
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove it with what is in it; a second call does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def tidy(older_than_s: float = YOUNG_S, below: Path | None = None) -> int:
    """Remove the folders of sandboxes that were killed; how many there were.

    Args:
        older_than_s: younger ones are left alone.
        below: where they lie; None: among the system's temporary files.
    """
    removed = 0
    for folder in (below or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        # Another sandbox may tidy up at the same time; a folder of somebody else's cannot be opened.
        with contextlib.suppress(OSError), _locked(folder) as stat:
            if stat.st_uid == os.geteuid() and stat.st_mtime <= time.time() - older_than_s:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[os.stat_result]:
    """Its status, while the lock is ours; OSError where somebody else has it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield os.fstat(descriptor)
    finally:
        os.close(descriptor)
