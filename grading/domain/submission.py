"""What was submitted: immutable bytes, named by hash."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """One file, as submitted.

    Attributes:
        name: relative POSIX path, already checked for safety (no `..`, not absolute, no control characters).
        content: the bytes.
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """The files submitted together, ordered by name."""

    files: tuple[SubmittedFile, ...]

    @property
    def sha256(self) -> str:
        """Digest of names and contents; two submissions of the same files have the same one."""
        digest = hashlib.sha256()
        for file in sorted(self.files, key=lambda f: f.name):
            name = file.name.encode()
            digest.update(len(name).to_bytes(8, "big") + name)
            digest.update(len(file.content).to_bytes(8, "big") + file.content)
        return digest.hexdigest()
