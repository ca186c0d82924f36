"""The command: one line when ready, one Latchkey a data directory, a sentence when it cannot."""

import http.client
import json
import os
import queue
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import commands
from tests.support.processes import free_port_pair
from wizard import serve, store_file
from wizard.instance import DirectoryInUse, Instance, Running
from wizard.open_browser import BrowserPage
from wizard.store import Store

ROOT = Path(__file__).resolve().parent.parent
APP = [sys.executable, str(ROOT / "app.py")]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and mode bits of POSIX systems")

QUIET = {
    **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "BROWSER")},
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}


class Started:
    """`python app.py` with `arguments`; what it writes is read as it comes."""

    def __init__(self, *arguments: str, environment=None, browser: bool = False):
        given = [*arguments] if browser else ["--no-browser", *arguments]
        self.process = subprocess.Popen(
            [*APP, *given],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**QUIET, **(environment or {})},
        )

    def line(self) -> str:
        """The next line of standard output; what went wrong when there is none."""
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        return line.rstrip("\n")

    def ended(self) -> tuple[int, str, str]:
        """Exit code and the rest of both outputs, once it has ended by itself."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str, str]:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.ended()


@pytest.fixture
def start():
    """Starts commands, and ends those still running when the test is over."""
    started = []

    def one(*arguments: str, **rest) -> Started:
        started.append(Started(*arguments, **rest))
        return started[-1]

    yield one
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


@pytest.fixture
def port():
    return free_port_pair()


@dataclass
class Ready:
    """One that runs, with the practice provider; what it said and where its data is."""

    pid: int
    port: int
    data_dir: Path
    lines: list[str]

    @property
    def address(self) -> str:
        return self.lines[0].removeprefix("Latchkey is ready: ")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """For what can be seen from outside and leaves it as it was."""
    own_port, data_dir = free_port_pair(), tmp_path_factory.mktemp("ready") / "data"
    latchkey = Started("--port", str(own_port), "--data-dir", str(data_dir), "--practice")
    try:
        yield Ready(latchkey.process.pid, own_port, data_dir, [latchkey.line(), latchkey.line()])
        assert latchkey.end() == (0, "", "")
    finally:
        latchkey.process.kill()
        latchkey.process.communicate()


def asked(address: str, host: str = "127.0.0.1", cookie: str = "") -> tuple[int, str, str]:
    """Status, location and cookie of a GET at `address`, sent to `host`."""
    url = urlsplit(address)
    path = url.path + (f"?{url.query}" if url.query else "")
    with closing(http.client.HTTPConnection(host, url.port, timeout=30)) as connection:
        headers = {"Host": url.netloc} | ({"Cookie": cookie} if cookie else {})
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return (
            answer.status,
            answer.getheader("Location", ""),
            answer.getheader("Set-Cookie", "").split(";")[0],
        )


# --- ready


def test_the_ready_line_is_the_only_output_and_its_address_lets_in(start, port, tmp_path):
    latchkey = start("--port", str(port), "--data-dir", str(tmp_path / "new" / "data"))
    line = latchkey.line()
    address = line.removeprefix("Latchkey is ready: ")
    assert line == f"Latchkey is ready: http://localhost:{port}/launch?t={address.split('t=')[1]}"
    assert len(address.split("t=")[1]) >= 43  # 256 bits in base64url
    status, location, cookie = asked(address)
    assert (status, location) == (303, "/")
    assert asked(f"http://localhost:{port}/", cookie=cookie)[0] == 200
    assert asked(f"http://localhost:{port}/")[0] == 403
    # It works until the process ends.
    assert asked(address)[:2] == (303, "/")
    code, out, err = latchkey.end()
    assert (code, out, err) == (0, "", "")


def test_it_answers_on_both_loopback_addresses(ready):
    assert asked(ready.address, "127.0.0.1")[0] == 303
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return
    assert asked(ready.address, "::1")[0] == 303


@POSIX
def test_ctrl_c_ends_it_quietly_and_leaves_no_address_behind(start, port, tmp_path):
    latchkey = start("--port", str(port), "--data-dir", str(tmp_path))
    latchkey.line()
    assert (tmp_path / "running.json").exists()
    assert latchkey.end(signal.SIGINT) == (0, "", "")
    assert not (tmp_path / "running.json").exists()


@POSIX
def test_only_the_owner_may_read_what_it_writes(ready):
    asked(ready.address)  # pages are compiled, and that is kept
    assert stat.S_IMODE(ready.data_dir.stat().st_mode) == 0o700
    kept = list(ready.data_dir.rglob("*"))
    assert {"latchkey.sqlite3", "latchkey.lock", "running.json"} <= {path.name for path in kept}
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_practice_has_the_next_port_and_a_line_of_its_own(ready):
    practice = f"http://localhost:{ready.port + 1}/"
    assert ready.lines[1] == f"Practice identity provider: {practice}"
    status, _, _ = asked(f"{practice}.well-known/openid-configuration")
    assert status in (200, 404)  # it is there and it answers; its own tests say where what is


# --- the browser


class Browser:
    """A program that writes down what it was given, and what that file said and allowed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._heard, self._said = folder / "heard", folder / "said"
        os.mkfifo(self._heard)
        self.script = script(
            folder / name,
            'file="${1#file://}"',
            f'ls -l "$file" | cut -c1-10 > {self._said}',
            f'cat "$file" >> {self._said}',
            f'echo "$1" > {self._heard}',
        )

    def wait(self) -> tuple[str, str]:
        """The address it was given, and what it saw there."""
        return self._heard.read_text().strip(), self._said.read_text()


def script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o700)
    return path


@POSIX
def test_the_browser_is_sent_by_a_private_file_so_the_token_is_on_no_command_line(
    start, port, tmp_path
):
    browser = Browser(tmp_path, "browser")
    data_dir = tmp_path / "data"
    latchkey = start(
        "--port",
        str(port),
        "--data-dir",
        str(data_dir),
        environment={"BROWSER": f"{browser.script} %s"},
        browser=True,
    )
    address = latchkey.line().removeprefix("Latchkey is ready: ")
    given, page = browser.wait()
    assert address.split("t=")[1] not in given
    assert page.startswith("-rw-------")
    assert f'content="0;url={address}"' in page
    file = Path(given.removeprefix("file://"))
    assert file.parent == data_dir
    assert latchkey.end() == (0, "", "")
    assert not file.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="snaps are a Linux matter")
def test_a_browser_that_is_a_snap_gets_the_file_where_it_may_read(tmp_path, monkeypatch):
    common = tmp_path / "home" / "snap" / "firefox" / "common"
    common.mkdir(parents=True)
    browser = Browser(tmp_path, "xdg-open")
    script(tmp_path / "xdg-settings", "echo firefox_firefox.desktop")
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setenv("DISPLAY", ":none")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    shown = BrowserPage(tmp_path)
    assert shown.open("http://localhost:1/launch?t=x")
    given, page = browser.wait()
    assert Path(given.removeprefix("file://")).parent == common
    assert page.startswith("-rw-------")
    shown.wait(30)
    shown.remove()
    assert list(common.iterdir()) == []


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="there is always a screen there")
def test_without_a_screen_it_says_to_open_the_address(ready):
    told = ended("--port", str(ready.port), "--data-dir", str(ready.data_dir), browser=True)
    assert told.code == 0
    assert told.err == (
        "No browser could be opened here: open the address above in one on this computer.\n"
    )


# --- started twice


def test_started_again_it_prints_the_same_lines_and_ends_while_the_first_goes_on(ready):
    again = ended("--port", str(ready.port + 7), "--data-dir", str(ready.data_dir))
    assert again == commands.Ended(
        0,
        "".join(f"{line}\n" for line in ready.lines),
        f"Latchkey runs already, on port {ready.port}: end it first to use another port.\n",
    )
    assert asked(ready.address)[0] == 303


@POSIX
def test_started_again_it_opens_the_running_one_in_the_browser(start, ready, tmp_path):
    browser = Browser(tmp_path, "browser")
    second = start(
        "--port",
        str(ready.port),
        "--data-dir",
        str(ready.data_dir),
        environment={"BROWSER": f"{browser.script} %s"},
        browser=True,
    )
    _, page = browser.wait()
    assert f'content="0;url={ready.address}"' in page
    assert second.ended() == (0, "".join(f"{line}\n" for line in ready.lines), "")


def test_two_started_at_once_end_up_with_one_latchkey(start, port, tmp_path):
    both = [start("--port", str(port), "--data-dir", str(tmp_path)) for _ in range(2)]
    lines = [one.line() for one in both]
    assert lines[0] == lines[1]
    # The first to end is the second; the other goes on.
    ends = queue.SimpleQueue()
    for one in both:
        threading.Thread(target=lambda one=one: ends.put((one.process.wait(), one))).start()
    code, ended = ends.get(timeout=60)
    assert code == 0
    (left,) = [one for one in both if one is not ended]
    assert asked(lines[0].removeprefix("Latchkey is ready: "))[0] == 303
    assert left.end() == (0, "", "")


@POSIX
def test_after_a_kill_it_starts_again_on_the_same_port_with_a_new_token(start, port, tmp_path):
    first = start("--port", str(port), "--data-dir", str(tmp_path))
    before = first.line()
    first.end(signal.SIGKILL)
    assert (tmp_path / "running.json").exists()
    again = start("--port", str(port), "--data-dir", str(tmp_path)).line()
    assert again != before
    assert asked(again.removeprefix("Latchkey is ready: "))[0] == 303
    assert asked(before.removeprefix("Latchkey is ready: "))[0] == 403


def test_two_data_directories_are_two_latchkeys(start, ready, port, tmp_path):
    other = start("--port", str(port), "--data-dir", str(tmp_path)).line()
    assert other != ready.lines[0]
    for address in (other.removeprefix("Latchkey is ready: "), ready.address):
        assert asked(address)[0] == 303


# --- the claim itself, without the command


NOTES = {
    "nothing": None,
    "not JSON": b"{",
    "not an object": b"[]",
    "another shape": b'{"port": {}}',
    "another host": b'{"port": 1, "pid": 1, "launch_url": "http://evil.example:1/launch?t=x"}',
    "nobody there": b'{"port": 1, "pid": 1, "launch_url": "http://localhost:1/launch?t=x"}',
}


@pytest.mark.parametrize("note", NOTES)
def test_a_directory_that_is_held_by_one_that_does_not_answer_is_told(tmp_path, note):
    holder, late = Instance(tmp_path), Instance(tmp_path)
    assert holder.claim() is None
    if NOTES[note] is not None:
        (tmp_path / "running.json").write_bytes(NOTES[note])
    with pytest.raises(DirectoryInUse) as told:
        late.claim(wait_s=0.1)
    process = " (process 1)" if note == "nobody there" else ""
    assert told.value.sentence == (
        f"Another Latchkey{process} uses {tmp_path} but does not answer: end it and start again,"
        " or name another directory with --data-dir."
    )
    holder.release()
    assert late.claim(wait_s=0) is None
    late.release()


def test_a_note_left_behind_is_taken_away_with_the_claim(tmp_path):
    (tmp_path / "running.json").write_bytes(NOTES["nobody there"])
    instance = Instance(tmp_path)
    assert instance.claim() is None
    assert not (tmp_path / "running.json").exists()
    instance.release()


def test_one_that_waits_takes_over_when_the_first_ends(tmp_path):
    first, second = Instance(tmp_path), Instance(tmp_path)
    assert first.claim() is None
    got = []
    waiting = threading.Thread(target=lambda: got.append(second.claim(wait_s=30)))
    waiting.start()
    first.release()
    waiting.join(30)
    assert got == [None]
    second.release()


def test_the_launch_address_is_not_in_a_repr():
    assert "secret" not in repr(Running(1, 2, "http://localhost:1/launch?t=secret"))


# --- it cannot start


def ended(
    *arguments: str, environment=None, browser: bool = False, program: bool = False
) -> commands.Ended:
    """What comes of a start that ends by itself: in this process, or in one of its own."""
    run = commands.run_program if program else commands.run_here
    given = [*arguments] if browser else ["--no-browser", *arguments]
    return run(given, cwd=ROOT, environment={**QUIET, **(environment or {})})


def said(*arguments: str, environment=None, program: bool = False) -> str:
    """What a start that fails says: one line, exit code 2, nothing on standard output."""
    told = ended(*arguments, environment=environment, program=program)
    assert (told.code, told.out) == (2, "")
    assert told.err.count("\n") == 1, told.err
    return told.err.rstrip("\n")


def test_a_taken_port_is_named_with_the_way_out(port, tmp_path):
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            other = socket.create_server((host, port), family=family)
        except OSError:
            continue
        program = family == socket.AF_INET
        with other:
            assert said("--port", str(port), "--data-dir", str(tmp_path), program=program) == (
                f"Port {port} is in use by another program: end that program, or choose another"
                " port with --port and then register http://localhost:<port>/callback with it,"
                " because the redirect URI of the test sign-in holds the port."
            )


def test_a_taken_practice_port_is_named(port, tmp_path):
    with socket.create_server(("127.0.0.1", port + 1)):
        sentence = said("--port", str(port), "--data-dir", str(tmp_path), "--practice")
    assert sentence.startswith(f"Port {port + 1} is in use by another program")
    assert "--port" in sentence


def test_both_loopback_addresses_are_bound_or_none(port):
    try:
        other = socket.create_server(("::1", port), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with other, pytest.raises(serve.PortTaken):
        serve.bind(port)
    with closing(socket.create_server(("127.0.0.1", port))):
        pass


def test_a_data_directory_that_is_a_file_is_named(port, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert said("--port", str(port), "--data-dir", str(file)) == (
        f"{file} cannot be used (file exists): name another directory with --data-dir."
    )


@POSIX
def test_a_data_directory_one_may_not_write_is_named(port, tmp_path):
    # On every system there is one that even its administrator cannot write.
    directory = next(
        (path for path in ("/proc/self", "/dev/fd") if Path(path).is_dir()), str(tmp_path / "x")
    )
    sentence = said("--port", str(port), "--data-dir", f"{directory}/latchkey")
    assert sentence.startswith(f"{directory}/latchkey cannot be used (")
    assert sentence.endswith("name another directory with --data-dir.")


def test_a_database_of_a_newer_version_stops_the_start_and_is_left_alone(port, tmp_path):
    with Store(tmp_path) as store:
        store.create_setup("syncro", "entra", "")
    with closing(sqlite3.connect(store.path)) as db:
        db.execute(f"PRAGMA user_version = {len(store_file.MIGRATIONS) + 1}")
    before = store.path.read_bytes()
    sentence = said("--port", str(port), "--data-dir", str(tmp_path))
    assert "was written by a newer Latchkey" in sentence
    assert store.path.read_bytes() == before


def test_a_damaged_database_is_kept_aside_and_named_and_the_start_goes_on(start, port, tmp_path):
    (tmp_path / store_file.FILE_NAME).write_bytes(b"these are notes" * 999)
    latchkey = start("--port", str(port), "--data-dir", str(tmp_path))
    latchkey.line()
    code, out, err = latchkey.end()
    assert (code, out) == (0, "")
    assert err.startswith(f"The saved setups in {tmp_path / store_file.FILE_NAME} could not be")
    assert [path.read_bytes()[:15] for path in tmp_path.glob("*.damaged-*")] == [b"these are notes"]


def test_debug_mode_is_refused(port, tmp_path):
    assert said(
        "--port", str(port), "--data-dir", str(tmp_path), environment={"FLASK_DEBUG": "1"}
    ) == (
        "Latchkey does not run in debug mode, which lets pages run code on this computer: unset"
        " FLASK_DEBUG and start again."
    )


@pytest.mark.parametrize("given", ["0", "65535", "-1", "x", "٣", "8765.0", ""])
def test_a_port_that_is_none_is_told(given, tmp_path):
    told = ended(f"--port={given}", "--data-dir", str(tmp_path), program=given == "0")
    assert (told.code, told.out) == (2, "")
    assert f"a port is a number from 1 to 65534, not {given!r}" in told.err


# --- quiet


def test_codes_and_tokens_in_addresses_are_not_logged(start, port, tmp_path):
    latchkey = start("--port", str(port), "--data-dir", str(tmp_path))
    address = latchkey.line().removeprefix("Latchkey is ready: ")
    canary = "CANARY-of-the-log"
    for path in (
        f"/callback?code={canary}&state={canary}",
        f"/launch?t={canary}",
        f"/nowhere?token={canary}",
        f"/setups/x/test?t={canary}",
    ):
        asked(f"http://localhost:{port}{path}")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"NONSENSE {canary}\r\n\r\n".encode())
        connection.recv(1000)
    code, out, err = latchkey.end()
    assert (code, out) == (0, "")
    assert canary not in err
    assert address.split("t=")[1] not in err
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or canary.encode() not in file.read_bytes()


def test_the_note_of_the_running_one_holds_what_a_second_start_needs(ready):
    note = json.loads((ready.data_dir / "running.json").read_bytes())
    assert note == {
        "port": ready.port,
        "pid": ready.pid,
        "launch_url": ready.address,
        "practice": f"http://localhost:{ready.port + 1}/",
    }


def test_what_is_slow_to_load_is_not_loaded_to_say_that_it_cannot_start(tmp_path):
    """Errors come at once: the pages, their libraries and the keyring are loaded late."""
    code = "import sys, app; print([name for name in ('flask', 'keyring', 'requests', 'jose',"
    code += " 'authlib', 'waitress') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
