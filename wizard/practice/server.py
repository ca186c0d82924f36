"""Serving the practice application: loopback sockets of its own and a thread of its own."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

THREADS = 8  # the practice product asks the provider beside it, so one request may need two


class PracticeFailed(OSError):
    """The practice provider cannot start; its text is one sentence for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PortTaken(PracticeFailed):
    """Its port cannot be had."""


class PracticeServer:
    """The practice provider on `port` of localhost, its state in `data_dir`."""

    def __init__(self, port: int, data_dir: Path) -> None:
        self.port = port
        self.data_dir = data_dir
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._server = None
        self._sockets_by_number: dict = {}

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/"

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Answer from here on; does nothing when it runs already.

        Raises PortTaken, or PracticeFailed when its file cannot be used.
        """
        from wizard import serve
        from wizard.store_file import StoreError

        with self._lock:
            if self.running:
                return
            try:
                sockets = serve.bind(self.port)
            except serve.PortTaken:
                raise PortTaken(
                    f"Port {self.port} is in use by another program, so the practice identity"
                    f" provider cannot start: end that program, or start Latchkey with another"
                    f" --port (the practice provider takes the one after it)."
                ) from None
            try:
                self._serve(sockets)
            except BaseException as error:
                for one in sockets:
                    one.close()
                if isinstance(error, StoreError):
                    raise PracticeFailed(error.sentence) from None
                raise

    def stop(self) -> None:
        """Stop answering, and wait until it has. It may be started again."""
        with self._lock:
            if not self.running:
                return
            from waitress.trigger import trigger

            # The thread waits on all its sockets until it has none: take them from it, in that
            # thread, and close them only when neither it nor a worker can still use one.
            numbered, taken = self._sockets_by_number, []
            waker = next(one for one in numbered.values() if isinstance(one, trigger))

            def take() -> None:
                taken.extend(numbered.values())
                numbered.clear()

            waker.pull_trigger(take)
            self._thread.join()
            self._server.task_dispatcher.shutdown()
            for one in taken:
                one.close()
            self._thread = self._server = None

    def _serve(self, sockets: list[socket.socket]) -> None:
        from waitress import create_server

        from wizard.practice import create_practice_app

        app = create_practice_app(port=self.port, data_dir=self.data_dir)
        self._sockets_by_number = {}
        self._server = create_server(
            app,
            map=self._sockets_by_number,
            sockets=sockets,
            threads=THREADS,
            ident=None,
            max_request_header_size=64 * 1024,
            max_request_body_size=256 * 1024,
        )
        self._thread = threading.Thread(target=self._server.run, name="practice", daemon=True)
        self._thread.start()
