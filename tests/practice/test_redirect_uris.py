"""Comparing redirect URIs as Entra does."""

import pytest

from wizard.practice.redirect_uris import matching, objection, with_root_path

SAME = [
    ("https://a.example/cb", "https://a.example/cb"),
    ("https://a.example/cb", "https://A.example/cb"),
    ("https://a.example", "https://a.example/"),
    ("https://a.example/", "https://a.example"),
    ("https://a.example/cb?x=1", "https://a.example/cb?x=1"),
    ("http://localhost:8765/callback", "http://localhost:8765/callback"),
    ("http://localhost:8765/callback", "http://localhost:1/callback"),
    ("http://localhost/callback", "http://localhost:1/callback"),
]
OTHER = [
    ("https://a.example/cb", "https://a.example/cb/"),
    ("https://a.example/cb", "https://a.example/CB"),
    ("https://a.example/cb", "https://a.example:444/cb"),
    ("https://a.example/cb", "http://a.example/cb"),
    ("https://a.example/cb", "https://b.example/cb"),
    ("https://a.example/cb", "https://a.example/cb?x=1"),
    ("https://a.example/cb", "https://a.example/cb#"),
    ("https://a.example/cb", "https://user@a.example/cb"),
    ("https://a.example/cb", ""),
    ("https://a.example/cb", "https://a.example/cb\r\nSet-Cookie: x=1"),
    ("https://a.example/cb", "https://a.example/c\nb"),
    ("https://a.example/cb", "\thttps://a.example/cb"),
    ("https://a.example/cb", "https://a.example/cb "),
    ("https://a.example/cb", "https://\uff41.example/cb"),
    ("https://a.example/cb", "https://[a.example/cb"),
    ("http://localhost:8765/callback", "http://127.0.0.1:8765/callback"),
    ("http://localhost:8765/callback", "http://localhost:8765/other"),
    ("https://localhost:8765/callback", "https://localhost:1/callback"),
]


@pytest.mark.parametrize(("registered", "sent"), SAME)
def test_these_are_the_same(registered, sent):
    assert matching([registered], sent)


@pytest.mark.parametrize(("registered", "sent"), OTHER)
def test_these_are_not(registered, sent):
    assert not matching([registered], sent)


def test_any_of_the_registered_ones_will_do():
    assert matching(["https://a.example/1", "https://a.example/2"], "https://a.example/2")
    assert not matching([], "https://a.example/2")


@pytest.mark.parametrize(
    "uri",
    [
        "https://a.example",
        "https://127.0.0.1/cb",
        "http://localhost:8765/cb",
        "https://a.example/?x=1",
    ],
)
def test_these_can_be_registered(uri):
    assert objection(uri) is None


def test_an_address_without_a_path_is_answered_at_its_root():
    assert with_root_path("https://a.example") == "https://a.example/"
    assert with_root_path("https://a.example?x=1") == "https://a.example/?x=1"
    assert with_root_path("https://a.example/cb") == "https://a.example/cb"
