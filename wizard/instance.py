"""One Latchkey a data directory: the lock, and the note where the running one is to be found."""

import contextlib
import http.client
import json
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

from wizard.private_file import replace_private

_LOCK_NAME = "latchkey.lock"
_NOTE_NAME = "running.json"
_WAIT_S = 10.0
_POLL_S = 0.05


class DirectoryInUse(Exception):
    """Another process holds the data directory but does not answer. `sentence` says so."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


# No data class: every start makes this class anew, and that takes ten times as long.
class Running:
    """The Latchkey that runs on a data directory. `practice` is the address of its provider."""

    def __init__(self, port: int, pid: int, launch_url: str, practice: str | None = None) -> None:
        self.port = port
        self.pid = pid
        self.launch_url = launch_url
        self.practice = practice

    def __repr__(self) -> str:
        # The launch address holds the token.
        return f"<Latchkey on port {self.port}, process {self.pid}>"


class Instance:
    """This process's claim on a data directory.

    The lock is the operating system's, so that it ends with the process however that ends; the
    note beside it is only believed when whoever it names answers to its launch token.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._lock = data_dir / _LOCK_NAME
        self._note = data_dir / _NOTE_NAME
        self._held: int | None = None

    def claim(self, wait_s: float = _WAIT_S) -> Running | None:
        """None when the directory is ours now; otherwise the Latchkey that has it and answers.

        Two started at once: the second waits up to `wait_s` seconds until the first is ready, or
        ends. Raises DirectoryInUse when neither happens, OSError for a directory that cannot be
        written.
        """
        until = time.monotonic() + wait_s
        while True:
            if self._take_lock():
                # What a killed process left behind.
                self._note.unlink(missing_ok=True)
                return None
            running = self._read_note()
            if running is not None and _answers(running):
                return running
            if time.monotonic() >= until:
                raise DirectoryInUse(_in_use(self._data_dir, running))
            time.sleep(_POLL_S)

    def announce(self, running: Running) -> None:
        """Leave the note for the next one that is started. Raises OSError."""
        note = {
            "port": running.port,
            "pid": running.pid,
            "launch_url": running.launch_url,
            "practice": running.practice,
        }
        # Of a process that is gone it says nothing: it need not outlive it.
        replace_private(self._note, json.dumps(note).encode(), lasting=False)

    def release(self) -> None:
        """Take the note away and let the directory go."""
        if self._held is None:
            return
        with contextlib.suppress(OSError):
            self._note.unlink(missing_ok=True)
        os.close(self._held)
        self._held = None

    def _take_lock(self) -> bool:
        # The file stays: taking it away would let two processes lock two files of one name.
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            taken = _lock_now(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        if taken:
            self._held = descriptor
        else:
            os.close(descriptor)
        return taken

    def _read_note(self) -> Running | None:
        try:
            note = json.loads(self._note.read_bytes())
            url = urlsplit(note["launch_url"])
            running = Running(
                int(note["port"]), int(note["pid"]), url.geturl(), note.get("practice")
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        if (url.scheme, url.netloc) != ("http", f"localhost:{running.port}"):
            return None
        return running


def _in_use(data_dir: Path, running: Running | None) -> str:
    which = f" (process {running.pid})" if running else ""
    return (
        f"Another Latchkey{which} uses {data_dir} but does not answer: end it and start again, or"
        f" name another directory with --data-dir."
    )


def _answers(running: Running) -> bool:
    """Whether the launch address is good: only the Latchkey that printed it sends one on from it.

    Asked without the proxies of the environment, which have no business here.
    """
    url = urlsplit(running.launch_url)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=2)
    try:
        connection.request("GET", f"{url.path}?{url.query}", headers={"Host": url.netloc})
        answer = connection.getresponse()
        return (answer.status, answer.getheader("Location")) == (303, "/")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if os.name == "nt":
    import msvcrt

    def _lock_now(descriptor: int) -> bool:
        """Lock the first byte; False when another process has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock_now(descriptor: int) -> bool:
        """Lock the file; False when another process has it. Raises OSError where none can be."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
