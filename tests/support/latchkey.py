"""Latchkey as its user has it: `python app.py`, a process of its own on a port of its own."""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.processes import Process, free_port_pair
from wizard import compiled_templates

ROOT = Path(__file__).parents[2]
READY = "Latchkey is ready: "
PRACTICE = "Practice identity provider: "

# In a file, or none at all: neither depends on the desktop the tests run on.
KEYRINGS = {
    "file": "keyrings.alt.file.PlaintextKeyring",
    "none": "keyring.backends.fail.Keyring",
}

# Templates compiled by any Latchkey of this process: to compile them takes longer than the rest
# of a start, and every test has a data directory of its own.
_COMPILED = tempfile.TemporaryDirectory(prefix="latchkey-templates-")


class Latchkey:
    """The running wizard, with its data in `folder`; killed and started again at will.

    `keyring` is "file" (kept in `folder` too) or "none". `port` belongs to it for good, as it
    does for a user; the practice provider has the next one.
    """

    launch_url: str
    practice: str | None = None

    def __init__(self, folder: Path, *, keyring: str = "file", practice: bool = False):
        self.folder = folder
        self.data_dir = folder / "data"
        self.log = folder / "stderr.log"
        self.port = free_port_pair()
        self.base = f"http://localhost:{self.port}"
        self.callback = f"{self.base}/callback"
        self._with_practice = practice
        self._environment = _environment(folder, keyring)
        self._process: Process | None = None

    def command(self, *arguments: str) -> list[str]:
        """The command line, for those who start it their own way."""
        return [sys.executable, str(ROOT / "app.py"), *arguments]

    def start(self) -> "Latchkey":
        """Start it and wait until it says that it is ready."""
        self._bring_templates(Path(_COMPILED.name), self.data_dir)
        arguments = ["--port", str(self.port), "--no-browser", "--data-dir", str(self.data_dir)]
        if self._with_practice:
            arguments.append("--practice")
        self._process = Process(
            self.command(*arguments), log=self.log, env=self._environment, cwd=self.folder
        )
        self.launch_url = self._process.wait_for_line(READY)
        if self._with_practice:
            self.practice = self._process.wait_for_line(PRACTICE)
        return self

    def kill(self) -> None:
        """SIGKILL, as a power cut is."""
        self._process.kill()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        return self._process.stop()

    def restart(self) -> "Latchkey":
        """Kill it and start it again on the same data and the same port."""
        self.kill()
        return self.start()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    @property
    def output(self) -> list[str]:
        """The lines of standard output read so far."""
        return self._process.lines

    @property
    def errors(self) -> str:
        """All of standard error, over every start."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def launch_token(self) -> str:
        return urlsplit(self.launch_url).query.removeprefix("t=")

    def __enter__(self) -> "Latchkey":
        with contextlib.ExitStack() as stack:
            stack.callback(self.__exit__)
            self.start()
            stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.running:
            self.kill()
        self._bring_templates(self.data_dir, Path(_COMPILED.name))

    def _bring_templates(self, source: Path, target: Path) -> None:
        """Copy what was compiled and is not there yet."""
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (compiled_templates.FOLDER, compiled_templates.PRACTICE):
            (target / folder).mkdir(mode=0o700, exist_ok=True)
            for file in source.glob(f"{folder}/*.cache"):
                if not (there := target / folder / file.name).exists():
                    shutil.copy(file, there)


def _environment(folder: Path, keyring: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LATCHKEY_")}
    return {
        **kept,
        "PYTHON_KEYRING_BACKEND": KEYRINGS[keyring],
        # Where the file keyring keeps its file: on Linux and macOS, on Windows.
        "XDG_DATA_HOME": str(folder / "keyring"),
        "LOCALAPPDATA": str(folder / "keyring"),
    }
