"""Fixtures that more than one folder of tests uses. Helpers are in tests/support/."""

import pytest

from tests.support.app import wizard


@pytest.fixture
def wiz(tmp_path):
    """The wizard's app on data of its own, and a visitor who has been let in."""
    with wizard(tmp_path) as app:
        yield app
