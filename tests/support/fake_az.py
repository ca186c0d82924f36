"""A stand-in for `az` on the PATH of a script under test: notes what it is asked, and answers.

It is a small program of its own, so that the shell hands it exactly what it would hand to az.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

# Every call: how many arguments, then each of them; all end with a NUL, which no argument can hold.
_PROGRAM = """#!/bin/sh
printf '%d\\0' "$#" >> {log}
[ "$#" -eq 0 ] || printf '%s\\0' "$@" >> {log}
{answers}
echo "az: nobody told what to answer to $*" >&2
exit 1
"""


def _answer(words: Sequence[str], answer: str, code: int) -> str:
    """The lines of the program that answer what begins with `words`."""
    same = [f'[ "${{{n}-}}" = {quote(word)} ]' for n, word in enumerate(words, 1)]
    return f"if {' && '.join(same)}; then printf %s {quote(answer)}; exit {code}; fi"


def _calls(log: Path) -> list[list[str]]:
    parts = iter(log.read_text("utf-8").split("\0")[:-1] if log.exists() else [])
    return [[next(parts) for _ in range(int(count))] for count in parts]


@dataclass(frozen=True)
class Ran:
    """What a script printed, how it ended, and every call of `az` it made."""

    output: str
    errors: str
    code: int
    calls: list[list[str]]

    def call(self, *words: str) -> list[str]:
        """The one call that begins with these words."""
        found = [call for call in self.calls if call[: len(words)] == list(words)]
        assert len(found) == 1, f"{len(found)} calls of az {' '.join(words)}: {self.calls}"
        return found[0]


def run_bash(
    script: str, folder: Path, answers: Mapping[tuple[str, ...], str | tuple[str, int]]
) -> Ran:
    """Run `script` in bash; `answers` are what az prints, by the first words it is asked with."""
    folder.mkdir(exist_ok=True)
    log, program = folder / "calls.jsonl", folder / "az"
    answering = [
        _answer(words, *(answer if isinstance(answer, tuple) else (answer, 0)))
        for words, answer in answers.items()
    ]
    text = _PROGRAM.format(log=quote(str(log)), answers="\n".join(answering))
    program.write_text(text, "utf-8")
    program.chmod(0o755)
    log.unlink(missing_ok=True)
    # As it is pasted: from standard input, so that no file name and no quoting of ours is between.
    done = subprocess.run(
        ["bash"],
        input=script + "\n",
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        timeout=60,
    )
    return Ran(done.stdout, done.stderr, done.returncode, _calls(log))
