"""The cards of home are kept, and shown only while all that they say is so."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.app import SECRET, wizard
from wizard.oidc.finding import failed
from wizard.own_print import print_of
from wizard.setups import as_rows, load
from wizard.store_file import FILE_NAME

ANSWERS = {
    "redirect_uri": "https://product.example/callback",
    "client_id": "8f0c2b1e-55a1-4c0e-9d55-6a1fce7d0a1b",
    "secret_version": "one",
}


@pytest.fixture
def wiz(tmp_path):
    with wizard(tmp_path) as wiz:
        yield wiz


@pytest.fixture
def setup_id(wiz):
    """A setup with its card kept: three values answered, the secret in this process."""
    setup_id = wiz.store.create_setup("syncro", "entra", "Northwind")
    wiz.store.save_answers(setup_id, ANSWERS)
    wiz.store.set_ticks(setup_id, "before", {"ready": True})
    wiz.vault.put(setup_id, "one", SECRET)
    shown(wiz)
    assert cards_in(wiz)
    return setup_id


def shown(wiz):
    """The words of the cards on home."""
    return [each.text for each in wiz.visitor.get("/").root.all("article")]


def cards_in(wiz):
    """What is kept, by setup id."""
    with closing(sqlite3.connect(wiz.store.path)) as db:
        rows = db.execute("SELECT setup_id, made_of, card FROM cards").fetchall()
    return {setup_id: (made_of, json.loads(card)) for setup_id, made_of, card in rows}


def alter(wiz, setup_id, made_of=None, **values):
    """Change what is kept, as an earlier day or another version may have left it."""
    of, card = cards_in(wiz)[setup_id]
    text = json.dumps({**card, **values})
    wiz.store.keep_cards({setup_id: (of if made_of is None else made_of, text)})


def test_a_card_is_made_once_and_then_shown_as_it_was_kept(wiz, setup_id):
    alter(wiz, setup_id, tag="As it was kept")
    assert ["As it was kept" in words for words in shown(wiz)] == [True]


def fingerprint(wiz, setup_id, topic="sign-in"):
    return load(wiz.store, wiz.vault, setup_id, 8765).fingerprint(topic)


def run(wiz, setup_id):
    wiz.store.add_run(setup_id, fingerprint(wiz, setup_id), "warn", [], {})


def check(wiz, setup_id):
    rows = as_rows([failed("client_secret_refused")])
    wiz.store.save_check(setup_id, "again", fingerprint(wiz, setup_id, "again"), rows)


def over(wiz, setup_id):
    day = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    wiz.store.save_answers(setup_id, {"secret_expires": day})


CHANGES = {
    "an answer": (lambda w, i: w.store.save_answers(i, {"client_id": None}), "next: Client ID"),
    "a tick": (lambda w, i: w.store.set_ticks(i, "before", {"ready": False}), "Step 1 of"),
    "a test sign-in": (run, "test sign-in passed with a warning"),
    "a check": (check, "Checked just now"),
    "the provider": (lambda w, i: w.store.change_provider(i, "okta"), "Okta"),
    "the secret forgotten": (lambda w, i: w.vault.forget(i), "next: Client secret"),
    "the secret expired": (over, "Client secret expired 2 days ago"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_on_home_at_once_as_if_no_card_had_been_kept(wiz, setup_id, change):
    make, words = CHANGES[change]
    before = shown(wiz)
    assert words not in before[0]
    make(wiz, setup_id)
    after = shown(wiz)
    assert words in after[0]
    with closing(sqlite3.connect(wiz.store.path)) as db, db:
        db.execute("DELETE FROM cards")
    assert shown(wiz) == after


def test_a_second_check_of_the_same_kind_is_a_change_too(wiz, setup_id):
    check(wiz, setup_id)
    assert "1 more" not in shown(wiz)[0]
    two = as_rows([failed("client_secret_refused"), failed("client_id_unknown")])
    wiz.store.save_check(setup_id, "again", fingerprint(wiz, setup_id, "again"), two)
    assert "and 1 more" in shown(wiz)[0]


def test_a_secret_that_ended_since_the_card_was_kept_needs_a_look(wiz, setup_id):
    over(wiz, setup_id)
    wiz.store.set_ticks(setup_id, "handover", {"handed-over": True})
    assert "Needs a look" in shown(wiz)[0]
    alter(wiz, setup_id, tag="Done", look=False, expired=False)  # kept three days ago
    assert "Needs a look" in shown(wiz)[0]


@pytest.mark.parametrize("part", [0, 1], ids=["other code", "another port"])
def test_a_card_of_other_code_or_another_port_is_not_shown(wiz, setup_id, part):
    of = cards_in(wiz)[setup_id][0].split(" ")
    alter(wiz, setup_id, " ".join([*of[:part], "8766", *of[part + 1 :]]), tag="As it was kept")
    assert "As it was kept" not in shown(wiz)[0]


@pytest.mark.parametrize("card", ["", "{", "[]", "null", "{}", '{"held": true}'])
def test_a_card_that_was_written_to_by_hand_is_made_again(wiz, setup_id, card):
    before = shown(wiz)
    wiz.store.keep_cards({setup_id: (cards_in(wiz)[setup_id][0], card)})
    assert shown(wiz) == before


@pytest.mark.parametrize(
    "part", ["held", "expired", "expires", "secret_version", "uses_secret", "said"]
)
def test_a_card_that_lacks_a_part_is_made_again(wiz, setup_id, part):
    before = shown(wiz)
    made_of, card = cards_in(wiz)[setup_id]
    del card[part]
    wiz.store.keep_cards({setup_id: (made_of, json.dumps(card))})
    assert shown(wiz) == before


def test_home_is_shown_where_no_card_can_be_kept(wiz, setup_id):
    with closing(sqlite3.connect(wiz.store.path)) as db, db:
        db.execute("DELETE FROM cards")
        full = "SELECT RAISE(ABORT, 'database or disk is full')"
        db.execute(f"CREATE TRIGGER full BEFORE INSERT ON cards BEGIN {full}; END")
    assert len(shown(wiz)) == 1
    assert cards_in(wiz) == {}


def test_nothing_is_kept_of_a_setup_that_is_deleted(wiz, setup_id):
    of, card = cards_in(wiz)[setup_id]
    wiz.store.delete_setup(setup_id)
    assert cards_in(wiz) == {}
    wiz.store.keep_cards({setup_id: (of, json.dumps(card))})  # as a page under way would
    assert cards_in(wiz) == {}
    assert shown(wiz) == []


def test_to_keep_a_card_moves_no_setup_up_the_list(wiz, setup_id):
    later = wiz.store.create_setup("connectwise", "entra")
    alter(wiz, setup_id, tag="As it was kept")
    assert [row.id for row in wiz.store.setups()] == [later, setup_id]


def test_no_card_holds_the_secret(wiz, setup_id):
    assert SECRET.encode() not in wiz.store.path.with_name(FILE_NAME).read_bytes()
    assert SECRET not in json.dumps(cards_in(wiz))


def write(path, text="a = 1\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (lambda folder: write(folder / "part.py", "a = 22\n"), True),
        (lambda folder: os.utime(folder / "part.py", ns=(1, 1)), True),
        (lambda folder: write(folder / "guides/entra.toml", "b = 2\n"), True),
        (lambda folder: write(folder / "guides/other.toml"), True),
        (lambda folder: (folder / "part.py").unlink(), True),
        (lambda folder: (folder / "part.py").rename(folder / "guides/part.py"), True),
        (lambda folder: write(folder / "__pycache__/part.pyc"), False),
        (lambda folder: write(folder / "notes.md"), False),
    ],
)
def test_the_print_of_the_code_changes_with_each_of_its_files_and_nothing_else(
    tmp_path, change, differs
):
    write(tmp_path / "part.py")
    write(tmp_path / "guides/entra.toml")
    before = print_of(tmp_path)
    change(tmp_path)
    assert (print_of(tmp_path) != before) == differs
