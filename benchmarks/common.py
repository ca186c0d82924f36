"""What every figure needs: runs that take turns, medians, a place for what is made, a table."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
LEAST_RUNS = 9
Side = TypeVar("Side", str, int)


@dataclass(frozen=True)
class Series:
    """What was measured, one number a run, all in `unit`."""

    values: tuple[float, ...]
    unit: str = "ms"

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The smallest number that 95 of 100 do not exceed (nearest rank)."""
        ordered = sorted(self.values)
        return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]

    def __str__(self) -> str:
        least, most = min(self.values), max(self.values)
        return f"{_short(self.median)} ({_short(least)}–{_short(most)}) {self.unit}"


@dataclass(frozen=True)
class Row:
    """One figure of the table. `value` is judged against `limit`; without a limit it only tells.

    `measured` and `against` are what was seen on both sides, in words; `value` is a ratio (unit
    "×") or a number in `unit`.
    """

    figure: str
    against: str
    measured: str
    value: float
    limit: float | None = None
    unit: str = "×"
    other: str = "–"

    @property
    def reached(self) -> str:
        if self.limit is None:
            return "–"
        return "reached" if self.value <= self.limit else "**missed**"

    @property
    def target(self) -> str:
        return "–" if self.limit is None else f"at most {_amount(self.limit, self.unit)}"

    def as_markdown(self) -> str:
        cells = (
            self.figure,
            self.against,
            self.target,
            self.measured,
            self.other,
            _amount(self.value, self.unit),
            self.reached,
        )
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| figure | measured against | target | Latchkey: median (min–max) "
    "| the other: median (min–max) | result | |\n|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Part:
    """What a module measured: its rows, how it measured them, and lists that belong to it."""

    title: str
    rows: Sequence[Row]
    how: str
    more: str = field(default="")


def ratio(
    figure: str, against: str, ours: Series, theirs: Series, limit: float | None = None
) -> Row:
    """A row that compares the medians of two series of one run."""
    return Row(figure, against, str(ours), ours.median / theirs.median, limit, "×", str(theirs))


def told(figure: str, measured: Series, against: str = "–") -> Row:
    """A row that only tells what was seen."""
    return Row(figure, against, str(measured), measured.median, None, measured.unit)


def _short(number: float) -> str:
    if number >= 100 or float(number).is_integer():
        return f"{number:.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _amount(number: float, unit: str) -> str:
    return f"{number:.2f} ×" if unit == "×" else f"{_short(number)} {unit}".rstrip()


def interleaved(
    runs: int, sides: Mapping[Side, Callable[[], float]], unit: str = "ms", *, warm: int = 1
) -> dict[Side, Series]:
    """Every side once, in turn, `runs` times: A B A B. `warm` rounds before that do not count."""
    seen: dict[Side, list[float]] = {name: [] for name in sides}
    for turn in range(-warm, runs):
        for name, run in sides.items():
            value = run()
            if turn >= 0:
                seen[name].append(value)
    return {name: Series(tuple(values), unit) for name, values in seen.items()}


def timed(call: Callable[[], object]) -> float:
    """Milliseconds that `call` takes."""
    since = time.perf_counter()
    call()
    return (time.perf_counter() - since) * 1000


def run(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run to the end, its output kept from the table. Raises with its last words if it fails."""
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def environment(**more: str) -> dict[str, str]:
    """Ours without what would change a program under measurement; no keyring of this computer."""
    unwanted = ("LATCHKEY_", "FLASK_", "PYTHON", "COVERAGE", "VIRTUAL_ENV", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**kept, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **more}


class Place:
    """A folder for everything a run makes: environments, data. Environments are made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = iter(range(10_000))

    def fresh(self, name: str) -> Path:
        """A new empty folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-{next(self._numbers)}-", dir=self.folder))

    def kept(self, name: str) -> Path:
        """A folder that is the same for the whole run."""
        where = self.folder / f"kept-{name}"
        where.mkdir(exist_ok=True)
        return where

    def python_with(self, name: str, *what: str) -> Path:
        """The Python of an environment with only this in it, its bytecode compiled."""
        where = self.folder / f"env-{name}"
        python = where / "bin" / "python"
        if not (where / "made").exists():
            run([sys.executable, "-m", "venv", "--clear", where], self.folder)
            pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([*pip, *what], self.folder, environment())
            (where / "made").touch()
        return python

    def latchkey_python(self) -> Path:
        """An environment with requirements.txt and nothing else; Latchkey's modules compiled."""
        python = self.python_with("latchkey", "-r", str(ROOT / "requirements.txt"))
        run([python, "-m", "compileall", "-q", "wizard", "app.py"], ROOT)
        return python
