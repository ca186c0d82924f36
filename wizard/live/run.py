"""One check under way: asked in a thread of its own, heard of topic by topic."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wizard import asking, mistakes
from wizard.asking import Asked
from wizard.fetch import Answer, Fetcher
from wizard.oidc.finding import Finding, Status
from wizard.probes.secret_run import MOST_REQUESTS as MOST_TOKEN_REQUESTS
from wizard.setups import Setup, Values

TAKEN_SECONDS = 30.0
_PARTS_OF_THE_WAIT = (1 / 6, 2 / 6, 3 / 6)  # 5, 10 and 15 seconds of 30

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The run asks nothing more: newer values have taken its place, or Latchkey ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one topic so far. `turn` is how manyth news of the run it is."""

    topic: str
    turn: int
    findings: Sequence[Finding]
    took_ms: int


@dataclass(frozen=True, slots=True)
class Again:
    """A refused secret that is asked about again: in how many seconds, how often it was so far.

    `seconds` is 0 when it will not be asked about any more.
    """

    turn: int
    seconds: int
    asked: int


class _Line(Fetcher):
    """A run's own connection pool. It asks nothing once the run is cancelled, and counts."""

    def __init__(self, typed_url: str, cancelled: threading.Event) -> None:
        super().__init__(typed_url=typed_url)
        self._cancelled = cancelled
        self._counting = threading.Lock()
        self.posted = 0

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, accept: str = "application/json"
    ) -> Answer:
        self._look()
        return super().get(url, headers, accept)

    def post_form(
        self,
        url: str,
        fields: Sequence[tuple[str, str]],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        self._look()
        with self._counting:
            self.posted += 1
        return super().post_form(url, fields, headers)

    def _look(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled


@dataclass(eq=False)
class Run:
    """One check of one set of values. Threads may read it while it goes on.

    `setup` is as it was when the run began, `values` may differ from what is saved in it.
    """

    setup: Setup = field(repr=False)
    slug: str
    values: Values = field(repr=False)
    topics: list[str]
    mark: str = field(repr=False)
    pace: float = field(default=1.0, repr=False)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._cancelled = threading.Event()
        self._rows: dict[str, Row] = {}
        self._again: Again | None = None
        self._asked: Asked | None = None
        self._trouble: Exception | None = None
        self._turn = 0
        self._claims = 0
        self._may_be_fresh = False
        self._keepers: list[Callable[[Asked], None]] = []
        self.ended_at: float | None = None  # when every topic had been heard of
        self.over = False  # nothing more will come
        self.turned = False  # a secret that was refused was accepted later on

    # --- for those who look on

    def news(self, after: int, seconds: float) -> tuple[list[Row], Again | None, int, bool]:
        """What has come since turn `after`, waiting up to `seconds` for the first of it.

        Rows in the order of the topics, how it stands with asking again (None: no word of it), the
        newest turn, and whether that was all.
        """
        with self._news:
            self._news.wait_for(lambda: self._turn > after or self.over, seconds)
            again = self._again
            rows = [
                row
                for row in self._rows.values()
                if row.turn > after or (row.topic == "secret" and again and again.turn > after)
            ]
            return self._in_order(rows), again, self._turn, self.over

    @property
    def rows(self) -> list[Row]:
        """Every topic heard of so far, in their order."""
        with self._news:
            return self._in_order(self._rows.values())

    def _in_order(self, rows: Iterable[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: self.topics.index(row.topic))

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def trouble(self) -> Exception | None:
        """What went wrong here, if anything did."""
        return self._trouble

    @property
    def asked(self) -> Asked | None:
        """All that was answered, once it is whole."""
        return self._asked

    @property
    def is_asking_again(self) -> bool:
        """Whether the secret was refused, is perhaps only too fresh, and will be asked again."""
        with self._news:
            return self._may_be_fresh and not self.over

    # --- for Continue

    def claim(self) -> None:
        """While it is claimed, no other value cancels it."""
        with self._news:
            self._claims += 1

    def release(self) -> None:
        """The end of a claim."""
        with self._news:
            self._claims -= 1

    def wait(self) -> Asked:
        """Every topic's answer. Raises Cancelled, or what went wrong here."""
        with self._news:
            self._news.wait_for(lambda: self._asked is not None or self.over)
            if self._asked is not None:
                return self._asked
            raise self._trouble or Cancelled

    def keep(self, known: Asked, keeper: Callable[[Asked], None]) -> None:
        """Have `keeper` called, in the run's thread, when more is known than `known`."""
        with self._news:
            if self._asked is known:
                self._keepers.append(keeper)
                return
        keeper(self._asked)

    def can_be_taken(self, now: float) -> bool:
        """Whether this run's answer will do for who asks the same again now.

        A failure that everybody has seen may be mended by now, so it is asked about afresh.
        """
        with self._news:
            if self.cancelled or self._trouble:
                return False
            if self._asked is None:
                return True
            failing = {topic for topic, found in self._asked.findings.items() if _fails(found)}
            if self._may_be_fresh and not self.over:
                return failing <= {"secret"}
            return not failing and now - self.ended_at < TAKEN_SECONDS

    # --- the run itself

    def cancel(self, *, even_if_claimed: bool = False) -> bool:
        """Ask nothing more, and let nobody hear what is still answered. Whether that is so now."""
        with self._news:
            if self._claims and not even_if_claimed:
                return False
            self._cancelled.set()
            self._end()
            return True

    def go(self, now: Callable[[], float]) -> None:
        """Ask everything, then again what may be too fresh. Never raises."""
        try:
            with _Line(self.values.metadata_url, self._cancelled) as line:
                asked = asking.ask(
                    self.setup, self.values, self.topics, heard=self._heard, fetcher=line
                )
                with self._news:
                    if self.cancelled:
                        return
                    self._asked, self.ended_at = asked, now()
                    self._may_be_fresh = asking.may_be_too_fresh(self.setup, asked)
                    self._news.notify_all()
                if self._may_be_fresh:
                    self._ask_again(line, asked, now)
        except Cancelled:
            pass
        except Exception as error:
            _log.error("Latchkey made a mistake in a check. %s", mistakes.where(error))
            with self._news:
                self._trouble = error
        finally:
            with self._news:
                self._end()

    def _ask_again(self, line: _Line, asked: Asked, now: Callable[[], float]) -> None:
        """Up to three times more, within the time in which a new secret may be refused."""
        each = line.posted
        whole = self.setup.provider.secret_check.fresh_seconds
        times = 1
        for part in _PARTS_OF_THE_WAIT:
            if line.posted + each > MOST_TOKEN_REQUESTS:
                break
            self._say_again(round(whole * part), times)
            if self._cancelled.wait(whole * part * self.pace):
                raise Cancelled
            since = now()
            asked = asking.ask_secret_again(self.setup, self.values, asked, line)
            times += 1
            if not asking.may_be_too_fresh(self.setup, asked):
                self._turned(asked, round((now() - since) * 1000), now())
                return
        self._say_again(0, times)

    def _say_again(self, seconds: int, asked: int) -> None:
        with self._news:
            self._turn += 1
            self._again = Again(self._turn, seconds, asked)
            self._news.notify_all()

    def _heard(self, topic: str, findings: list[Finding], took_ms: int) -> None:
        with self._news:
            if self.cancelled:
                raise Cancelled
            self._put(topic, findings, took_ms)
            self._news.notify_all()

    def _turned(self, asked: Asked, took_ms: int, now: float) -> None:
        with self._news:
            if self.cancelled:
                return
            for topic, findings in asked.findings.items():
                if findings != self._asked.findings.get(topic):
                    self._put(topic, findings, took_ms)
            self._again, self.turned = None, not _fails(asked.findings["secret"])
            self._asked, self.ended_at = asked, now
            keepers = list(self._keepers)
        for keeper in keepers:
            keeper(asked)
        with self._news:
            self._news.notify_all()

    def _put(self, topic: str, findings: Sequence[Finding], took_ms: int) -> None:
        self._turn += 1
        self._rows[topic] = Row(topic, self._turn, tuple(findings), took_ms)

    def _end(self) -> None:
        self.over = True
        self._turn += 1
        self._news.notify_all()


def _fails(findings: Iterable[Finding]) -> bool:
    return any(finding.status is Status.FAIL for finding in findings)
