"""The SQLite file itself: its place, permissions, format, and the ways it can be unusable."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "latchkey.sqlite3"

APPLICATION_ID = 0x4C6B6579
"""Written into the file's header ("Lkey"), so that another program's database is not taken over."""

_BUSY_MS = 5000

# One entry a format version; an entry is never changed once released, only followed by another.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE setups ("
        " id TEXT PRIMARY KEY, product TEXT NOT NULL, provider TEXT NOT NULL, name TEXT NOT NULL,"
        " created_at TEXT NOT NULL, updated_at TEXT NOT NULL)",
        "CREATE INDEX setups_by_change ON setups (updated_at)",
        "CREATE TABLE answers ("
        " setup_id TEXT NOT NULL REFERENCES setups ON DELETE CASCADE, field TEXT NOT NULL,"
        " value TEXT NOT NULL, PRIMARY KEY (setup_id, field)) WITHOUT ROWID",
        "CREATE TABLE checks ("
        " setup_id TEXT NOT NULL REFERENCES setups ON DELETE CASCADE, topic TEXT NOT NULL,"
        " fingerprint TEXT NOT NULL, findings TEXT NOT NULL, checked_at TEXT NOT NULL,"
        " PRIMARY KEY (setup_id, topic)) WITHOUT ROWID",
        "CREATE TABLE runs ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " setup_id TEXT NOT NULL REFERENCES setups ON DELETE CASCADE,"
        " fingerprint TEXT NOT NULL, verdict TEXT NOT NULL, findings TEXT NOT NULL,"
        " details TEXT NOT NULL, ended_at TEXT NOT NULL)",
        "CREATE INDEX runs_of_a_setup ON runs (setup_id, id)",
        "CREATE TABLE ticks ("
        " setup_id TEXT NOT NULL REFERENCES setups ON DELETE CASCADE, step TEXT NOT NULL,"
        " name TEXT NOT NULL, ticked_at TEXT NOT NULL,"
        " PRIMARY KEY (setup_id, step, name)) WITHOUT ROWID",
    ),
    (
        # What the home page shows of a setup, so that it need not be worked out at each start.
        "CREATE TABLE cards ("
        " setup_id TEXT PRIMARY KEY REFERENCES setups ON DELETE CASCADE,"
        " made_of TEXT NOT NULL, card TEXT NOT NULL) WITHOUT ROWID",
    ),
)


class StoreError(Exception):
    """The data could not be read or written. `sentence` is for people, `code` for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return. Raises sqlite3.Error."""
    # check_same_thread is off only so that the main thread can close the others' connections.
    connection = sqlite3.connect(
        path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing. The lock is taken at once, so that two writers cannot deadlock."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def prepare(path: Path, now: Callable[[], datetime]) -> tuple[sqlite3.Connection, str]:
    """Make the file ready: create, check, migrate, try a write. Returns a connection to it, left
    open (to end the last one has SQLite write its journal back), and a notice or "".

    Raises StoreError as `Store.open` says. `now` names the file a damaged one is moved to.
    """
    with told_in_sentences(path):
        _create_private(path)
        try:
            return _migrated(path), ""
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        moved_to = _move_aside(path, now())
        _create_private(path)
        connection = _migrated(path)
    return connection, (
        f"The saved setups in {path} could not be read. The file was kept as {moved_to.name}"
        " beside it, and Latchkey began with an empty one."
    )


@contextmanager
def told_in_sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise into StoreError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code, sentence = _explain(error, path)
        raise StoreError(code, sentence) from error


def _create_private(path: Path) -> None:
    """An empty file only its owner may read; SQLite gives its -wal and -shm files the same mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.name == "posix" and os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _migrated(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        version = _version_of(db, path)
        _check_whole(db)
        db.execute("PRAGMA journal_mode = WAL")
        with transaction(db):
            # Another copy may have migrated it while we waited for the lock.
            version = _version_of(db, path)
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            # Written even when it is the same: this is the proof that the file can be written.
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        db.close()
        raise
    return db


def _version_of(db: sqlite3.Connection, path: Path) -> int:
    """The format version; 0 for a new file. Nothing is written before this has answered."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (application_id,) = db.execute("PRAGMA application_id").fetchone()
    (objects,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application_id != APPLICATION_ID and (objects or version or application_id):
        raise StoreError(
            "not_ours",
            f"{path} was not written by Latchkey; name another directory with --data-dir.",
        )
    if version > len(MIGRATIONS):
        raise StoreError(
            "newer_version",
            f"{path} was written by a newer Latchkey (format {version}; this one knows"
            f" {len(MIGRATIONS)}): start the newer one, or name another directory with --data-dir.",
        )
    return version


def _check_whole(db: sqlite3.Connection) -> None:
    """Read everything once. A broken index is built again; raises DatabaseError for real damage."""
    if _complaint(db):
        db.execute("REINDEX")
        if complaint := _complaint(db):
            raise sqlite3.DatabaseError(f"damaged: {complaint}")


def _complaint(db: sqlite3.Connection) -> str:
    (first,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if first == "ok" else first


def _move_aside(path: Path, now: datetime) -> Path:
    """Rename the damaged file and what belongs to it; returns its new place."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.name}.damaged-{stamp}")
    count = 1
    while target.exists():
        count += 1
        target = path.with_name(f"{path.name}.damaged-{stamp}-{count}")
    # The journal goes first: a new database must never find an old one's journal beside it.
    for suffix in ("-wal", "-shm", "-journal", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    return target


# The low byte of SQLite's result codes; the higher ones say more about the same thing.
_SENTENCES = {
    sqlite3.SQLITE_FULL: ("full", "The disk is full: {path} could not be written. Nothing saved"
                          " before was lost; make room and try again."),
    sqlite3.SQLITE_READONLY: ("read_only", "{path} may only be read: give yourself the right to"
                              " write there, or name another directory with --data-dir."),
    sqlite3.SQLITE_BUSY: ("in_use", "{path} is in use by another program: close it and try again."),
    sqlite3.SQLITE_IOERR: ("unusable", "The disk reported an error at {path}. Nothing saved before"
                           " was lost; check the disk and try again."),
    sqlite3.SQLITE_CORRUPT: ("damaged", "{path} is damaged. Start Latchkey again: it keeps the"
                             " file aside and begins with an empty one."),
}  # fmt: skip


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return str(error).startswith("damaged: ")
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _explain(error: sqlite3.Error | OSError, path: Path) -> tuple[str, str]:
    if isinstance(error, OSError):
        primary = {
            errno.ENOSPC: sqlite3.SQLITE_FULL,
            errno.EDQUOT: sqlite3.SQLITE_FULL,
            errno.EROFS: sqlite3.SQLITE_READONLY,
            errno.EACCES: sqlite3.SQLITE_READONLY,
            errno.EPERM: sqlite3.SQLITE_READONLY,
        }.get(error.errno or 0, 0)
    else:
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM) and not os.access(
            path.parent, os.W_OK
        ):
            primary = sqlite3.SQLITE_READONLY
        if isinstance(error, sqlite3.DatabaseError) and _is_damage(error):
            primary = sqlite3.SQLITE_CORRUPT
    code, sentence = _SENTENCES.get(
        primary,
        ("unusable", "{path} could not be opened: name another directory with --data-dir."),
    )
    return code, sentence.format(path=path)
