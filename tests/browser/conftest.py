"""Every test here drives a real browser; what starts one is in tests/conftest.py."""

import pytest

from tests.browser.tours import CLIENT_ID, ENTRA_SECRET, REDIRECT_URI
from tests.support.entra_like import App
from tests.support.whole_provider import WholeProvider


def pytest_itemcollected(item):
    item.add_marker(pytest.mark.browser)


@pytest.fixture
def latchkey(started):
    return started()


@pytest.fixture
def entra(latchkey):
    """A provider as Entra is, with one application whose redirect URIs are all there."""
    app = App(CLIENT_ID, (REDIRECT_URI, latchkey.callback), {ENTRA_SECRET: ""})
    with WholeProvider(app) as op:
        yield op
