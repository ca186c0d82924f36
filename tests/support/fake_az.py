"""A stand-in for `az` on the PATH of a script under test: notes what it is asked, and answers.

It is a small program of its own, so that the shell hands it exactly what it would hand to az.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """#!{python} -IS
import json, sys
arguments = sys.argv[1:]
with open({log!r}, "a", encoding="utf-8") as log:
    log.write(json.dumps(arguments) + "\\n")
for words, (answer, code) in json.load(open({answers!r}, encoding="utf-8")):
    if arguments[: len(words)] == words:
        print(answer, end="")
        sys.exit(code)
sys.exit("az: nobody told what to answer to " + json.dumps(arguments))
"""


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
    rows: Sequence = [
        (list(words), answer if isinstance(answer, tuple) else (answer, 0))
        for words, answer in answers.items()
    ]
    (folder / "answers.json").write_text(json.dumps(rows), "utf-8")
    program.write_text(
        _PROGRAM.format(python=sys.executable, log=str(log), answers=str(folder / "answers.json")),
        "utf-8",
    )
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
    calls = log.read_text("utf-8").splitlines() if log.exists() else []
    return Ran(done.stdout, done.stderr, done.returncode, [json.loads(line) for line in calls])
