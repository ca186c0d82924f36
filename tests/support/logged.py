"""What is logged during a test. Pytest's own plugin for that sets itself up three times a test, and
few ask for it: pyproject.toml leaves it out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Logged(logging.Handler):
    """Every record, whatever its level, and `text` as a log file would have it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def text(self) -> str:
        """The records with their traces."""
        return "\n".join(map(self.format, self.records))


@contextmanager
def listening() -> Iterator[Logged]:
    """All that is logged in this process meanwhile."""
    root, heard = logging.getLogger(), Logged()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(heard)
