"""Fixtures that more than one folder of tests uses. Helpers are in tests/support/."""

import contextlib
import gc
import os
import shutil
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.support import made_up

# Linux keeps this folder in memory: what the wizard writes to the disk, and waits for, it writes
# to nothing here. Containers often give it too little room.
_IN_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30


def pytest_configure(config):
    """`tmp_path` in memory, where this system has that and nobody asked for another place."""
    if not os.access(_IN_MEMORY, os.W_OK | os.X_OK) or not _IN_MEMORY.is_mount():
        return
    if shutil.disk_usage(_IN_MEMORY).free >= _ROOM:
        # Asked for by pytest when the first test wants a folder; workers get the one of their run.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


def pytest_collection_modifyitems(items):
    for item in items:
        made_up.count(item)


# The thousands of tests stay once they are collected: nobody need look through them for garbage.
def pytest_collection():
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    # An app of a test is thousands of objects, and goes as a whole: look less often.
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    # By now pytest has looked through everything for what was never closed. It does so once more,
    # and so does Python as it ends.
    gc.freeze()


def pytest_runtest_protocol(item, nextitem):
    """Of each test a worker reports its outcome, and whatever went wrong around it.

    That it began, ended, was set up and taken down well would be five messages more to the main
    process, which together cost what a small test does. `--durations` and `--junit-xml` are made
    of them all.
    """
    option = item.config.option
    wants_all = option.durations is not None or option.xmlpath
    if wants_all or not hasattr(item.config, "workerinput"):
        return None
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


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


@pytest.fixture(scope="session")
def npm_provider():
    """npm oidc-provider with the clients of tests/support/shared_provider.py, which says why one
    may be shared."""
    from tests.support.oidc_provider import OpenIDProvider
    from tests.support.shared_provider import CLIENTS

    with OpenIDProvider(CLIENTS) as provider:
        yield provider


@pytest.fixture
def wiz(tmp_path):
    """The wizard's app on data of its own, and a visitor who has been let in."""
    from tests.support.app import wizard  # not where tests are only handed out to workers

    with wizard(tmp_path) as app:
        yield app


@pytest.fixture
def logged():
    """What is logged during the test, of every level: `logged.records`, `logged.text`."""
    from tests.support.logged import listening

    with listening() as heard:
        yield heard


# One Chromium for all browser tests, a fresh profile for each; Latchkey and provider beside it.
# What they are made of is loaded where a browser is driven, and nowhere else.


@pytest.fixture(scope="session")
def chromium():
    from tests.support.browser import run_chromium

    with run_chromium() as browser:
        yield browser


@pytest.fixture
def opened(chromium, started, provider):
    """Opens a fresh profile: `opened(javascript=False, size=(360, 800))`.

    It needs the servers only so that it ends before them: a page still loading would complain.
    """
    from tests.support.browser import run_context

    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(run_context(chromium, **options))


@pytest.fixture
def started(tmp_path):
    """Starts Latchkey on data of its own: `started(keyring="none", practice=True)`."""
    from tests.support.latchkey import Latchkey

    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(Latchkey(tmp_path, **options))


@pytest.fixture
def provider():
    """Starts npm oidc-provider with these clients: `provider(client(...), consent=False)`."""
    from tests.support.oidc_provider import OpenIDProvider

    with contextlib.ExitStack() as stack:
        yield lambda *clients, **options: stack.enter_context(OpenIDProvider(clients, **options))
