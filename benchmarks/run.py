"""Measure every figure and write RESULTS.md.

    python -m benchmarks.run [PART ...] [--runs 9] [--folder DIR]

Without parts everything is measured and benchmarks/RESULTS.md written; with some, only those are
measured, and printed. `--folder` keeps the environments that are made, for the next time. It runs
on Linux, and with requirements-dev.txt.
"""

import argparse
import contextlib
import importlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine
from benchmarks.common import HEAD, LEAST_RUNS, ROOT, Part, Place
from tests.support.tools import find

PARTS = ("start", "memory", "pages", "online", "live", "callback", "weight", "actions", "fresh")
RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="benchmarks.run")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--runs", type=int, default=LEAST_RUNS)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    about = machine.words(find("chromium"))
    with contextlib.ExitStack() as stack:
        folder = options.folder
        if folder is None:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-bench-"))
            )
        folder.mkdir(parents=True, exist_ok=True)
        place = Place(folder.absolute())
        wanted = list(options.parts or PARTS)
        parts: list[Part] = []
        while wanted:
            parts.append(measured(wanted.pop(0), options.runs, place))
            if not options.parts:
                # After each: whoever stops it keeps what was measured.
                text = as_markdown(about, options.runs, parts, wanted)
                RESULTS.write_text(text, encoding="utf-8")
    if options.parts:
        print(as_markdown(about, options.runs, parts))
    else:
        print(f"Written: {RESULTS}", file=sys.stderr)
    return 0


def measured(name: str, runs: int, place: Place) -> Part:
    """One part, from its module."""
    since = time.monotonic()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    part = importlib.import_module(f"benchmarks.{name}").measure(runs, place)
    print(f"{time.monotonic() - since:.0f} s", file=sys.stderr, flush=True)
    return part


def as_markdown(
    about: list[tuple[str, str]], runs: int, parts: list[Part], missing: Sequence[str] = ()
) -> str:
    """The whole of RESULTS.md; `missing` are the parts that were not measured."""
    rows = [row for part in parts for row in part.rows]
    judged = [row for row in rows if row.limit is not None]
    missed = sum(row.value > row.limit for row in judged)
    head = [
        "# How fast, how light",
        "",
        "Written by `python -m benchmarks.run`; not by hand. Both sides of a row were measured in"
        f" the same run, turn and turn about, {runs} times each; medians are compared.",
        "",
        *(f"- {what}: {value}" for what, value in about),
        "",
        f"{len(judged) - missed} of {len(judged)} targets reached. MISSED.md says why not all.",
        *(["", f"Not measured in this run: {', '.join(missing)}."] if missing else []),
        "",
        HEAD,
        *(row.as_markdown() for row in rows),
        "",
    ]
    told = [
        line
        for part in parts
        for line in (f"## {part.title}", "", part.how, "", *([part.more, ""] if part.more else []))
    ]
    return "\n".join([*head, *told]).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
