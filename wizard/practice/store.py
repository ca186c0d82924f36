"""What the practice provider keeps, in `practice.sqlite3`, so that it survives a restart.

The tenant, its signing key, the registered applications, salted digests of their secrets, and the
practice product's settings but for its secret: a real secret may be pasted there, so that one
stays in the process's memory.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from wizard.entra_secret import DIGITS, MARK, complete
from wizard.practice.records import Application, NewSecret, SecretRow
from wizard.store_file import StoreError, connect, told_in_sentences, transaction

FILE_NAME = "practice.sqlite3"
_WEB, _SINGLE_PAGE = "web", "spa"
# What turns a file of each version into one of the next. A step is never changed afterwards.
_STEPS = (
    (
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE applications ("
        " client_id TEXT PRIMARY KEY, object_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " id_tokens INTEGER NOT NULL, created_at TEXT NOT NULL)",
        "CREATE TABLE redirect_uris ("
        " client_id TEXT NOT NULL REFERENCES applications, position INTEGER NOT NULL,"
        " uri TEXT NOT NULL, PRIMARY KEY (client_id, position)) WITHOUT ROWID",
        "CREATE TABLE secrets ("
        " secret_id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES applications,"
        " description TEXT NOT NULL, hint TEXT NOT NULL, salt BLOB NOT NULL, digest BLOB NOT NULL,"
        " created_at TEXT NOT NULL, expires_at TEXT NOT NULL)",
    ),
    (
        f"ALTER TABLE redirect_uris ADD COLUMN platform TEXT NOT NULL DEFAULT '{_WEB}'",
        "ALTER TABLE applications ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE applications ADD COLUMN assignment_required INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE assignments ("
        " client_id TEXT NOT NULL REFERENCES applications, user TEXT NOT NULL,"
        " PRIMARY KEY (client_id, user)) WITHOUT ROWID",
    ),
)
_VERSION = len(_STEPS)


class PracticeStore:
    """Every method opens its own connection, so that any thread may call it; raises StoreError."""

    def __init__(
        self, data_dir: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = data_dir / FILE_NAME
        self._now = now
        with told_in_sentences(data_dir):
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._open()
        except StoreError as error:
            if error.code != "damaged":
                raise
            # Practice only: nothing in it is worth stopping for. The old file stays beside it.
            with told_in_sentences(self._path):
                for suffix in ("-journal", ""):
                    part = data_dir / (FILE_NAME + suffix)
                    if part.exists():
                        part.replace(data_dir / f"{FILE_NAME}.damaged{suffix}")
            self._open()

    def fact(self, name: str, make: Callable[[], str]) -> str:
        """A value made once, by `make`, and kept for ever: the tenant ID, the signing key."""
        with self._writing() as db:
            row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            if row:
                return row[0]
            value = make()
            db.execute("INSERT INTO facts VALUES (?, ?)", (name, value))
            return value

    def texts(self, names: Iterable[str]) -> dict[str, str]:
        """The saved texts among `names`; what was never saved is left out."""
        with self._reading() as db:
            saved = dict(db.execute("SELECT name, value FROM facts"))
        return {name: saved[name] for name in names if name in saved}

    def save_texts(self, **texts: str) -> None:
        with self._writing() as db:
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", texts.items())

    def applications(self) -> list[Application]:
        """All registrations, oldest first."""
        with self._reading() as db:
            rows = db.execute(f"{_SELECT} ORDER BY created_at, rowid").fetchall()
            return [_application(db, row) for row in rows]

    def application(self, client_id: str) -> Application | None:
        with self._reading() as db:
            row = db.execute(f"{_SELECT} WHERE client_id = ?", (client_id.lower(),)).fetchone()
            return _application(db, row) if row else None

    def register(
        self, name: str, *, web: Iterable[str], spa: Iterable[str], id_tokens: bool
    ) -> str:
        """The new application's client ID. `web` and `spa` are redirect URIs by platform."""
        client_id, object_id = str(uuid4()), str(uuid4())
        with self._writing() as db:
            db.execute(
                "INSERT INTO applications (client_id, object_id, name, id_tokens, created_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (client_id, object_id, name, id_tokens, self._now().isoformat()),
            )
            _put_redirect_uris(db, client_id, web, spa)
        return client_id

    def change(
        self, client_id: str, *, web: Iterable[str], spa: Iterable[str], id_tokens: bool
    ) -> None:
        """What Authentication holds; redirect URIs that are not named are gone."""
        with self._writing() as db:
            db.execute(
                "UPDATE applications SET id_tokens = ? WHERE client_id = ?", (id_tokens, client_id)
            )
            db.execute("DELETE FROM redirect_uris WHERE client_id = ?", (client_id,))
            _put_redirect_uris(db, client_id, web, spa)

    def change_properties(
        self, client_id: str, *, enabled: bool, assignment_required: bool
    ) -> None:
        with self._writing() as db:
            db.execute(
                "UPDATE applications SET enabled = ?, assignment_required = ? WHERE client_id = ?",
                (enabled, assignment_required, client_id),
            )

    def assign(self, client_id: str, users: Iterable[str]) -> None:
        """These users, by their slugs, and no others are assigned to the application."""
        with self._writing() as db:
            db.execute("DELETE FROM assignments WHERE client_id = ?", (client_id,))
            rows = [(client_id, user) for user in set(users)]
            db.executemany("INSERT INTO assignments VALUES (?, ?)", rows)

    def add_secret(self, client_id: str, description: str, expires_at: datetime) -> NewSecret:
        """A new secret in Entra's shape, checksum included. Only its salted digest is kept."""
        head = "".join(secrets.choice(DIGITS) for _ in range(3))
        tail = "".join(secrets.choice(DIGITS) for _ in range(31))
        new = NewSecret(str(uuid4()), complete(head + MARK + tail))
        salt = secrets.token_bytes(16)
        dates = self._now().isoformat(), expires_at.isoformat()
        kept = new.secret_id, client_id, description, head, salt, _digest(salt, new.value)
        with self._writing() as db:
            db.execute("INSERT INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*kept, *dates))
        return new

    def secrets(self, client_id: str) -> list[SecretRow]:
        """The application's secrets, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT secret_id, description, hint, expires_at FROM secrets"
                " WHERE client_id = ? ORDER BY created_at, rowid",
                (client_id,),
            ).fetchall()
        return [SecretRow(*row[:3], datetime.fromisoformat(row[3])) for row in rows]

    def delete_secret(self, client_id: str, secret_id: str) -> None:
        """From here on it is wrong. Does nothing when the application has no such secret."""
        with self._writing() as db:
            db.execute(
                "DELETE FROM secrets WHERE client_id = ? AND secret_id = ?", (client_id, secret_id)
            )

    def judge_secret(self, client_id: str, value: str) -> str:
        """`right`, `expired` (it was right once) or `wrong`."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT salt, digest, expires_at FROM secrets WHERE client_id = ?", (client_id,)
            ).fetchall()
        for salt, digest, expires_at in rows:
            if hmac.compare_digest(_digest(salt, value), digest):
                ended = datetime.fromisoformat(expires_at) <= self._now()
                return "expired" if ended else "right"
        return "wrong"

    def _open(self) -> None:
        with told_in_sentences(self._path):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._writing() as db:
            self._prepare(db)

    def _prepare(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise StoreError(
                "newer_version",
                f"{self._path} was written by a newer Latchkey: start the newer one, or name"
                " another directory with --data-dir.",
            )
        for step in _STEPS[version:]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with told_in_sentences(self._path), closing(connect(self._path)) as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db, transaction(db):
            yield db


_SELECT = (
    "SELECT client_id, object_id, name, id_tokens, enabled, assignment_required FROM applications"
)


def _application(db: sqlite3.Connection, row: tuple) -> Application:
    uris = db.execute(
        "SELECT platform, uri FROM redirect_uris WHERE client_id = ? ORDER BY position", (row[0],)
    ).fetchall()
    assigned = db.execute("SELECT user FROM assignments WHERE client_id = ?", (row[0],))
    return Application(
        *row[:3],
        *map(bool, row[3:]),
        web_uris=tuple(uri for platform, uri in uris if platform == _WEB),
        spa_uris=tuple(uri for platform, uri in uris if platform == _SINGLE_PAGE),
        assigned=frozenset(user for (user,) in assigned),
    )


def _put_redirect_uris(
    db: sqlite3.Connection, client_id: str, web: Iterable[str], spa: Iterable[str]
) -> None:
    rows = [*((_WEB, uri) for uri in web), *((_SINGLE_PAGE, uri) for uri in spa)]
    db.executemany(
        "INSERT INTO redirect_uris (client_id, position, platform, uri) VALUES (?, ?, ?, ?)",
        ((client_id, position, *row) for position, row in enumerate(rows)),
    )


def _digest(salt: bytes, value: str) -> bytes:
    """One round is enough: the values are random, not words that could be guessed."""
    return hashlib.sha256(salt + value.encode("utf-8", "surrogatepass")).digest()
