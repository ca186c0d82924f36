"""The checks under way and those just ended, a bounded number of them, in memory only."""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from wizard import judging
from wizard.live.run import Run
from wizard.setups import Setup, Values

MOST_KEPT = 16
MOST_ASKING = 6
KEPT_SECONDS = 120.0


class Runs:
    """The checks under way and those just ended, a bounded number of them.

    `now` gives seconds of which only differences count; `pace` is how long a second of waiting
    takes, for those who cannot wait.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, pace: float = 1.0) -> None:
        self._now = now
        self._pace = pace
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._salt = secrets.token_bytes(32)
        self._closed = False

    def start(self, setup: Setup, slug: str, values: Values, topics: Iterable[str]) -> Run:
        """A run about these values: one under way or just ended that will do, or a new one.

        A new one ends older ones of the same setup and step, unless somebody waits for them.
        """
        return self._find_or_begin(setup, slug, values, topics)

    def ask(self, setup: Setup, slug: str, values: Values, topics: Iterable[str]) -> Run:
        """As `start`; when it returns, every topic has been heard of. Raises Cancelled."""
        run = self._find_or_begin(setup, slug, values, topics, claim=True)
        try:
            run.wait()
        finally:
            run.release()
        return run

    def find(self, run_id: str, setup_id: str) -> Run | None:
        """The run of that id, while it is kept."""
        with self._lock:
            run = self._runs.get(run_id)
        return run if run and run.setup.id == setup_id else None

    def close(self) -> None:
        """Cancel all of them; nothing is started afterwards."""
        with self._lock:
            self._closed = True
            runs = list(self._runs.values())
            self._runs.clear()
        for run in runs:
            run.cancel(even_if_claimed=True)

    def _find_or_begin(
        self,
        setup: Setup,
        slug: str,
        values: Values,
        topics: Iterable[str],
        *,
        claim: bool = False,
    ) -> Run:
        wanted = judging.topics_of(values, topics)
        mark = self._mark_of(setup, values, wanted)
        with self._lock:
            self._drop_old()
            now = self._now()
            found = (r for r in reversed(self._runs.values()) if r.mark == mark)
            run = next((r for r in found if r.can_be_taken(now)), None)
            is_new = run is None
            if run is None:
                self._end_older(setup.id, slug)
                run = Run(setup, slug, values, wanted, mark, self._pace)
                self._runs[run.id] = run
            if claim:
                run.claim()
            if self._closed:
                run.cancel(even_if_claimed=True)
        if is_new:
            threading.Thread(target=run.go, args=(self._now,), daemon=True, name="check").start()
        return run

    def _end_older(self, setup_id: str, slug: str) -> None:
        for run in list(self._runs.values()):
            if run.setup.id == setup_id and run.slug == slug and run.cancel():
                del self._runs[run.id]

    def _drop_old(self) -> None:
        now = self._now()
        for run in list(self._runs.values()):
            if run.over and (run.ended_at is None or now - run.ended_at > KEPT_SECONDS):
                del self._runs[run.id]
        under_way = [run for run in self._runs.values() if not run.over]
        for run in under_way[: max(0, len(under_way) - MOST_ASKING + 1)]:
            if run.cancel():
                del self._runs[run.id]
        while len(self._runs) >= MOST_KEPT:
            del self._runs[next(iter(self._runs))]

    def _mark_of(self, setup: Setup, values: Values, topics: Sequence[str]) -> str:
        """Stands for all that is asked with, the secret too; of no use outside this process."""
        protocol = setup.product.protocol
        parts = [
            setup.id,
            *topics,
            values.metadata_url,
            values.client_id,
            values.client_secret,
            *(uri for _, uri in setup.redirect_uris(values)),
            setup.callback_uri,
            protocol.response_type,
            protocol.response_mode,
            protocol.scopes,
        ]
        return hashlib.blake2b(json.dumps(parts).encode(), key=self._salt).hexdigest()
