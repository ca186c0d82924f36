"""The store: what is saved stays saved, and a file it cannot use is told in a sentence."""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wizard import store_file
from wizard.store import Store, StoreError

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.get("LATCHKEY_KILLS", "10"))


class Clock:
    """A clock that goes on by one second each time it is read."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path, now=Clock()) as opened:
        yield opened


def reopened(store: Store) -> Store:
    store.close()
    store.open()
    return store


# --- what is kept


def test_a_setup_has_an_id_of_twelve_lower_case_letters_and_digits(store):
    setup_id = store.create_setup("syncro", "entra", "Northern branch")
    assert len(setup_id) == 12
    assert set(setup_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    row = reopened(store).setup(setup_id)
    assert (row.id, row.product, row.provider, row.name) == (
        setup_id,
        "syncro",
        "entra",
        "Northern branch",
    )
    assert row.created_at == row.updated_at == "2026-01-01T12:00:01.000000+00:00"


def test_the_setup_changed_last_comes_first_and_a_check_is_not_a_change(store):
    first, second = (store.create_setup("syncro", "entra", name) for name in "ab")
    assert [row.id for row in store.setups()] == [second, first]
    store.save_answers(first, {"client_id": "x"})
    assert [row.id for row in store.setups()] == [first, second]
    store.save_check(second, "client_id", "f", [])
    assert [row.id for row in store.setups()] == [first, second]
    store.set_ticks(second, "turn-on", {"saved": True})
    assert [row.id for row in store.setups()] == [second, first]
    store.add_run(first, "f", "pass", [], {})
    assert [row.id for row in store.setups()] == [first, second]


def test_answers_are_changed_one_by_one_and_none_takes_one_away(store):
    setup_id = store.create_setup("syncro", "entra", "")
    store.save_answers(setup_id, {"redirect_uri": "https://a.example/cb", "client_id": "one"})
    store.save_answers(setup_id, {"client_id": "Ünïcode ✓ \x00 '", "redirect_uri": None, "x": ""})
    assert reopened(store).answers(setup_id) == {"client_id": "Ünïcode ✓ \x00 '", "x": ""}


def test_a_check_replaces_the_one_before_of_the_same_topic_only(store):
    setup_id = store.create_setup("syncro", "entra", "")
    store.save_check(setup_id, "metadata", "f1", [{"code": "old"}])
    store.save_check(setup_id, "keys", "f1", [])
    store.save_check(setup_id, "metadata", "f2", [{"code": "new", "evidence": ["a", "\ud800"]}])
    checks = reopened(store).checks(setup_id)
    assert set(checks) == {"metadata", "keys"}
    assert checks["metadata"].fingerprint == "f2"
    assert checks["metadata"].findings == [{"code": "new", "evidence": ["a", "\ud800"]}]
    assert checks["metadata"].checked_at > checks["keys"].checked_at


def test_runs_come_back_whole_and_the_newest_first(store):
    setup_id = store.create_setup("syncro", "entra", "")
    details = {"claims": {"email": "user@example.com", "n": [1, None]}, "account": "a user"}
    one = store.add_run(setup_id, "f", "fail", [{"code": "nonce_other"}], details)
    two = store.add_run(setup_id, "g", "pass", [], {})
    runs = reopened(store).runs(setup_id)
    assert [run.id for run in runs] == [two, one]
    assert store.run(one) == runs[1]
    assert (runs[1].verdict, runs[1].fingerprint, runs[1].setup_id) == ("fail", "f", setup_id)
    assert runs[1].details == details
    assert runs[1].findings == [{"code": "nonce_other"}]
    assert store.run(two + 1) is None


def test_a_tick_keeps_the_time_it_was_first_set(store):
    setup_id = store.create_setup("syncro", "entra", "")
    store.set_ticks(setup_id, "turn-on", {"saved": True, "enabled": True})
    before = store.ticks(setup_id)["turn-on"]["saved"]
    store.set_ticks(setup_id, "turn-on", {"saved": True, "enabled": False})
    assert reopened(store).ticks(setup_id) == {"turn-on": {"saved": before}}


def test_a_deleted_setup_takes_everything_with_it(store):
    kept, gone = (store.create_setup("syncro", "entra", "") for _ in range(2))
    for setup_id in (kept, gone):
        store.save_answers(setup_id, {"client_id": "x"})
        store.save_check(setup_id, "t", "f", [])
        store.add_run(setup_id, "f", "pass", [], {})
        store.set_ticks(setup_id, "s", {"a": True})
    store.delete_setup(gone)
    store.delete_setup("nosuchsetup0")
    assert [row.id for row in store.setups()] == [kept]
    store.close()
    with closing(sqlite3.connect(store.path)) as db:
        for table in ("answers", "checks", "runs", "ticks"):
            assert db.execute(f"SELECT setup_id FROM {table}").fetchall() == [(kept,)]


WRITES = {
    "answers": lambda store, setup_id: store.save_answers(setup_id, {"a": "b"}),
    "a check": lambda store, setup_id: store.save_check(setup_id, "t", "f", []),
    "a run": lambda store, setup_id: store.add_run(setup_id, "f", "pass", [], {}),
    "ticks": lambda store, setup_id: store.set_ticks(setup_id, "s", {"a": True}),
}


@pytest.mark.parametrize("what", WRITES)
def test_saving_for_a_setup_deleted_in_another_tab_is_told(store, what):
    setup_id = store.create_setup("syncro", "entra", "")
    store.delete_setup(setup_id)
    with pytest.raises(StoreError) as told:
        WRITES[what](store, setup_id)
    assert told.value.code == "no_setup"
    assert told.value.sentence == "This setup is no longer on this computer."


def test_a_save_that_fails_half_way_leaves_the_answers_as_they_were(store):
    setup_id = store.create_setup("syncro", "entra", "")
    store.save_answers(setup_id, {"client_id": "one"})
    with pytest.raises(StoreError):
        store.save_answers(setup_id, {"client_id": "two", "metadata_url": object()})
    assert store.answers(setup_id) == {"client_id": "one"}


def test_threads_write_at_once_and_none_waits_in_vain(store):
    setup_id = store.create_setup("syncro", "entra", "")
    failures = []

    def save(name: str) -> None:
        try:
            for turn in range(20):
                store.save_answers(setup_id, {name: str(turn)})
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=save, args=(f"f{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert store.answers(setup_id) == {f"f{n}": "19" for n in range(8)}


# --- the file


def test_only_the_owner_may_read_the_file_and_what_sqlite_puts_beside_it(tmp_path):
    before = os.umask(0)
    try:
        with Store(tmp_path) as store:
            store.create_setup("syncro", "entra", "")
            modes = {
                file.name: stat.S_IMODE(file.stat().st_mode) for file in sorted(tmp_path.iterdir())
            }
    finally:
        os.umask(before)
    assert modes == {
        "latchkey.sqlite3": 0o600,
        "latchkey.sqlite3-shm": 0o600,
        "latchkey.sqlite3-wal": 0o600,
    }


def test_a_file_others_could_read_is_closed_to_them_at_the_next_start(tmp_path):
    with Store(tmp_path) as store:
        store.path.chmod(0o644)
    with Store(tmp_path) as store:
        assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_commit_is_on_the_disk_when_it_returns(store):
    store.create_setup("syncro", "entra", "")
    db = store_file.connect(store.path)
    with closing(db):
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_each_older_format_is_brought_up_to_this_one(tmp_path):
    for version in range(len(store_file.MIGRATIONS) + 1):
        path = tmp_path / str(version) / store_file.FILE_NAME
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as db:
            for statements in store_file.MIGRATIONS[:version]:
                for statement in statements:
                    db.execute(statement)
            if version:
                db.execute(
                    "INSERT INTO setups (id, product, provider, name, created_at, updated_at)"
                    " VALUES ('kept', 'syncro', 'entra', '', '', '')"
                )
                db.execute(f"PRAGMA application_id = {store_file.APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {version}")
            db.commit()
        with Store(path.parent) as store:
            assert store.notice == ""
            assert (store.setup("kept") is not None) == bool(version)
            store.save_answers(store.create_setup("syncro", "entra", ""), {"a": "b"})


def test_a_database_of_a_newer_version_is_left_alone_and_named(tmp_path):
    with Store(tmp_path) as store:
        setup_id = store.create_setup("syncro", "entra", "")
    newer = len(store_file.MIGRATIONS) + 1
    with closing(sqlite3.connect(store.path)) as db:
        db.execute(f"PRAGMA user_version = {newer}")
    before = store.path.read_bytes()
    with pytest.raises(StoreError) as told:
        store.open()
    assert told.value.code == "newer_version"
    assert told.value.sentence == (
        f"{store.path} was written by a newer Latchkey (format {newer}; this one knows"
        f" {newer - 1}): start the newer one, or name another directory with --data-dir."
    )
    assert store.path.read_bytes() == before
    with closing(sqlite3.connect(store.path)) as db:
        assert db.execute("SELECT id FROM setups").fetchall() == [(setup_id,)]


def test_another_programs_database_is_not_taken_over(tmp_path):
    path = tmp_path / store_file.FILE_NAME
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(StoreError) as told:
        Store(tmp_path).open()
    assert told.value.code == "not_ours"
    assert path.read_bytes() == before


def overwrite_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


DAMAGE = {
    "not a database at all": lambda path: path.write_bytes(b"these are notes, not SQLite" * 99),
    "header overwritten": lambda path: path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:]),
    "pages overwritten": overwrite_pages,
    "cut in the middle": lambda path: path.write_bytes(path.read_bytes()[:6000]),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_file_that_cannot_be_read_is_kept_aside_and_the_new_place_is_named(tmp_path, how):
    with Store(tmp_path, now=Clock()) as store:
        setup_id = store.create_setup("syncro", "entra", "")
        for n in range(200):
            store.save_answers(setup_id, {f"field{n}": "x" * 100})
    DAMAGE[how](store.path)
    damaged = store.path.read_bytes()
    for _ in range(2):
        with Store(tmp_path, now=lambda: datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)) as again:
            kept = tmp_path / "latchkey.sqlite3.damaged-20260506T070809Z"
            if not again.notice:
                break
            assert again.setups() == []
            assert again.notice == (
                f"The saved setups in {store.path} could not be read. The file was kept as"
                f" {kept.name} beside it, and Latchkey began with an empty one."
            )
            again.create_setup("connectwise", "entra", "")
    assert kept.read_bytes() == damaged
    assert again.kept_aside() == [kept]
    assert [row.product for row in again_opened(tmp_path)] == ["connectwise"]


def again_opened(data_dir: Path) -> list:
    with Store(data_dir) as store:
        assert store.notice == ""
        return store.setups()


def test_two_damaged_files_in_one_second_are_both_kept(tmp_path):
    path = tmp_path / store_file.FILE_NAME
    for text in (b"first " * 1000, b"second " * 1000):
        path.write_bytes(text)
        with Store(tmp_path, now=lambda: datetime(2026, 5, 6, tzinfo=UTC)) as store:
            assert store.notice
    kept = sorted(file.read_bytes()[:5] for file in tmp_path.glob("*.damaged-*"))
    assert kept == [b"first", b"secon"]


def test_a_broken_index_is_built_again_and_nothing_is_moved(tmp_path):
    with Store(tmp_path) as store:
        setup_id = store.create_setup("syncro", "entra", "")
        store.add_run(setup_id, "f", "pass", [], {})
    with closing(sqlite3.connect(store.path)) as db:
        # The index now says something else than the table it belongs to.
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '(setup_id, id)', '(verdict, id)')"
            " WHERE name = 'runs_of_a_setup'"
        )
        db.commit()
    with Store(tmp_path) as store:
        assert store.notice == ""
        assert [run.verdict for run in store.runs(setup_id)] == ["pass"]


# What a child process without rights, or without room, hears. It prints code and sentence.
TELL = """
import os, resource, signal, sys
from pathlib import Path
from wizard.store import Store, StoreError
if sys.argv[2] == "nobody" and os.getuid() == 0:
    os.setuid(65534)
store = Store(Path(sys.argv[1]))
try:
    store.open()
    setup_id = store.setups()[0].id
    if sys.argv[2] == "full":
        (pages,) = store._connection().execute("PRAGMA page_count").fetchone()
        store._connection().execute(f"PRAGMA max_page_count = {pages}")
    store.save_answers(setup_id, {"new": "x" * 100_000, "old": "overwritten"})
except StoreError as error:
    print(error.code, error.sentence, sep="\\n")
"""


def told_to_a_child(data_dir: Path, how: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TELL, str(data_dir), how],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.fixture
def open_to_all(tmp_path_factory):
    """A directory whose parents anybody may enter, as pytest's own may not be."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.mark.skipif(os.name != "posix", reason="rights are set by mode bits here")
def test_a_directory_one_may_only_read_is_told_and_nothing_is_lost(open_to_all):
    with Store(open_to_all) as store:
        setup_id = store.create_setup("syncro", "entra", "")
        store.save_answers(setup_id, {"old": "kept"})
    store.path.chmod(0o644)
    open_to_all.chmod(0o555)
    try:
        code, sentence = told_to_a_child(open_to_all, "nobody")
    finally:
        open_to_all.chmod(0o755)
    assert code == "read_only"
    assert sentence == (
        f"{store.path} may only be read: give yourself the right to write there, or name another"
        " directory with --data-dir."
    )
    with Store(open_to_all) as store:
        assert store.answers(setup_id) == {"old": "kept"}


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path):
    with Store(tmp_path) as store:
        setup_id = store.create_setup("syncro", "entra", "")
        store.save_answers(setup_id, {"old": "kept"})
    code, sentence = told_to_a_child(tmp_path, "full")
    assert code == "full"
    assert sentence == (
        f"The disk is full: {store.path} could not be written. Nothing saved before was lost;"
        " make room and try again."
    )
    with Store(tmp_path) as store:
        assert store.answers(setup_id) == {"old": "kept"}


def test_a_data_directory_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as told:
        Store(tmp_path / "file").open()
    assert told.value.code == "unusable"


def test_a_store_that_was_closed_says_so(store):
    store.close()
    with pytest.raises(StoreError) as told:
        store.setups()
    assert told.value.code == "closed"


# --- killed at any moment

# Saves in a loop. A line is printed before and after each save, so that the parent knows which
# were promised and which one may have been under way.
SAVE_FOR_EVER = """
import sys
from pathlib import Path
from wizard.store import Store
store = Store(Path(sys.argv[1]))
store.open()
setup_id = sys.argv[2]
turn = int(sys.argv[3])
while True:
    turn += 1
    print("begun", turn, flush=True)
    text = str(turn)
    store.save_answers(setup_id, {f"f{n}": text * 50 for n in range(20)})
    store.save_check(setup_id, "metadata", text, [{"code": text, "evidence": [text * 2000]}])
    store.add_run(setup_id, text, "pass", [{"code": text}], {"claims": {"sub": text * 500}})
    store.set_ticks(setup_id, "turn-on", {f"t{n}": turn % 2 == 0 for n in range(5)})
    print("done", turn, flush=True)
"""


@pytest.mark.more
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_nothing_saved_is_lost_or_half_written_when_killed_at_random_moments(tmp_path):
    with Store(tmp_path) as store:
        setup_id = store.create_setup("syncro", "entra", "")
    seed = random.randrange(2**32)
    moments = random.Random(seed)
    last, promised = 0, set()
    for kill in range(KILLS):
        begun, done = saved_until_killed(tmp_path, setup_id, last, moments)
        promised |= done
        # The last save that was promised, or a later one that was cut off before it could say so.
        possible = {str(n) for n in range(max(promised, default=0), begun + 1)}
        where = (
            f"seed {seed}, kill {kill}, begun {begun}, promised up to {max(promised, default=0)}"
        )
        with Store(tmp_path) as store:
            assert store.notice == "", where
            judge_what_is_left(store, setup_id, promised, possible, where)
        last = begun
    assert len(promised) > KILLS, "too few saves for the kills to mean anything"


def judge_what_is_left(store, setup_id: str, promised: set, possible: set, where: str) -> None:
    if not promised:
        return
    answers = store.answers(setup_id)
    assert len(answers) == 20, where
    assert len(set(answers.values())) == 1, where
    assert answers["f0"] in {text * 50 for text in possible}, where
    check = store.checks(setup_id)["metadata"]
    assert check.fingerprint in possible, where
    assert check.findings == [
        {"code": check.fingerprint, "evidence": [check.fingerprint * 2000]}
    ], where
    runs = store.runs(setup_id)
    assert {str(n) for n in promised} <= {run.fingerprint for run in runs}, where
    for run in runs:
        assert run.findings == [{"code": run.fingerprint}], where
        assert run.details == {"claims": {"sub": run.fingerprint * 500}}, where
    assert len(store.ticks(setup_id).get("turn-on", {})) in {0, 5}, where


def saved_until_killed(data_dir: Path, setup_id: str, last: int, moments: random.Random):
    """Run the saver and kill it within one of its turns; what it began last, all it promised."""
    child = subprocess.Popen(
        [sys.executable, "-c", SAVE_FOR_EVER, str(data_dir), setup_id, str(last)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    begun, done = last, set()
    lines_to_go = moments.randrange(1, 12)
    killer = threading.Timer(moments.uniform(0, 0.02), child.send_signal, [signal.SIGKILL])
    with child:
        for line in child.stdout:
            if not line.endswith("\n"):
                break  # killed in the middle of a word, so this was neither begun nor promised
            word, number = line.split()
            if word == "begun":
                begun = int(number)
            else:
                done.add(int(number))
            lines_to_go -= 1
            if lines_to_go == 0:
                killer.start()
        killer.join()
    return begun, done
