"""From a fresh clone to the first page by `make run`, wheels cached and not."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import ROOT, Part, Place, environment, interleaved, ratio, run, timed
from benchmarks.running import Program, first_page, reached
from tests.support.processes import free_port_pair

HOW = """\
`make run` in a clone of what is committed, from its start to a 200 of home; against `python -m
venv` and `pip install flask` in an empty folder, the making of the environment included on both
sides, with the same Python. Cached: pip's cache holds what either side needs. Uncached: pip begins
with an empty cache each time, and fetches from wherever pip is set up to fetch from here. The
clone itself is made before the clock runs."""


def measure(runs: int, place: Place) -> Part:
    """The rows of a fresh clone."""
    cached = place.kept("pip-cache")
    rows = []
    for words, cache in (("cached", lambda: cached), ("uncached", lambda: place.fresh("pip"))):
        seen = interleaved(
            runs,
            {"ours": _one(place, cache, _ours), "flask": _one(place, cache, _flask)},
            "s",
            warm=1 if words == "cached" else 0,
        )
        figure = f"fresh clone to first page by make run, wheels {words}"
        against = "venv and pip install flask, new environment"
        rows.append(ratio(figure, against, seen["ours"], seen["flask"], 3.0))
    return Part("Fresh clone to first page", rows, HOW)


def _one(
    place: Place, cache: Callable[[], Path], side: Callable[[Path, dict[str, str]], float]
) -> Callable[[], float]:
    def once() -> float:
        folder, wheels = place.fresh("clone"), cache()
        try:
            return side(folder, environment(PIP_CACHE_DIR=str(wheels)))
        finally:
            shutil.rmtree(folder)
            if wheels.name.startswith("pip-"):  # an empty one, made for this time
                shutil.rmtree(wheels)

    return once


def _ours(folder: Path, env: dict[str, str]) -> float:
    """Seconds of `make run`, up to home."""
    clone = folder / "latchkey"
    run(["git", "clone", "--quiet", ROOT, clone], folder)
    options = f"--no-browser --port {free_port_pair()} --data-dir {folder / 'data'}"
    command = ["make", "run", f"PYTHON={_python()}", f"ARGS={options}"]
    with reached(lambda: Program(command, cwd=clone, env=env), first_page) as it:
        return it.took_ms / 1000


def _flask(folder: Path, env: dict[str, str]) -> float:
    """Seconds of an environment with Flask."""

    def install() -> None:
        run([_python(), "-m", "venv", folder / "env"], folder, env)
        pip = [folder / "env" / "bin" / "python", "-m", "pip", "install", "--quiet"]
        run([*pip, "--disable-pip-version-check", "flask"], folder, env)

    return timed(install) / 1000


def _python() -> str:
    """The Python that ours was made with, so that no environment is nested in another."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
