"""Fixtures that more than one folder of tests uses. Helpers are in tests/support/."""

import pytest

from tests.support import made_up
from tests.support.app import wizard


def pytest_collection_modifyitems(items):
    for item in items:
        made_up.count(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    try:
        return (yield)
    finally:
        made_up.note(item)


def pytest_terminal_summary(terminalreporter):
    """What the reports of the tests say was counted, also of those that ran in a worker."""
    stats = terminalreporter.stats
    reports = [r for kind in ("passed", "failed") for r in stats.get(kind, []) if r.when == "call"]
    lines = [made_up.summary(reports)]
    lines += [str(v) for r in reports for name, v in r.user_properties if name == "tally"]
    for line in filter(None, lines):
        terminalreporter.write_line(line)


@pytest.fixture
def wiz(tmp_path):
    """The wizard's app on data of its own, and a visitor who has been let in."""
    with wizard(tmp_path) as app:
        yield app
