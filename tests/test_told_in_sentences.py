"""What stands in the way of saving is told on a page, in a sentence, and nothing is lost."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from keyring import errors
from keyring.backends.fail import Keyring as NoKeyring

from tests.support.app import SECRET, wizard
from tests.support.processes import free_port_pair
from tests.test_store import open_to_all  # noqa: F401 - a fixture
from tests.test_vault import Cupboard, ShortCupboard, SlowCupboard
from wizard.store import Store, StoreError
from wizard.vault import Vault

ROOT = Path(__file__).resolve().parent.parent


def banner(page) -> tuple[str, str]:
    """Heading and sentence of the page's only warning."""
    (found,) = page.root.where(lambda e: "banner" in e.get("class").split())
    return found.one("h2").text, found.one("p").text


def entered(wiz):
    """She has pasted the secret; the page of the secret when she goes back to it."""
    page = wiz.walk_to("metadata")
    return wiz.visitor.get(page.path.replace("metadata", "client-secret"))


# --- the keyring

IN_MEMORY = "So it is kept in memory only, and is gone when Latchkey ends."
KEYRINGS = {
    "none": (NoKeyring, f"This computer offers no keyring that Latchkey can use. {IN_MEMORY}"),
    "locked": (
        lambda: Cupboard(put=errors.KeyringLocked()),
        f"Vault test box is locked. {IN_MEMORY}",
    ),
    "refusing": (
        lambda: Cupboard(put=errors.PasswordSetError()),
        f"Vault test box did not take the secret. {IN_MEMORY}",
    ),
    "cutting": (
        ShortCupboard,
        f"vault test box did not give the secret back unchanged. {IN_MEMORY}",
    ),
    "silent": (SlowCupboard, f"The keyring did not answer within 0 seconds. {IN_MEMORY}"),
    "good": (Cupboard, "It is kept in this computer's keyring (vault test box), not in"),
}


@pytest.mark.parametrize("which", KEYRINGS)
def test_the_page_says_where_the_secret_is_kept_and_why(tmp_path, which):
    make, sentence = KEYRINGS[which]
    with wizard(tmp_path, vault=Vault(tmp_path, make(), patience=0.2)) as wiz:
        page = entered(wiz)
        assert sentence in page.words
        assert "Leave empty to keep what you pasted." in page.words, "nothing is lost"


@pytest.mark.parametrize(
    ("later", "heading", "sentence"),
    [
        (
            lambda kept: kept.refuses.update(get=errors.KeyringLocked()),
            "The client secret cannot be read now",
            "Vault test box is locked. Unlock it and reload this page, or paste the secret once"
            " more.",
        ),
        (
            lambda kept: kept.kept.clear(),
            "The client secret is not here any more",
            "It is not in vault test box. Paste it once more, or add a new one.",
        ),
        (
            None,
            "The client secret is not here any more",
            "This computer offers no keyring that Latchkey can use. Without one the secret is kept"
            " in memory only, until Latchkey ends. Paste it once more, or add a new one.",
        ),
    ],
    ids=["locked", "emptied", "gone"],
)
def test_after_a_restart_the_page_says_why_the_secret_is_not_there(
    tmp_path, later, heading, sentence
):
    cupboard = Cupboard()
    with wizard(tmp_path, vault=Vault(tmp_path, cupboard)) as wiz:
        place = entered(wiz).path
    if later:
        later(cupboard)
    vault = Vault(tmp_path, cupboard if later else NoKeyring())
    with wizard(tmp_path, vault=vault) as wiz:
        page = wiz.visitor.get(place)
        assert banner(page) == (heading, sentence)
        assert page.root.one("input", name="client_secret").get("value") == ""


def test_a_keyring_unlocked_after_the_start_gives_the_secret_back(tmp_path):
    cupboard = Cupboard()
    with wizard(tmp_path, vault=Vault(tmp_path, cupboard)) as wiz:
        place = entered(wiz).path
    cupboard.refuses["get"] = errors.KeyringLocked()
    with wizard(tmp_path, vault=Vault(tmp_path, cupboard)) as wiz:
        assert banner(wiz.visitor.get(place))
        del cupboard.refuses["get"]
        page = wiz.visitor.get(place)
        assert "Leave empty to keep what you pasted." in page.words
        assert wiz.vault.get(*next(iter(cupboard.kept))[1].split(".")) == SECRET


# --- the database, while it runs


def full(wiz) -> None:
    db = wiz.store._connection()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")
    filler = wiz.store.create_setup("syncro", "oidc")
    for size in (2000, 200, 20):
        with contextlib.suppress(StoreError):
            for n in range(1000):
                wiz.store.save_answers(filler, {f"{size}.{n}": "x" * size})


def read_only(wiz) -> None:
    wiz.store._connection().execute("PRAGMA query_only = ON")


TROUBLE = {
    "full": (
        full,
        "The disk is full: {path} could not be written. Nothing saved before was lost; make room"
        " and try again.",
    ),
    "read-only": (
        read_only,
        "{path} may only be read: give yourself the right to write there, or name another"
        " directory with --data-dir.",
    ),
}


@pytest.mark.parametrize("which", TROUBLE)
def test_a_disk_that_takes_nothing_gets_a_page_with_the_reason_and_nothing_is_lost(wiz, which):
    make, sentence = TROUBLE[which]
    page = wiz.visitor.get(wiz.walk_to("metadata").path.replace("metadata", "redirect-uri"))
    setup_id = page.path.split("/")[2]
    before = wiz.store.answers(setup_id)
    make(wiz)
    said = wiz.visitor.submit(page, redirect_uri="https://product.example/" + "x" * 2000)
    assert (said.status, said.h1) == (503, "That could not be saved")
    assert sentence.format(path=wiz.store.path) in said.words
    assert "Nothing was half saved." in said.words
    assert wiz.store.answers(setup_id) == before
    assert wiz.visitor.get("/").status == 200, "what was saved can still be read"


# --- the start


@pytest.mark.skipif(sys.platform == "win32", reason="rights are set by mode bits here")
def test_a_data_directory_one_may_only_read_stops_the_start_with_a_sentence(open_to_all):  # noqa: F811
    """As an account without rights, for an administrator may write everywhere."""
    with Store(open_to_all) as store:
        setup_id = store.create_setup("syncro", "entra")
    open_to_all.chmod(0o555)
    # The interpreter may lie where that account cannot go, so everything is loaded before.
    code = (
        "import os, sys, platformdirs, app\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "sys.exit(app.main(['--no-browser', '--port', sys.argv[1], '--data-dir', sys.argv[2]]))"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(free_port_pair()), str(open_to_all)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        open_to_all.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{open_to_all} cannot be used (permission denied): name another directory with"
        " --data-dir.\n"
    )
    with Store(open_to_all) as store:
        assert [row.id for row in store.setups()] == [setup_id]
