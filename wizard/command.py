"""Latchkey's command: start the wizard on loopback and open it in the browser.

Python compiles the file it is started with anew each time, so `app.py` holds next to nothing.
"""

import argparse
import contextlib
import gc
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.instance import DirectoryInUse, Instance, Running
from wizard.open_browser import BrowserPage
from wizard.private_file import private_directory
from wizard.serve import PortTaken, bind, create
from wizard.store_file import StoreError

if TYPE_CHECKING:
    from wizard.practice import PracticeServer
    from wizard.store import Store
    from wizard.vault import Vault

DEFAULT_PORT = 8765


class CannotStart(Exception):
    """What stands in the way, in a sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, or 2 when Latchkey could not start.

    `check` and `guide` are commands of their own, with their own options and exit codes.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["check"]:
        from wizard import check_command

        return check_command.main(arguments[1:])
    if arguments[:1] == ["guide"]:
        from wizard import guide_command

        return guide_command.main(arguments[1:])
    options = _parse(arguments)
    with contextlib.suppress(ValueError):
        # To end by SIGTERM is to end tidily. (Not possible outside the main thread.)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with contextlib.ExitStack() as at_exit:
            _start(options, at_exit)
    except (CannotStart, DirectoryInUse, PortTaken, StoreError) as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="A wizard that connects a product to an identity provider by OpenID Connect,"
        " and proves it with a test sign-in. It runs on this computer only.",
        epilog="app.py check asks an identity provider about values once, without the wizard:"
        " see app.py check --help. app.py guide check judges guides: see app.py guide --help.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="the port on localhost (%(default)s); the test's redirect URI holds it",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="only print the address, do not open it"
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where setups are kept (your account's data directory)",
    )
    parser.add_argument(
        "--practice",
        action="store_true",
        help="start the built-in practice identity provider too, on the port after",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    # The port after belongs to the practice provider, so it must exist as well.
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65534):
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65534, not {text!r}")
    return int(text)


def _start(options: argparse.Namespace, at_exit: contextlib.ExitStack) -> None:
    data_dir = _data_dir(options.data_dir)
    instance = Instance(data_dir)
    page = BrowserPage(data_dir)
    try:
        running = instance.claim()
    except OSError as error:
        raise CannotStart(_cannot_write(data_dir, error)) from error
    if running is not None:
        _open_running(running, page, options)
        return
    at_exit.callback(instance.release)
    at_exit.callback(page.remove)

    sockets = bind(options.port)
    for one in sockets:
        at_exit.callback(one.close)
    launch_token = secrets.token_urlsafe(32)
    # Loaded late, so that all of the above is answered at once.
    from wizard.application import create_app
    from wizard.practice import PracticeServer
    from wizard.store import Store
    from wizard.vault import Vault

    store = at_exit.enter_context(Store(data_dir))
    if store.notice:
        _say(store.notice)
    vault = Vault(data_dir)
    _sweep(vault, store)
    practice = PracticeServer(options.port + 1, data_dir)
    at_exit.callback(practice.stop)
    app = create_app(
        port=options.port,
        data_dir=data_dir,
        launch_token=launch_token,
        secret_key=secrets.token_bytes(32),
        vault=vault,
        store=store,
        practice=practice,
    )
    at_exit.callback(app.extensions["latchkey"].close)
    if app.debug:
        raise CannotStart(
            "Latchkey does not run in debug mode, which lets pages run code on this computer:"
            " unset FLASK_DEBUG and start again."
        )
    if options.practice:
        _start_practice(practice)
    # Before she is told that it is ready: Ctrl+C while a module is loaded can go unheard.
    server = create(app, sockets)
    running = Running(
        options.port,
        os.getpid(),
        f"http://localhost:{options.port}/launch?t={launch_token}",
        practice.url if options.practice else None,
    )
    try:
        instance.announce(running)
    except OSError as error:
        raise CannotStart(_cannot_write(data_dir, error)) from error
    _print_ready(running)
    _open(page, running, options)
    # What the start has made stays: nothing of it need be looked at again.
    gc.freeze()
    gc.enable()
    server.run()


def _data_dir(given: Path | None) -> Path:
    if given is None:
        from platformdirs import user_data_path

        given = user_data_path("Latchkey", appauthor=False)
    data_dir = given.expanduser().absolute()
    try:
        private_directory(data_dir)
    except OSError as error:
        raise CannotStart(_cannot_write(data_dir, error)) from error
    return data_dir


def _cannot_write(data_dir: Path, error: OSError) -> str:
    why = (error.strerror or "the system refused").lower()
    return f"{data_dir} cannot be used ({why}): name another directory with --data-dir."


def _sweep(vault: "Vault", store: "Store") -> None:
    """Take from the keyring what no setup speaks of, unless a damaged file still may."""
    if vault.notes and not store.kept_aside():
        vault.sweep(
            {(row.id, store.answers(row.id).get("secret_version", "")) for row in store.setups()}
        )


def _start_practice(practice: "PracticeServer") -> None:
    try:
        practice.start()
    except OSError as error:
        raise CannotStart(str(error)) from error


def _open_running(running: Running, page: BrowserPage, options: argparse.Namespace) -> None:
    """Started again: show the one that runs already."""
    _print_ready(running)
    if options.port not in (running.port, DEFAULT_PORT):
        _say(f"Latchkey runs already, on port {running.port}: end it first to use another port.")
    if options.practice and running.practice is None:
        _say("Latchkey runs already: start the practice provider from its home page.")
    _open(page, running, options)
    # The page is left to the browser; the running one takes it away when it ends.
    page.wait(10)


def _open(page: BrowserPage, running: Running, options: argparse.Namespace) -> None:
    if not options.no_browser and not page.open(running.launch_url):
        _say("No browser could be opened here: open the address above in one on this computer.")


def _print_ready(running: Running) -> None:
    print(f"Latchkey is ready: {running.launch_url}", flush=True)
    if running.practice is not None:
        print(f"Practice identity provider: {running.practice}", flush=True)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
