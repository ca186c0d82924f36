"""Listening on loopback, and on nothing else."""

import errno
import logging
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

_BACKLOG = 128
_ANSWERED_BY_THE_APP = 1024 * 1024
"""Bodies up to this many bytes get a page that says they are too large; longer ones one line."""

_NO_SUCH_ADDRESS = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})


class PortTaken(Exception):
    """The port cannot be had. `sentence` names it and the way out."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def bind(port: int) -> list[socket.socket]:
    """Listen on 127.0.0.1 and, where the machine has it, on ::1. Raises PortTaken.

    Never another port, for the redirect URI registered for the test sign-in holds this one; and
    never only one of the two where both exist, for `localhost` may mean either, and the other one
    would be somebody else's.
    """
    sockets = [_listen(socket.AF_INET, "127.0.0.1", port)]
    if not socket.has_ipv6:
        return sockets
    try:
        sockets.append(_listen(socket.AF_INET6, "::1", sockets[0].getsockname()[1]))
    except OSError as error:
        if error.errno not in _NO_SUCH_ADDRESS:
            raise
    except PortTaken:
        sockets[0].close()
        raise
    return sockets


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "nt":
            # There SO_REUSEADDR would let a second program share the port, and its callbacks.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Elsewhere it only allows a start soon after an end.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        # At once: until then another program might still bind the same.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(_taken(port)) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise PortTaken(_not_allowed(port)) from error
        raise
    except BaseException:
        listener.close()
        raise
    return listener


def _taken(port: int) -> str:
    return (
        f"Port {port} is in use by another program: end that program, or choose another port with"
        f" --port and then register http://localhost:<port>/callback with it, because the redirect"
        f" URI of the test sign-in holds the port."
    )


def _not_allowed(port: int) -> str:
    return (
        f"This computer does not let Latchkey use port {port}: choose another one with --port and"
        f" then register http://localhost:<port>/callback with it, because the redirect URI of the"
        f" test sign-in holds the port."
    )


def create(app: Callable[..., Any], sockets: Sequence[socket.socket]) -> Any:
    """A waitress server on `sockets`; its `run()` ends with KeyboardInterrupt or SystemExit.

    What it logs goes to standard error, and never holds a query string (codes come in them).
    """
    # Loaded late, as all that the command needs only once it is sure to serve.
    from waitress import create_server

    _log_to_stderr()
    return create_server(
        app,
        sockets=list(sockets),
        threads=8,
        # No Server header: nobody needs to know.
        ident=None,
        expose_tracebacks=False,
        clear_untrusted_proxy_headers=True,
        max_request_header_size=64 * 1024,
        max_request_body_size=_ANSWERED_BY_THE_APP,
        channel_timeout=60,
    )


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger("waitress")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    # It warns whenever a request waits for a thread, which pages with live checks do.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
