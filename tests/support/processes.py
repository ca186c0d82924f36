"""Programs that tests start, talk to by their standard output, and end by their id."""

import contextlib
import os
import queue
import random
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_ENDED = None


class Process:
    """One started program. Its lines on standard output are waited for, never slept for.

    `log` receives standard error, and is quoted when something goes wrong.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
    ):
        self.log = log
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        with log.open("a", encoding="utf-8") as errors:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=env,
                cwd=cwd,
                text=True,
                encoding="utf-8",
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._popen.stdin.write(stdin)
                self._popen.stdin.close()

    def _read(self) -> None:
        for line in self._popen.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(_ENDED)

    def wait_for_line(self, start: str, timeout: float = 30.0) -> str:
        """The rest of the first line that begins with `start`; `timeout` in seconds a line."""
        while True:
            try:
                line = self._queue.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError(self._story(f"no line {start!r} in {timeout} s")) from None
            if line is _ENDED:
                raise AssertionError(self._story(f"it ended before a line {start!r}"))
            self.lines.append(line)
            if line.startswith(start):
                return line.removeprefix(start).strip()

    def _story(self, what: str) -> str:
        errors = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        return "\n".join([what, *self.lines, errors])

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def wait(self, timeout: float = 15.0) -> int:
        """The exit code, once the program has ended by itself."""
        # Its standard output ends with it, at once; to ask for a code is to look every 50 ms.
        until = time.monotonic() + timeout
        self._reader.join(timeout)
        code = self._popen.wait(max(0.0, until - time.monotonic()))
        self._close()
        return code

    def kill(self) -> None:
        """SIGKILL: nothing of the program's own runs any more."""
        self._popen.kill()
        self.wait()

    def stop(self) -> int:
        """Ask the program to end, then make it."""
        self._popen.terminate()
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(self._story("it did not end when asked to")) from None

    def _close(self) -> None:
        self._reader.join(timeout=5)
        self._popen.stdout.close()


# Workers that run tests side by side do not take each other's ports.
_FIRST_PORT = 20_000 + 1000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 10)


def free_port_pair() -> int:
    """A port P with P and P + 1 free on loopback: Latchkey's own and the practice provider's.

    Below the range from which systems hand out ports of their own, so that no outgoing
    connection takes one of them in between.
    """
    for _ in range(200):
        port = random.randrange(_FIRST_PORT, _FIRST_PORT + 1000, 2)
        if all(_is_free(host, p) for p in (port, port + 1) for host in ("127.0.0.1", "::1")):
            return port
    raise AssertionError("no two free ports in a row on loopback")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((host, port))
    except OSError as error:
        # A machine without IPv6 has nothing there that could be in use.
        return family == socket.AF_INET6 and error.errno in _NO_IPV6
    return True


_NO_IPV6 = {97, 99, 47, 49, 10047, 10049}  # EAFNOSUPPORT, EADDRNOTAVAIL: Linux, macOS, Windows
