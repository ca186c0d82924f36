"""Home with many setups: ten at a time, what is urgent first, the rest found by name."""

from datetime import date, timedelta

import pytest

from tests.support.app import wizard
from wizard.oidc.finding import failed, passed
from wizard.setups import as_rows
from wizard.vault import Vault


def names(page):
    return [h.text.split("  ")[0].split(" Step")[0] for h in page.root.all("h2")]


def customers(page):
    return [name.rpartition(", ")[2] for name in names(page)]


@pytest.fixture
def wiz(tmp_path):
    with wizard(tmp_path) as wiz:
        yield wiz


def make(wiz, count, product="syncro", provider="entra"):
    return [wiz.store.create_setup(product, provider, f"Customer {n}") for n in range(1, count + 1)]


def test_ten_setups_are_shown_at_once_without_a_search(wiz):
    make(wiz, 10)
    page = wiz.visitor.get("/")
    assert len(page.root.all("article")) == 10
    assert not page.root.all("search")


def test_more_than_ten_are_shown_by_pages_each_setup_once(wiz):
    make(wiz, 23)
    seen = []
    page = wiz.visitor.get("/")
    assert "1 to 10 of 23 setups" in page.words
    while True:
        seen += customers(page)
        forward = page.root.where(lambda e: e.get("rel") == "next")
        if not forward:
            break
        page = wiz.visitor.get(forward[0].get("href"))
    assert seen == [f"Customer {n}" for n in range(23, 0, -1)]
    assert "21 to 23 of 23 setups" in page.words


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("customer 17", ["Customer 17"]),
        ("CUSTOMER 7", ["Customer 17", "Customer 7"]),
        ("azure ad 12", ["Customer 12"]),
        ("syncro 12", ["Customer 12"]),
        ("12 syncro", ["Customer 12"]),
        ("jenkins 12", []),
    ],
)
def test_a_setup_is_found_by_customer_product_and_provider(wiz, search, found):
    make(wiz, 17)
    page = wiz.visitor.get(f"/?search={search.replace(' ', '+')}")
    assert customers(page) == found
    if not found:
        assert "No setup of that name" in page.words


@pytest.mark.parametrize("page", ["0", "-3", "99", "x", "", "1e9"])
def test_a_page_that_is_not_there_is_the_nearest_one(wiz, page):
    make(wiz, 12)
    shown = wiz.visitor.get(f"/?page={page}")
    assert shown.status == 200
    assert len(shown.root.all("article")) == (2 if page == "99" else 10)


def test_what_needs_a_look_comes_first_however_long_ago_it_changed(wiz):
    ids = make(wiz, 25)
    today = date.today()
    days = {ids[3]: 29, ids[5]: -2, ids[7]: 31}
    for setup_id, left in days.items():
        due = (today + timedelta(days=left)).isoformat()
        wiz.store.save_answers(setup_id, {"secret_expires": due})
    wiz.store.save_check(ids[1], "again", "x", as_rows([failed("client_secret_refused")]))
    wiz.store.save_check(ids[2], "again", "x", as_rows([passed("again_unchanged")]))
    for setup_id in ids[10:]:
        wiz.store.save_answers(setup_id, {"client_id": "touched-since"})
    shown = customers(wiz.visitor.get("/"))
    assert shown[:3] == ["Customer 2", "Customer 6", "Customer 4"]
    assert shown[3] == "Customer 25"
    assert "Customer 8" not in shown


class CountingKeyring:
    """A keyring that counts how often it is asked. Its name is one that is taken for usable."""

    priority = 5

    def __init__(self):
        self.kept, self.asked = {}, 0

    def get_password(self, service, user):
        self.asked += 1
        return self.kept.get((service, user))

    def set_password(self, service, user, value):
        self.kept[service, user] = value

    def delete_password(self, service, user):
        del self.kept[service, user]


def test_the_list_asks_no_keyring_and_knows_whether_the_secret_is_there(tmp_path):
    keyring = CountingKeyring()
    vault = Vault(tmp_path, backend=keyring)
    with wizard(tmp_path, vault=vault) as wiz:
        setup_id = make(wiz, 1)[0]
        answers = {
            "redirect_uri": "https://product.example/callback",
            "client_id": "8f0c2b1e-55a1-4c0e-9d55-6a1fce7d0a1b",
            "secret_version": "one",
        }
        wiz.store.save_answers(setup_id, answers)
        wiz.store.set_ticks(setup_id, "before", {"ready": True})
        assert "next: Client secret" in wiz.visitor.get("/").words
        vault.put(setup_id, "one", "q7w8-not-a-real-secret-9e0r")
        keyring.asked = 0
        assert "next: Metadata URL" in wiz.visitor.get("/").words
        assert keyring.asked == 0
