"""Files that only their owner may read, written whole or not at all."""

import contextlib
import os
from pathlib import Path


def replace_private(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Put `content` in the place of `path`, mode 0600, at once. Raises OSError.

    What is `lasting` is on the disk when this returns, and outlives a power cut.
    """
    beside = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    # The mode is there from the first moment, and a link somebody put there is not followed.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    os.replace(beside, path)


def private_directory(path: Path) -> None:
    """Make the directory, mode 0700, unless it is there already. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
