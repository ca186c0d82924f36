"""A print of Latchkey's own code and guides: it changes whenever one of their files does."""

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def own_print() -> str:
    """Sixteen hexadecimal digits, by the names, sizes and times of change of the files.

    They are looked at once in a process, for what it has loaded stays as it was.
    """
    return print_of(_FOLDER)


def print_of(folder: Path) -> str:
    """The print of the code and guides in `folder` and below it."""
    seen = "\n".join(sorted(_files(str(folder), "")))
    return hashlib.sha256(seen.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _files(folder: str, within: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".toml")):
                state = entry.stat()
                yield f"{within}{entry.name} {state.st_size} {state.st_mtime_ns}"
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _files(entry.path, f"{within}{entry.name}/")
