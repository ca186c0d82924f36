"""Fixtures that more than one folder of tests uses. Helpers are in tests/support/."""

import pytest

from tests.support import made_up
from tests.support.app import wizard


def pytest_collection_modifyitems(items):
    for item in items:
        made_up.count(item)


def pytest_terminal_summary(terminalreporter):
    if line := made_up.summary():
        terminalreporter.write_line(line)


@pytest.fixture
def wiz(tmp_path):
    """The wizard's app on data of its own, and a visitor who has been let in."""
    with wizard(tmp_path) as app:
        yield app
