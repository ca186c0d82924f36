"""The practice product: verify, switch, and a real login against the practice provider."""

import pytest

from tests.practice.portal import Portal, fields_of
from tests.support.visitor import Visitor

SETTINGS = "/product/settings"


@pytest.fixture(scope="module")
def registered(practice):
    """Registered with the redirect URI that the product shows; no test changes it."""
    visitor = Visitor.of_server(practice.url.rstrip("/"))
    return Portal(visitor).register(visitor.get(SETTINGS).copyable("redirect_uri"))


@pytest.fixture
def application(registered, visitor):
    """The same, and its secret is in no page that the visitor gets."""
    visitor.secrets.append(registered.secret_value)
    return registered


@pytest.fixture
def browser(practice):
    """The browser of somebody who signs in: not the administrator's."""
    return Visitor.of_server(practice.url.rstrip("/"))


def save(visitor, application, **changes):
    page = visitor.get(SETTINGS)
    values = {
        "client_id": application.client_id,
        "client_secret": application.secret_value,
        "discovery_url": f"{application.metadata['issuer']}/.well-known/openid-configuration",
    } | changes
    return visitor.submit(page, form_to(page, ""), **values)


def switch(visitor, state):
    page = visitor.get(SETTINGS)
    return visitor.submit(page, form_to(page, "/product/enable"), enabled=state)


def form_to(page, action):
    return page.root.one("form", action=action) if action else page.root.one("form", method="post",
        novalidate="")  # fmt: skip


def enabled(visitor, application):
    save(visitor, application)
    switch(visitor, "yes")


def login(browser, user):
    """From the product's link through the sign-in page and back; the last page."""
    home = browser.get("/product/")
    (link,) = [a for a in home.root.all("a") if a.text == "Sign in with single sign-on"]
    page = browser.get(link.get("href"))
    form = page.root.one("form")
    fields = [*fields_of(form), ("user", user)]
    return browser.follow(browser.fetch("POST", form.get("action"), fields))


def test_the_settings_show_the_redirect_uri_to_register(visitor, practice):
    assert visitor.get(SETTINGS).copyable("redirect_uri") == f"{practice.url}product/callback"


def test_good_values_are_verified_and_the_secret_is_not_shown_again(visitor, application):
    page = save(visitor, application)
    assert "✓ Verified" in page.words
    assert page.root.one("input", name="client_secret").get("value") == ""
    assert page.root.one("input", name="client_id").get("value") == application.client_id


def test_the_kept_secret_is_used_when_its_field_is_left_empty(visitor, application):
    save(visitor, application)
    assert "✓ Verified" in save(visitor, application, client_secret="").words


PROBLEMS = {
    "wrong secret": ({"client_secret": "wrong"}, "AADSTS7000215"),
    "the Secret ID": ({"client_secret": "{secret_id}"}, "AADSTS7000215"),
    "the object ID": ({"client_id": "{object_id}"}, "AADSTS700016"),
    "the issuer": ({"discovery_url": "{issuer}"}, "There is no OpenID Connect discovery document"),
    "the authorize endpoint": (
        {"discovery_url": "{authorize}"},
        "There is no OpenID Connect discovery document",
    ),
    "http elsewhere": (
        {"discovery_url": "http://idp.example/.well-known/openid-configuration"},
        "The discovery URL could not be read",
    ),
    "not an address": ({"discovery_url": "my tenant"}, "The discovery URL could not be read"),
    "nobody there": (
        {"discovery_url": "http://localhost:1/.well-known/openid-configuration"},
        "The discovery URL could not be read",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_wrong_value_is_named_and_switches_single_sign_on_off(
    visitor, application, changes, sentence
):
    enabled(visitor, application)
    known = {
        "secret_id": application.secret_id,
        "object_id": application.object_id,
        "issuer": application.metadata["issuer"],
        "authorize": application.metadata["authorization_endpoint"],
    }
    changes = {name: value.format(**known) for name, value in changes.items()}
    page = save(visitor, application, **changes)
    assert "✕ Not verified" in page.words
    assert sentence in page.words
    assert "Single sign-on is off" in page.words
    assert not page.root.all("form", action="/product/enable")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("client_id", "Enter the client ID."), ("discovery_url", "Enter the discovery URL.")],
)
def test_an_empty_field_is_told_at_the_field(visitor, application, name, sentence):
    page = save(visitor, application, **{name: " "})
    assert page.root.one(id=f"{name}-error").text == f"Error: {sentence}"


def test_it_cannot_be_enabled_before_it_was_verified(visitor, application):
    save(visitor, application, client_id=application.object_id)
    page = visitor.get(SETTINGS)
    token = page.root.all("input", name="csrf_token")[0].get("value")
    visitor.fetch("POST", "/product/enable", [("csrf_token", token), ("enabled", "yes")])
    assert "Single sign-on is off" in visitor.get(SETTINGS).words


def test_a_user_with_an_email_address_is_signed_in_by_it(visitor, application, browser):
    enabled(visitor, application)
    page = login(browser, "with-email")
    assert page.path == "/product/"
    assert page.h1 == "You are signed in"
    assert page.root.one(data_user="").text == "with-email@practice.example"


def test_a_user_without_an_email_address_matches_no_technician(visitor, application, browser):
    enabled(visitor, application)
    page = login(browser, "without-email")
    assert page.status == 403
    assert "There is no matching technician" in page.words
    assert browser.get("/product/").h1 == "Sign in"


def test_the_request_holds_state_nonce_and_a_challenge(visitor, application, browser):
    enabled(visitor, application)
    start = browser.fetch("GET", "/product/sign-in")
    assert start.status == 302
    for part in ("state=", "nonce=", "code_challenge=", "code_challenge_method=S256"):
        assert part in start.location


def test_declining_is_told_with_the_providers_own_words(visitor, application, browser):
    enabled(visitor, application)
    page = browser.get("/product/sign-in")
    form = page.root.one("form")
    fields = [*fields_of(form), ("decline", "yes")]
    stopped = browser.follow(browser.fetch("POST", form.get("action"), fields))
    assert "access_denied" in stopped.words
    assert "AADSTS65004" in stopped.words


def test_an_answer_works_once(visitor, application, browser):
    enabled(visitor, application)
    answer = _answer_to(browser)
    assert browser.get(answer).h1 == "You are signed in"
    assert "not one that this browser started" in browser.get(answer).words


def test_an_answer_works_in_its_own_browser_only(visitor, application, browser, practice):
    enabled(visitor, application)
    stranger = Visitor.of_server(practice.url.rstrip("/"))
    assert "not one that this browser started" in stranger.get(_answer_to(browser)).words
    assert stranger.get("/product/").h1 == "Sign in"


def _answer_to(browser):
    """Where the provider sends a browser that was signed in, not yet followed."""
    form = browser.get("/product/sign-in").root.one("form")
    fields = [*fields_of(form), ("user", "with-email")]
    return browser.fetch("POST", form.get("action"), fields).location


def test_a_secret_that_was_replaced_meanwhile_is_told(visitor, application, browser, portal):
    other = portal.register(visitor.get(SETTINGS).copyable("redirect_uri"))
    enabled(visitor, application)
    page = browser.get("/product/sign-in")
    enabled(visitor, other)
    form = page.root.one("form")
    fields = [*fields_of(form), ("user", "with-email")]
    stopped = browser.follow(browser.fetch("POST", form.get("action"), fields))
    assert "AADSTS700007" in stopped.words


def test_the_local_login_always_stays(visitor, application, browser):
    enabled(visitor, application)
    for state in ("yes", ""):
        switch(visitor, state)
        page = browser.get("/product/")
        local = browser.submit(page, form_to(page, "/product/local"))
        assert local.root.one(data_user="").text == "the local account"
        out = browser.submit(local, form_to(local, "/product/sign-out"))
        assert out.h1 == "Sign in"


def test_switched_off_there_is_no_single_sign_on(visitor, application, browser):
    enabled(visitor, application)
    page = switch(visitor, "")
    assert "Single sign-on is off" in page.words
    assert "switched off" in browser.get("/product/sign-in").words
    assert "Sign in with single sign-on" not in browser.get("/product/").words
