"""Programs under measurement: started, asked for pages, weighed, ended by their ids."""

import contextlib
import http.client
import os
import select
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

READY = "Latchkey is ready: "
PATIENCE_SECONDS = 300.0


class Program:
    """A program in a process group of its own, ended by its id.

    Its lines are read by `line`, or go to `output`: a pipe that nobody reads fills up.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        output: IO[bytes] | None = None,
    ) -> None:
        self._popen = subprocess.Popen(
            [str(each) for each in command],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # select must see every line
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def line(self, start: str, seconds: float = PATIENCE_SECONDS) -> str:
        """The rest of the first line of its output that begins with `start`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not select.select([self._popen.stdout], [], [], until - time.monotonic())[0]:
                break
            line = self._popen.stdout.readline().decode()
            if line.startswith(start):
                return line.removeprefix(start).strip()
            if not line:
                break
        raise RuntimeError(f"{self._popen.args[0]} never said {start!r}")

    def still_there(self) -> None:
        """Raises RuntimeError once it has ended."""
        if self._popen.poll() is not None:
            raise RuntimeError(f"{self._popen.args} ended with {self._popen.returncode}")

    def end(self) -> None:
        """SIGTERM to its group, SIGKILL to what is left."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(5)
                break
        if self._popen.stdout:
            self._popen.stdout.close()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


@dataclass(frozen=True)
class Got:
    """One answer. `cookie` is what a browser would send back."""

    status: int
    body: bytes
    cookie: str
    location: str


def get(url: str, cookie: str = "", *, headers: Mapping[str, str] | None = None) -> Got:
    """GET over a connection of its own; redirects are not followed. Raises OSError."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        # Another program's self-made certificate, on loopback.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=30, context=context
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    with contextlib.closing(connection):
        given = {**(headers or {}), **({"Cookie": cookie} if cookie else {})}
        connection.request(
            "GET", urlsplit(url)._replace(scheme="", netloc="").geturl(), None, given
        )
        answer = connection.getresponse()
        set_cookie = answer.getheader("Set-Cookie") or ""
        return Got(
            answer.status,
            answer.read(),
            set_cookie.partition(";")[0] or cookie,
            answer.getheader("Location") or "",
        )


def until_200(program: Program, url: str) -> str:
    """Ask, again and again, until something answers; follow its redirects to a 200: its address."""
    cookie = ""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        program.still_there()
        try:
            got = get(url, cookie)
        except OSError:
            time.sleep(0.002)
            continue
        cookie = got.cookie
        if got.status == 200:
            return url
        if not 300 <= got.status < 400:
            raise RuntimeError(f"{url} answered {got.status}")
        parts = urlsplit(url)
        where = urlsplit(got.location)
        url = where._replace(
            scheme=where.scheme or parts.scheme, netloc=where.netloc or parts.netloc
        ).geturl()
    raise RuntimeError(f"{url} was never there")


def first_page(program: Program) -> str:
    """From the line it prints to a 200 of home; the launch address."""
    launch = program.line(READY)
    let_in = get(launch)
    home = get(f"{launch.partition('/launch')[0]}/", let_in.cookie)
    if home.status != 200 or b"<h1>" not in home.body:
        raise RuntimeError(f"home answered {home.status}")
    return launch


@dataclass(frozen=True)
class Reached:
    """A program that has shown its first page: after how many milliseconds, and where it is."""

    took_ms: float
    program: Program
    url: str


@contextlib.contextmanager
def reached(spawn: Callable[[], Program], page: Callable[[Program], str]) -> Iterator[Reached]:
    """Time from spawn to `page`, which gives the address; the program ends with the `with`."""
    since = time.perf_counter()
    with spawn() as program:
        url = page(program)
        yield Reached((time.perf_counter() - since) * 1000, program, url)


def memory(pid: int) -> tuple[float, float]:
    """RSS and PSS in MiB of a process and its descendants, as Linux counts them."""
    resident = proportional = 0
    for each in (pid, *_descendants(pid)):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                resident += int(line.split()[1])
            elif line.startswith("Pss:"):
                proportional += int(line.split()[1])
    return resident / 1024, proportional / 1024


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def until_idle(pid: int, seconds: float = 1.0) -> None:
    """Wait until a process has used no processor time for `seconds`."""
    since, before = time.monotonic(), -1
    while time.monotonic() - since < seconds:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        now = int(fields[11]) + int(fields[12])
        if now != before:
            since, before = time.monotonic(), now
        time.sleep(0.05)
