"""The practice provider running on loopback, and visitors of its pages."""

import pytest

from tests.practice.portal import REDIRECT_URI, Portal
from tests.support.processes import free_port_pair
from tests.support.visitor import Visitor
from wizard.practice import PracticeServer


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """One running practice provider a file of tests."""
    server = PracticeServer(free_port_pair() + 1, tmp_path_factory.mktemp("practice"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def visitor(practice):
    """Somebody with cookies of her own."""
    return Visitor.of_server(practice.url.rstrip("/"))


@pytest.fixture
def portal(visitor):
    """The portal, as one administrator uses it."""
    return Portal(visitor)


@pytest.fixture(scope="module")
def application(practice):
    """An application that no test changes, registered once a file of tests."""
    return Portal(Visitor.of_server(practice.url.rstrip("/"))).register(REDIRECT_URI)
