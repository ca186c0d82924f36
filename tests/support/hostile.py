"""A web site with bad intentions, and what goes over the wire between a browser and the wizard."""

import contextlib
import http.client
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# The empty icon keeps the browser from asking for one, which would be heard as well.
BLANK = (
    b"<!doctype html><html lang='en'><title>A page of somebody else's</title>"
    b"<link rel='icon' href='data:,'><h1>Hello</h1>"
)


class _Server(ABC):
    """A server on loopback with one handler class, inside a `with`."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @abstractmethod
    def _handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers."""

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class HostileSite(_Server):
    """Somebody else's web site. Its page is blank: a test lets script run in it.

    `elsewhere` is its address as another site to the wizard, `same_site` as another port of
    localhost. `heard` are the headers of every request it got.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Mapping[str, str]] = []
        self.elsewhere = f"http://127.0.0.1:{self.port}/"
        self.same_site = f"http://localhost:{self.port}/"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.heard.append(self.headers)
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(BLANK)))
                with contextlib.suppress(ConnectionError):  # a browser that went elsewhere
                    self.end_headers()
                    self.wfile.write(BLANK)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


@dataclass(frozen=True)
class Heard:
    """One request as the browser sent it, and the status it was answered with."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int


class Wire(_Server):
    """A proxy between browser and wizard that writes down what goes over the wire.

    Chromium does not tell its driver what it sends, nor the status of what it may not load.
    `fetch_metadata=False` takes that away and so makes it an older browser: some in use send none
    (Safari before 16.4). `address` is for the browser's settings.
    """

    def __init__(self, *, fetch_metadata: bool = True) -> None:
        super().__init__()
        self.heard: list[Heard] = []
        self.address = f"http://127.0.0.1:{self.port}"
        self.left_out = ("proxy-",) if fetch_metadata else ("proxy-", "sec-fetch-")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                url = urlsplit(self.path)
                path = url.path + (f"?{url.query}" if url.query else "")
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kept = {
                    name: value
                    for name, value in self.headers.items()
                    if not name.lower().startswith(wire.left_out)
                }
                kept["Connection"] = "close"
                onward = http.client.HTTPConnection("127.0.0.1", url.port, timeout=30)
                with contextlib.closing(onward):
                    onward.request(self.command, path, body or None, kept)
                    answer = onward.getresponse()
                    content = answer.read()
                wire.heard.append(Heard(self.command, path, self.headers, answer.status))
                with contextlib.suppress(ConnectionError):  # a browser that went elsewhere
                    self.send_response_only(answer.status, answer.reason)
                    for name, value in answer.getheaders():
                        if name.lower() not in ("connection", "content-length"):
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            do_GET = do_POST = do_HEAD = do_OPTIONS = _pass_on

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
