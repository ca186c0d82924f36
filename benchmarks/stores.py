"""Setups made through the app itself, in every state a setup can be in."""

from collections.abc import Callable

from benchmarks import provider, walking
from tests.support.app import App
from tests.support.visitor import Visitor

Make = Callable[[Visitor, str, str], str]


def _up_to(step: str, **answers: str) -> Make:
    def make(visitor: Visitor, issuer: str, name: str) -> str:
        page = walking.new(visitor, name)
        setup = walking.setup_id(page)
        if step != "before":
            walking.answer(visitor, page, issuer, step, **answers)
        return setup

    return make


def _refused(visitor: Visitor, issuer: str, name: str) -> str:
    page = walking.new(visitor, name)
    page = walking.answer(visitor, page, issuer, "metadata", client_id="of-nobody")
    visitor.submit(page, metadata_url=provider.metadata_url(issuer))
    return walking.setup_id(page)


def _signed_in(visitor: Visitor, issuer: str, name: str) -> str:
    page = walking.answer(visitor, walking.new(visitor, name), issuer)
    walking.sign_in(visitor, page)
    return walking.setup_id(page)


def _handed_over(visitor: Visitor, issuer: str, name: str) -> str:
    setup = _signed_in(visitor, issuer, name)
    walking.hand_over(visitor, setup)
    return setup


def _renewed(visitor: Visitor, issuer: str, name: str) -> str:
    setup = walking.whole(visitor, issuer, name)
    walking.renew(visitor, setup)
    return setup


def _checked_again(visitor: Visitor, issuer: str, name: str) -> str:
    setup = walking.whole(visitor, issuer, name)
    home = visitor.get("/")
    action = f"/setups/{setup}/check-again"
    form = next(each for each in home.root.all("form") if each.get("action") == action)
    visitor.submit(home, form)
    return setup


STATES: dict[str, Make] = {
    "new": _up_to("before"),
    "redirect URI next": _up_to("redirect-uri"),
    "client ID next": _up_to("client-id"),
    "metadata next": _up_to("metadata"),
    "refused": _refused,
    "test next": _up_to("test"),
    "signed in": _signed_in,
    "handed over": _handed_over,
    "renewed": _renewed,
    "done": _checked_again,
}


def fill(app: App, issuer: str, number: int) -> dict[str, str]:
    """Make `number` setups, the states in turn; an id for each state, of one made last."""
    app.visitor.secrets += [provider.SECRET, provider.NEW_SECRET]
    made = {}
    for count in range(number):
        state, make = list(STATES.items())[count % len(STATES)]
        made[state] = make(app.visitor, issuer, f"Customer {count}")
    return made
