"""What is remembered between starts: setups, answers, checks, runs and ticks, in one SQLite file.

Every write is one transaction and is on the disk before the call returns, so the process may be
killed at any moment. No client secret ever comes here: no function has a parameter for one
(`vault.py` keeps them).
"""

import json
import secrets
import sqlite3
import string
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from wizard import store_file
from wizard.store_file import StoreError

__all__ = ["Check", "Run", "SetupRow", "Store", "StoreError"]

_ID_LETTERS = string.ascii_lowercase + string.digits
_ID_LENGTH = 12


# Named tuples: every start makes these classes anew, and a data class takes ten times as long.
class SetupRow(NamedTuple):
    """One setup: which product is connected to which identity provider, and for whom (`name`)."""

    id: str
    product: str
    provider: str
    name: str
    created_at: str
    updated_at: str


class Kept(NamedTuple):
    """The card of a setup as it was kept; `made_of` and `card` are empty where none was.

    `checks` is another text after each check of the setup.
    """

    setup_id: str
    checks: str
    made_of: str
    card: str


class Check(NamedTuple):
    """The newest live check of one topic, and the fingerprint of the values it was about."""

    topic: str
    fingerprint: str
    findings: list[dict[str, Any]]
    checked_at: str


class Run:
    """One test sign-in that ended.

    What is long in it is read when it is asked for: every page looks through all of a setup's runs,
    and into one or two of them.
    """

    def __init__(self, row: tuple[int, str, str, str, str, str, str]) -> None:
        self._row = row
        self.id, self.setup_id, self.fingerprint, self.verdict = row[:4]
        self._findings, self._details, self.ended_at = row[4:]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self._row == other._row

    def __hash__(self) -> int:
        return hash(self._row)

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """What was judged, as it was given to `add_run`."""
        return json.loads(self._findings)

    @cached_property
    def details(self) -> dict[str, Any]:
        """What the page shows: claims, account."""
        return json.loads(self._details)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """The database of one data directory. Threads may share it; each gets its own connection.

    `now` makes the times, which are kept as UTC ISO 8601 text with microseconds. Every method may
    raise StoreError; its `sentence` is fit for a page.
    """

    def __init__(self, data_dir: Path, now: Callable[[], datetime] = _utc_now) -> None:
        self.path = Path(data_dir) / store_file.FILE_NAME
        self.notice = ""
        """What `open` had to do that she should know, in a sentence; empty as a rule."""
        self._now = now
        self._local = threading.local()
        self._guard = threading.Lock()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._is_open = False

    def __enter__(self) -> "Store":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Create or check the file, bring it to this version's format, and prove it can be written.

        Raises StoreError: newer_version, not_ours, read_only, full, in_use, unusable. A file that
        SQLite cannot read is moved aside, never deleted, and `notice` names its new place.
        """
        connection, self.notice = store_file.prepare(self.path, self._now)
        self._local.connection = connection
        self._connections.append((threading.current_thread(), connection))
        self._is_open = True

    def close(self) -> None:
        """End all connections, whichever thread they belong to. May be called twice."""
        with self._guard:
            self._is_open = False
            connections, self._connections = self._connections, []
            self._local = threading.local()
        for _, connection in connections:
            connection.close()

    def kept_aside(self) -> list[Path]:
        """Damaged files of earlier starts, which somebody may still want to mend."""
        return sorted(self.path.parent.glob(f"{self.path.name}.damaged-*"))

    # --- setups

    def create_setup(self, product: str, provider: str, name: str = "") -> str:
        """A new setup; returns its id, twelve lower-case letters and digits."""
        setup_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
        at = self._time()
        with self._writing() as db:
            db.execute(
                "INSERT INTO setups (id, product, provider, name, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (setup_id, product, provider, name, at, at),
            )
        return setup_id

    def import_setup(
        self,
        product: str,
        provider: str,
        name: str,
        answers: Mapping[str, str],
        ticks: Mapping[str, Sequence[str]],
        runs: Sequence[Mapping[str, Any]],
    ) -> str:
        """A new setup with all that is given, or none at all; returns its id.

        `ticks` are names by step. Each run, the oldest first, is a mapping with `verdict`,
        `findings`, `details` and `ended_at`; it gets a fingerprint that no values have, so that it
        is history and never a proof.
        """
        setup_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
        at = self._time()
        with self._writing() as db:
            db.execute(
                "INSERT INTO setups (id, product, provider, name, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (setup_id, product, provider, name, at, at),
            )
            db.executemany(
                "INSERT INTO answers (setup_id, field, value) VALUES (?, ?, ?)",
                [(setup_id, field, value) for field, value in answers.items()],
            )
            db.executemany(
                "INSERT INTO ticks (setup_id, step, name, ticked_at) VALUES (?, ?, ?, ?)",
                [(setup_id, step, tick, at) for step, names in ticks.items() for tick in names],
            )
            db.executemany(
                "INSERT INTO runs (setup_id, fingerprint, verdict, findings, details, ended_at)"
                " VALUES (?, '', ?, ?, ?, ?)",
                [
                    (
                        setup_id,
                        run["verdict"],
                        _to_json(list(run["findings"])),
                        _to_json(dict(run["details"])),
                        run["ended_at"],
                    )
                    for run in runs
                ],
            )
        return setup_id

    def setups(self) -> list[SetupRow]:
        """All setups, the newest change first."""
        rows = self._read(
            "SELECT id, product, provider, name, created_at, updated_at FROM setups"
            " ORDER BY updated_at DESC, rowid DESC"
        )
        return [SetupRow(*row) for row in rows]

    def has_setups(self) -> bool:
        """Whether there is any setup at all."""
        return bool(self._read("SELECT 1 FROM setups LIMIT 1"))

    def urgent(self, until: str) -> list[str]:
        """The setups to be seen first, the most urgent first: whose client secret expires by the
        day `until` (ISO date), and whose last check of everything has found a failure."""
        rows = self._read(
            "SELECT id FROM ("
            " SELECT setup_id AS id, value AS day FROM answers"
            "  WHERE field = 'secret_expires' AND value != '' AND value <= ?"
            " UNION ALL SELECT setup_id, '' FROM checks WHERE topic = 'again' AND EXISTS"
            "  (SELECT 1 FROM json_each(findings) WHERE json_extract(value, '$.status') = 'fail'))"
            " GROUP BY id ORDER BY min(day), id",
            until,
        )
        return [setup_id for (setup_id,) in rows]

    def setup(self, setup_id: str) -> SetupRow | None:
        """One setup, or None when there is none of that id."""
        rows = self._read(
            "SELECT id, product, provider, name, created_at, updated_at FROM setups WHERE id = ?",
            setup_id,
        )
        return SetupRow(*rows[0]) if rows else None

    def kept_cards(self, setup_ids: Sequence[str]) -> dict[str, Kept]:
        """What the home page keeps of these setups, by their ids; of a deleted one nothing."""
        rows = self._read(
            "SELECT id, ifnull((SELECT group_concat(topic || checked_at) FROM checks"
            " WHERE setup_id = id), ''), ifnull(made_of, ''), ifnull(card, '')"
            " FROM setups LEFT JOIN cards ON setup_id = id"
            " WHERE id IN (SELECT value FROM json_each(?))",
            _to_json(list(setup_ids)),
        )
        return {row[0]: Kept(*row) for row in rows}

    def keep_cards(self, cards: Mapping[str, tuple[str, str]]) -> None:
        """Keep cards, by setup id: what each was made of, and the card. It changes no setup.

        Of a setup that was deleted meanwhile nothing is kept.
        """
        with self._writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO cards (setup_id, made_of, card)"
                " SELECT id, ?, ? FROM setups WHERE id = ?",
                [(made_of, card, setup_id) for setup_id, (made_of, card) in cards.items()],
            )

    def change_provider(self, setup_id: str, provider: str) -> None:
        """Have the setup speak of another identity provider. Raises no_setup."""
        with self._writing(changed=setup_id) as db:
            db.execute("UPDATE setups SET provider = ? WHERE id = ?", (provider, setup_id))

    def delete_setup(self, setup_id: str) -> None:
        """Forget the setup and everything kept for it. Nothing happens when there is none."""
        with self._writing() as db:
            db.execute("DELETE FROM setups WHERE id = ?", (setup_id,))

    # --- answers

    def answers(self, setup_id: str) -> dict[str, str]:
        """What was answered so far, by field name."""
        return dict(self._read("SELECT field, value FROM answers WHERE setup_id = ?", setup_id))

    def save_answers(self, setup_id: str, answers: Mapping[str, str | None]) -> None:
        """Save all of `answers` or none of them; None takes the field's answer away.

        Raises StoreError no_setup when the setup was deleted meanwhile.
        """
        with self._writing(changed=setup_id) as db:
            for field, value in answers.items():
                if value is None:
                    db.execute(
                        "DELETE FROM answers WHERE setup_id = ? AND field = ?", (setup_id, field)
                    )
                else:
                    db.execute(
                        "INSERT INTO answers (setup_id, field, value) VALUES (?, ?, ?)"
                        " ON CONFLICT (setup_id, field) DO UPDATE SET value = excluded.value",
                        (setup_id, field, value),
                    )

    # --- checks

    def save_check(
        self, setup_id: str, topic: str, fingerprint: str, findings: Sequence[Mapping[str, Any]]
    ) -> None:
        """Keep the newest check of `topic` in place of the one before. Raises no_setup as above.

        A check is not a change she made: the setup keeps its place in the list.
        """
        with self._writing(needs=setup_id) as db:
            db.execute(
                "INSERT INTO checks (setup_id, topic, fingerprint, findings, checked_at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (setup_id, topic) DO UPDATE SET"
                " fingerprint = excluded.fingerprint, findings = excluded.findings,"
                " checked_at = excluded.checked_at",
                (setup_id, topic, fingerprint, _to_json(list(findings)), self._time()),
            )

    def checks(self, setup_id: str) -> dict[str, Check]:
        """The newest check of each topic."""
        rows = self._read(
            "SELECT topic, fingerprint, findings, checked_at FROM checks WHERE setup_id = ?",
            setup_id,
        )
        return {row[0]: Check(row[0], row[1], json.loads(row[2]), row[3]) for row in rows}

    # --- runs

    def add_run(
        self,
        setup_id: str,
        fingerprint: str,
        verdict: str,
        findings: Sequence[Mapping[str, Any]],
        details: Mapping[str, Any],
    ) -> int:
        """Keep a test sign-in, whole, when it has ended; returns the run's number.

        `details` is anything JSON can hold: claims, account, redirect_uri. Raises no_setup.
        """
        with self._writing(changed=setup_id) as db:
            row = db.execute(
                "INSERT INTO runs (setup_id, fingerprint, verdict, findings, details, ended_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    setup_id,
                    fingerprint,
                    verdict,
                    _to_json(list(findings)),
                    _to_json(dict(details)),
                    self._time(),
                ),
            )
            return int(row.lastrowid or 0)

    def runs(self, setup_id: str) -> list[Run]:
        """The setup's test sign-ins, the newest first."""
        rows = self._read(f"{_SELECT_RUNS} WHERE setup_id = ? ORDER BY id DESC", setup_id)
        return [Run(row) for row in rows]

    def run(self, run_id: int) -> Run | None:
        """One test sign-in, or None when there is none of that number."""
        rows = self._read(f"{_SELECT_RUNS} WHERE id = ?", run_id)
        return Run(rows[0]) if rows else None

    # --- ticks

    def set_ticks(self, setup_id: str, step: str, ticks: Mapping[str, bool]) -> None:
        """Set or clear boxes of one step; a box ticked before keeps its time. Raises no_setup."""
        with self._writing(changed=setup_id) as db:
            for name, ticked in ticks.items():
                if ticked:
                    db.execute(
                        "INSERT INTO ticks (setup_id, step, name, ticked_at) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT DO NOTHING",
                        (setup_id, step, name, self._time()),
                    )
                else:
                    db.execute(
                        "DELETE FROM ticks WHERE setup_id = ? AND step = ? AND name = ?",
                        (setup_id, step, name),
                    )

    def ticks(self, setup_id: str) -> dict[str, dict[str, str]]:
        """By step, the boxes that are ticked and when."""
        found: dict[str, dict[str, str]] = {}
        for step, name, at in self._read(
            "SELECT step, name, ticked_at FROM ticks WHERE setup_id = ?", setup_id
        ):
            found.setdefault(step, {})[name] = at
        return found

    # --- the connection

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="microseconds")

    def _connection(self) -> sqlite3.Connection:
        with self._guard:
            if not self._is_open:
                raise StoreError("closed", "Latchkey is being closed; start it again.")
            connection = getattr(self._local, "connection", None)
            if connection is None:
                self._close_those_of_ended_threads()
                connection = store_file.connect(self.path)
                self._local.connection = connection
                self._connections.append((threading.current_thread(), connection))
        return connection

    def _close_those_of_ended_threads(self) -> None:
        for pair in [pair for pair in self._connections if not pair[0].is_alive()]:
            self._connections.remove(pair)
            pair[1].close()

    def _read(self, statement: str, *values: str | int) -> list[tuple[Any, ...]]:
        with store_file.told_in_sentences(self.path):
            return self._connection().execute(statement, values).fetchall()

    @contextmanager
    def _writing(
        self, *, changed: str | None = None, needs: str | None = None
    ) -> Iterator[sqlite3.Connection]:
        """One transaction. `changed` moves that setup to the top; it and `needs` must exist."""
        with store_file.told_in_sentences(self.path):
            db = self._connection()
            with store_file.transaction(db):
                setup_id = changed or needs
                if setup_id is not None and not _exists(db, setup_id):
                    raise StoreError("no_setup", "This setup is no longer on this computer.")
                yield db
                if changed is not None:
                    db.execute(
                        "UPDATE setups SET updated_at = ? WHERE id = ?", (self._time(), changed)
                    )


_SELECT_RUNS = "SELECT id, setup_id, fingerprint, verdict, findings, details, ended_at FROM runs"


def _exists(db: sqlite3.Connection, setup_id: str) -> bool:
    return db.execute("SELECT 1 FROM setups WHERE id = ?", (setup_id,)).fetchone() is not None


def _to_json(value: Any) -> str:
    # ASCII only, so that half a surrogate pair in a provider's text cannot stop a save.
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
