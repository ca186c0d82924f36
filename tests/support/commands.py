"""`python app.py ...` run to its end: as a program of its own, or by its `main` in this process.

A start costs as much as what most of these commands do; what they write is the same either way.
"""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from wizard.command import main

ROOT = Path(__file__).parents[2]
APP = str(ROOT / "app.py")


@dataclass
class Ended:
    """How a run ended and what it wrote."""

    code: int
    out: str
    err: str


def run_program(
    arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], encoding: str = "utf-8"
) -> Ended:
    """A process of its own, with nothing on standard input."""
    done = subprocess.run(
        [sys.executable, APP, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**environment, "PYTHONIOENCODING": encoding, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=cwd,
        timeout=120,
        encoding=encoding,
    )
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


def run_here(
    arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], encoding: str = "utf-8"
) -> Ended:
    """The same in this process; an exception that nobody catches is the test's."""
    out, err = _Written(encoding, "strict"), _Written(encoding, "backslashreplace")
    with (
        chdir(cwd),
        _signals_kept(),
        mock.patch.dict(os.environ, environment, clear=True),
        Path(os.devnull).open(encoding="utf-8") as nothing,
        mock.patch.object(sys, "stdin", nothing),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int)
    return Ended(code, out.text, err.text)


@contextmanager
def _signals_kept() -> Iterator[None]:
    """A start has SIGTERM end the process tidily; that process is ours here."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Written(io.TextIOWrapper):
    """Standard output or error with the encoding of a terminal, and what was written to it."""

    def __init__(self, encoding: str, errors: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")
        self._encoding = encoding

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self._encoding)
