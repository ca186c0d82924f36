"""Every address has its view, and a start loads only what the first page needs."""

import json
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.app import wizard
from wizard.views import ROUTES

ROOT = Path(__file__).resolve().parent.parent

# What is loaded after each of these pages, and once all that goes on behind it is over.
PAGES = """
import json, sys, threading
from pathlib import Path
from wizard.application import create_app
from wizard.store import Store
from wizard.vault import Vault
folder, new, setups, *paths = Path(sys.argv[1]), *map(int, sys.argv[2:4]), *sys.argv[4:]
loaded = {}
with Store(folder) as store:
    for _ in range(new):
        store.create_setup("syncro", "entra", "")
    app = create_app(port=8765, data_dir=folder, launch_token="t" * 20, secret_key=b"0" * 32,
                     vault=Vault(folder), store=store)
    client = app.test_client()
    here = "http://localhost:8765"
    client.get("/launch?t=" + "t" * 20, base_url=here)
    for path in paths:
        with client.get(path, base_url=here) as page:
            assert page.status_code == 200, page.status_code
            assert path != "/" or page.text.count('class="card"') == setups
        loaded[path] = sorted(sys.modules)
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(30)
        loaded[f"behind {path}"] = sorted(sys.modules)
print(json.dumps(loaded))
"""

ONLY_LATER = {"authlib", "cryptography", "icalendar", "jose", "keyring", "requests", "urllib3"}


def loaded_by(folder, new, setups):
    """What a program has loaded by the home page with `setups`, `new` of them made just now."""
    pages = ["/"] if setups else ["/", "/setups/new"]
    done = subprocess.run(
        [sys.executable, "-c", PAGES, str(folder), str(new), str(setups), *pages],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {page: set(names) for page, names in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Each program is started once; one on the same data comes after one that made it."""
    folders = {setups: tmp_path_factory.mktemp("data") for setups in (0, 3)}
    return cache(lambda new, setups: loaded_by(folders[setups], new, setups))


@pytest.mark.parametrize("setups", [0, 3])
def test_home_loads_nothing_that_asks_signs_or_keeps_secrets(loaded, setups):
    found = loaded(setups, setups)["/"]
    assert {name.split(".")[0] for name in found} & ONLY_LATER == set()
    assert "wizard.views.home" in found
    assert "wizard.views.sign_in" not in found
    assert ("wizard.catalogue" in found) == bool(setups)


def test_a_start_with_setups_as_they_were_loads_no_more_than_one_without(loaded):
    without, made, kept = (loaded(*start)["/"] for start in ((0, 0), (3, 3), (0, 3)))
    few = {"wizard.views.shelf", "wizard.own_print", "wizard.expiry"}
    assert {name for name in kept - without if name.startswith("wizard")} == few
    assert "msgspec" in made
    assert "msgspec" not in kept


@pytest.mark.parametrize(("endpoint", "rule", "methods"), ROUTES)
def test_every_address_has_a_view_that_says_what_it_does(endpoint, rule, methods):
    module, _, name = endpoint.partition(".")
    view = getattr(import_module(f"wizard.views.{module}"), name)
    assert view.__doc__
    assert rule.startswith("/")
    assert set(methods.split()) <= {"GET", "POST"}


def test_addresses_of_all_views_can_be_made_by_the_very_first_page(tmp_path):
    with wizard(tmp_path) as wiz:
        setup_id = wiz.store.create_setup("syncro", "entra", "")
        links = [a.get("href") for a in wiz.visitor.get("/").root.all("a") if a.get("href")]
    assert {f"/setups/{setup_id}", f"/setups/{setup_id}/delete"} <= set(links)


def test_an_address_that_leads_nowhere_is_told_so_whichever_comes_first(tmp_path):
    with wizard(tmp_path) as wiz:
        assert wiz.visitor.fetch("GET", "/nowhere").status == 404
        assert wiz.visitor.fetch("GET", "/").status == 200
        assert wiz.visitor.fetch("POST", "/setups/new").status in (403, 404)


def test_what_the_next_pages_need_is_loaded_behind_the_page_that_leads_to_them(loaded):
    """Not behind the home page: nobody may ever go on from there."""
    found = loaded(0, 0)
    assert not {"requests", "jose", "keyring"} & found["behind /"]
    needed = {"requests", "jose", "keyring", "wizard.live", "wizard.round_trip"}
    assert needed <= found["behind /setups/new"]
