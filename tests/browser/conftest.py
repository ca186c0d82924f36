"""One Chromium for all browser tests, a fresh profile for each; Latchkey and provider beside it."""

import contextlib
from pathlib import Path

import pytest

from tests.support.browser import run_chromium, run_context
from tests.support.latchkey import Latchkey
from tests.support.oidc_provider import OpenIDProvider

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def opened(chromium, started, provider):
    """Opens a fresh profile: `opened(javascript=False, size=(360, 800))`.

    It needs the servers only so that it ends before them: a page still loading would complain.
    """
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(run_context(chromium, **options))


@pytest.fixture
def started(tmp_path):
    """Starts Latchkey on data of its own: `started(keyring="none", practice=True)`."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(Latchkey(tmp_path, **options))


@pytest.fixture
def provider():
    """Starts npm oidc-provider with these clients: `provider(client(...), consent=False)`."""
    with contextlib.ExitStack() as stack:
        yield lambda *clients, **options: stack.enter_context(OpenIDProvider(clients, **options))
