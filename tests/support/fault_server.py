"""A server that goes wrong on purpose: one path, one fault, byte for byte.

Raw sockets, because an HTTP library would not send most of this. `requests` holds what arrived,
`sent` how many bytes went out, `connections` how many clients connected.
"""

import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = OK + b"Content-Length: 2\r\n\r\n{}"


class Client:
    """One connection of a client: what a fault works with."""

    def __init__(self, server: "FaultServer", sock: socket.socket) -> None:
        self.server = server
        self.sock = sock

    def read_request(self) -> bytes:
        """One request, headers and body; b"" when the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        wanted = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                wanted = int(value)
        while len(body) < wanted:
            body += self.sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)
        self.server.sent += len(data)

    def drip(self, data: bytes) -> None:
        """One byte at a time, for ever."""
        while not self.server.stopping.wait(0.1):
            for byte in data:
                self.send(bytes([byte]))
                if self.server.stopping.wait(0.1):
                    return

    def repeat(self, data: bytes) -> None:
        """The same whole thing for ever, with room between for others to do something."""
        while not self.server.stopping.wait(0.002):
            self.send(data)

    def flood(self, data: bytes) -> None:
        """As fast as it goes, until the client hangs up."""
        while not self.server.stopping.is_set():
            self.send(data)

    def wait(self) -> None:
        """Say nothing until the client goes or the test ends."""
        self.sock.settimeout(0.1)
        while not self.server.stopping.is_set():
            try:
                if not self.sock.recv(1024):
                    return
            except TimeoutError:
                continue

    def reset(self) -> None:
        """Close with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


Fault = Callable[[Client], None]


def _redirect(status: int, to: str) -> Fault:
    head = f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 2\r\n\r\nno"
    return lambda client: client.send(head.encode())


def _long_redirect(client: Client) -> None:
    client.send(b"HTTP/1.1 302 Found\r\nLocation: /good\r\n\r\n")
    client.flood(b"x" * 65536)


def _then(data: bytes, action: Callable[[Client], None]) -> Fault:
    def fault(client: Client) -> None:
        client.send(data)
        action(client)

    return fault


_BOMB = gzip.compress(b"0" * 2_000_000)

FAULTS: dict[str, Fault] = {
    "silent": Client.wait,
    "header-drip": _then(OK, lambda c: c.drip(b"X-Slow: yes\r\n")),
    "status-drip": lambda c: c.drip(b"HTTP/1.1 200 OK"),
    "body-drip": _then(OK + b"\r\n", lambda c: c.drip(b" ")),
    "chunk-drip": _then(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", lambda c: c.drip(b"1\r\n \r\n")
    ),
    "stops-half-way": _then(OK + b"Content-Length: 99\r\n\r\n{", Client.wait),
    "for-ever-100": lambda c: c.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "endless": _then(OK + b"\r\n", lambda c: c.flood(b" " * 65536)),
    "endless-chunks": _then(
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        lambda c: c.flood(b"10000\r\n" + b" " * 65536 + b"\r\n"),
    ),
    "says-5-mb": _then(OK + b"Content-Length: 5000000\r\n\r\n", Client.wait),
    "gzip-bomb": lambda c: c.send(
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB) + _BOMB
    ),
    "bad-gzip": lambda c: c.send(OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
    "brotli": lambda c: c.send(OK + b"Content-Encoding: br\r\nContent-Length: 3\r\n\r\nabc"),
    "gzip-transfer": lambda c: c.send(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    "truncated": lambda c: c.send(OK + b"Content-Length: 99\r\n\r\n{}"),
    "truncated-chunk": lambda c: c.send(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{}"),
    "no-chunk-size": lambda c: c.send(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    "two-lengths": lambda c: c.send(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
    "many-headers": lambda c: c.send(OK + b"X: y\r\n" * 200 + b"\r\n"),
    "long-header": lambda c: c.send(OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
    "ssh": lambda c: c.send(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "binary": lambda c: c.send(b"\x00\xff\x00\xff" * 20 + b"\r\n"),
    "reset": Client.reset,
    "closed": lambda c: None,
    "redirect": _redirect(302, "http://169.254.169.254/latest"),
    "redirect-307": _redirect(307, "/good"),
    "redirect-long": _long_redirect,
    "redirect-odd": _redirect(302, "http://[oops"),
    "redirect-file": _redirect(302, "file:///etc/passwd"),
    "good": lambda c: c.send(WHOLE),
    "cookie": lambda c: c.send(OK + b"Set-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}"),
    "no-length": lambda c: c.send(OK + b"\r\n{}"),
    "chunked": lambda c: c.send(
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    ),
    "nothing": lambda c: c.send(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "busy": lambda c: c.send(b"HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"),
    "one-mib": lambda c: c.send(OK + b"Content-Length: 1048576\r\n\r\n" + b" " * 1048576),
    "one-mib-and-one": lambda c: c.send(OK + b"\r\n" + b" " * 1048577),
}

LASTING = {
    "silent",
    "header-drip",
    "status-drip",
    "body-drip",
    "chunk-drip",
    "stops-half-way",
    "for-ever-100",
}
"""The faults that are only over when the client's deadline is."""


class FaultServer:
    """`faults` by the first word of the path; the others are answered 404 by closing.

    With `certificate` it speaks TLS. A fault named "greet" runs before anything is read, one named
    "connect" answers a CONNECT, one named "*" everything else.
    """

    def __init__(
        self,
        faults: dict[str, Fault] | None = None,
        *,
        certificate: Path | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.faults = FAULTS if faults is None else faults
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        self.sent = 0
        self.connections = 0
        self.stopping = threading.Event()
        self._context = self._tls(certificate) if certificate else None
        self._listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._clients: list[socket.socket] = []

    def __enter__(self) -> "FaultServer":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self._clients):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def url(self, fault: str, *, host: str = "localhost") -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://{host}:{self.port}/{fault}"

    def _tls(self, certificate: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _sock, name, _context: self.names.append(name)
        return context

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        self._clients.append(sock)
        try:
            if "greet" in self.faults:
                self.faults["greet"](Client(self, sock))
                return
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
                self._clients.append(sock)
            client = Client(self, sock)
            while request := client.read_request():
                self.requests.append(request)
                if not self._answer(client, request):
                    return
        except OSError:
            pass  # the client hung up, as many of these tests want it to
        finally:
            sock.close()

    def _answer(self, client: Client, request: bytes) -> bool:
        """Commit the fault asked for; whether the connection can go on."""
        method, path, _ = request.split(b" ", 2)
        name = path.partition(b"?")[0].decode().strip("/").partition("/")[0]
        if method == b"CONNECT":
            name = "connect"
        fault = self.faults.get(name) or self.faults.get("*")
        if fault:
            fault(client)
        return name in ("good", "cookie", "chunked", "nothing", "busy", "*")
