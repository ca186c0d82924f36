"""The programs that are measured: Latchkey, the one-route app, and two other testers."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.common import ROOT, Place, environment
from benchmarks.running import Program, Reached, first_page, reached
from benchmarks.running import until_200 as answers
from tests.support.processes import free_port_pair
from tests.support.visitor import Visitor

AUTH_PLAYGROUND = "auth-playground 0.1.7"
ADUNEO = "aduneoclientfedid 2.0.20"


def latchkey(
    python: Path, data_dir: Path, port: int | None = None
) -> AbstractContextManager[Reached]:
    """Latchkey with its data in `data_dir`, up to its home page; on any port unless one is given.

    Whoever uses it has it on the same port each time, and what it keeps may depend on that.
    """
    at = str(port or free_port_pair())
    command = [python, "app.py", "--no-browser", "--port", at, "--data-dir", data_dir]
    return reached(lambda: Program(command, cwd=ROOT, env=environment()), first_page)


def visitor(launch: str, *secrets: str) -> Visitor:
    """Somebody who was let in by the launch address."""
    return visitor_and_cookie(launch, *secrets)[0]


def visitor_and_cookie(launch: str, *secrets: str) -> tuple[Visitor, str]:
    """The same, and the cookie of that session, for somebody who goes on in her place."""
    base, _, query = launch.partition("/launch")
    found = Visitor.of_server(base, secrets)
    opened = found.fetch("GET", f"/launch{query}")
    found.follow(opened)
    return found, opened.headers["Set-Cookie"].partition(";")[0]


def one_route(python: Path, place: Place) -> AbstractContextManager[Reached]:
    """The one-route app, up to its page."""
    port = str(free_port_pair())
    command = [python, Path(__file__).with_name("one_route.py"), port]
    return reached(
        lambda: Program(command, cwd=place.folder, env=environment()),
        lambda program: answers(program, f"http://127.0.0.1:{port}/"),
    )


def auth_playground(place: Place) -> AbstractContextManager[Reached]:
    """auth-playground, up to the page it sends a newcomer to. What it writes is in the place."""
    port = str(free_port_pair())
    python = place.python_with("auth-playground", AUTH_PLAYGROUND.replace(" ", "=="))
    folder = place.kept("auth-playground")
    where = {"FLASK_RUN_HOST": "127.0.0.1", "FLASK_RUN_PORT": port, "FLASK_DEBUG": "false"}
    env = environment(**where, TMPDIR=str(folder))
    return reached(
        lambda: Program([python.with_name("auth-playground")], cwd=folder, env=env),
        lambda program: answers(program, f"http://127.0.0.1:{port}/"),
    )


@contextmanager
def aduneo(place: Place) -> Iterator[Reached]:
    """aduneoclientfedid, up to its home page; configuration and certificate are in the place."""
    port = str(free_port_pair())
    python = place.python_with("aduneoclientfedid", ADUNEO.replace(" ", "=="))
    folder = place.kept("aduneoclientfedid")
    command = [python.with_name("aduneoclientfedid"), "-port", port, "-root-dir", folder]
    with (folder / "output.log").open("ab") as output:
        env = environment()
        spawn = lambda: Program(command, cwd=folder, env=env, output=output)  # noqa: E731
        with reached(spawn, lambda program: answers(program, f"https://localhost:{port}/")) as it:
            yield it
