"""Which steps are open: what stands before must be done, and an answer can always be changed."""

import pytest

from tests.practice.portal import Portal
from tests.support.app import CALLBACK, REDIRECT_URI, wizard
from tests.support.processes import free_port_pair
from tests.support.visitor import Visitor
from wizard.practice import PracticeServer


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    server = PracticeServer(free_port_pair() + 1, tmp_path_factory.mktemp("practice"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def portal(practice):
    return Portal(Visitor.of_server(practice.url.rstrip("/")))


@pytest.fixture
def app(tmp_path):
    with wizard(tmp_path) as running:
        yield running


def answered(app, registered, **other):
    """A new setup at its metadata step, everything before it answered with right values."""
    values = {
        "client_id": registered.client_id,
        "client_secret": registered.secret_value,
        **other,
    }
    return app.saved_at("metadata", product="other", **values)


def url_of(metadata):
    return f"{metadata['issuer']}/.well-known/openid-configuration"


def test_a_metadata_url_that_makes_the_client_id_fail_can_be_corrected(app, portal):
    registered = portal.register(REDIRECT_URI, CALLBACK)
    other = portal.visitor.get("/directories").copyable("other_metadata_url")
    stopped = app.visitor.submit(answered(app, registered), metadata_url=other)
    assert stopped.path.endswith("/metadata")
    assert stopped.status_of("client_id_unknown") == ["fail"]

    there = app.visitor.get(stopped.path)
    assert there.path == stopped.path, "the wrong answer is the one on this page"
    assert there.status_of("client_id_unknown") == ["fail"]
    right = app.visitor.submit(there, metadata_url=url_of(registered.metadata))
    assert right.path.endswith("/test")


def test_what_was_mended_at_the_provider_is_asked_again_by_continue(app, portal):
    registered = portal.register(REDIRECT_URI)
    page = answered(app, registered)
    stopped = app.visitor.submit(page, metadata_url=url_of(registered.metadata))
    assert stopped.status_of("redirect_uri_refused") == ["fail"]
    again = app.visitor.submit(stopped)
    assert again.path.endswith("/metadata")
    assert again.status_of("redirect_uri_refused") == ["fail"]

    both = f"{REDIRECT_URI}\n{CALLBACK}"
    portal.change(registered.client_id, "authentication", redirect_uris=both)
    assert app.visitor.submit(again).path.endswith("/test")


def test_a_step_that_was_not_answered_stays_closed(app, portal):
    registered = portal.register(REDIRECT_URI, CALLBACK)
    page = app.saved_at("client-id", product="other")
    for step in ("client-secret", "metadata", "test", "handover", "turn-on"):
        closed = app.visitor.get(page.path.replace("client-id", step))
        assert closed.path == page.path

    app.visitor.submit(page, client_id=registered.client_id)
    assert app.visitor.get(page.path).path == page.path, "an answer can be changed"
    closed = app.visitor.get(page.path.replace("client-id", "test"))
    assert closed.path.endswith("/client-secret")


def test_the_test_sign_in_is_closed_while_an_answer_is_sure_to_be_wrong(app, portal):
    registered = portal.register(CALLBACK)
    page = answered(app, registered)
    app.visitor.submit(page, metadata_url=url_of(registered.metadata))
    closed = app.visitor.get(page.path.replace("metadata", "test"))
    assert closed.path.endswith("/redirect-uri")
