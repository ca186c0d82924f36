"""Killed with SIGKILL after each step and started again: nothing entered is lost."""

import pytest

from tests.support.html import Document
from tests.support.latchkey import Latchkey
from tests.support.oidc_provider import client
from tests.support.visitor import Page, Visitor
from tests.support.walk import Walk, at_oidc_provider, verdict

REDIRECT_URI = "https://syncro.example/openid_connect/callback"
SECRET = "a secret that outlives the process"


@pytest.fixture
def wizard(started, provider):
    """Starts Latchkey with this keyring, with a provider that knows its callback."""

    def start(keyring):
        latchkey = started(keyring=keyring)
        registered = client("syncro", REDIRECT_URI, latchkey.callback, client_secret=SECRET)
        return latchkey, provider(registered, consent=False)

    return start


def answers(op):
    """Each question step in order, with what is entered there."""
    return [
        ("before", {}),
        ("redirect-uri", {"redirect_uri": REDIRECT_URI}),
        ("client-id", {"client_id": "syncro"}),
        ("client-secret", {"client_secret": SECRET, "secret_expires": "2099-12-31"}),
        ("metadata", {"metadata_url": op.metadata_url}),
    ]


def enter(latchkey: Latchkey) -> Visitor:
    visitor = Visitor.of_server(latchkey.base, secrets=[SECRET])
    visitor.get(latchkey.launch_url)
    return visitor


def back_after_a_kill(latchkey: Latchkey, setup: str) -> tuple[Visitor, Page]:
    """Kill it, start it again, and open the setup: the page it opens at."""
    latchkey.restart()
    visitor = enter(latchkey)
    return visitor, visitor.get(setup)


def new_setup(visitor: Visitor) -> Page:
    page = visitor.get("/setups/new")
    return visitor.submit(page, product="syncro", provider="oidc", name="First customer")


def setup_of(page: Page) -> str:
    return "/".join(page.path.split("/")[:3])


def step_of(page: Page) -> str:
    return page.path.split("/")[-1]


def value_of(page: Document, name: str) -> str:
    return page.one("input", name=name).get("value")


def test_with_a_keyring_it_opens_at_the_next_step_with_every_value_kept(wizard):
    latchkey, op = wizard("file")
    setup = setup_of(new_setup(enter(latchkey)))
    visitor, page = back_after_a_kill(latchkey, setup)
    entered = {}
    for step, fields in answers(op):
        assert step_of(page) == step
        visitor.submit(page, **fields)
        entered |= {name: (step, value) for name, value in fields.items()}
        visitor, page = back_after_a_kill(latchkey, setup)
        for name, (where, value) in entered.items():
            if name != "client_secret":
                assert value_of(visitor.get(f"{setup}/{where}").root, name) == value
    assert step_of(page) == "test"
    assert "First customer" in visitor.get("/").words


def test_the_proof_and_the_ticks_outlive_the_process_too(wizard, opened):
    latchkey, op = wizard("file")
    visitor = enter(latchkey)
    page = new_setup(visitor)
    for _, fields in answers(op):
        page = visitor.submit(page, **fields)
    # A page may be loading its icon when the server is killed under it.
    context = opened(tolerated=["Failed to load resource: net::ERR_"])
    walk = Walk(context, latchkey, secrets=[SECRET])
    latchkey.restart()
    walk.enter()
    walk.go(setup_of(page))
    assert verdict(walk.sign_in(at_oidc_provider(consent=False))) == "pass"

    latchkey.restart()
    walk.enter()
    assert verdict(walk.go(f"{setup_of(page)}/test")) == "pass"
    walk.go(setup_of(page))
    walk.hand_over(client_id="syncro", client_secret=SECRET, metadata_url=op.metadata_url)

    latchkey.restart()
    walk.enter()
    walk.go(setup_of(page))
    walk.turn_on()

    latchkey.restart()
    walk.enter()
    walk.go(setup_of(page))
    assert walk.step == "turn-on"
    assert walk.ticks_left() == 0


def test_without_a_keyring_it_opens_at_the_secret_and_says_why(wizard):
    latchkey, op = wizard("none")
    visitor = enter(latchkey)
    page = new_setup(visitor)
    setup = setup_of(page)
    for step, fields in answers(op):
        page = visitor.submit(page, **fields)
        if step not in ("client-secret", "metadata"):
            continue
        visitor, page = back_after_a_kill(latchkey, setup)
        assert step_of(page) == "client-secret"
        assert "keyring" in page.words
        assert value_of(page.root, "client_secret") == ""
        assert value_of(page.root, "secret_expires") == "2099-12-31"
        page = visitor.submit(page, client_secret=SECRET)
    assert step_of(page) == "test"
    assert value_of(visitor.get(f"{setup}/metadata").root, "metadata_url") == op.metadata_url
