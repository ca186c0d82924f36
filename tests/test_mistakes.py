"""A mistake of ours is told by where and of what kind; its words may quote what was entered."""

import threading

import pytest

from tests.support.app import SECRET
from wizard import exchange, mistakes, setups
from wizard.live import Runs
from wizard.setups import Setup


class Broken(Setup):
    """In a check's own thread its guide fails, with the secret in the error's words."""

    def __getattribute__(self, name):
        if name == "product" and threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"cannot use {SECRET}")
        return super().__getattribute__(name)


def test_the_trace_of_a_chain_of_mistakes_has_every_kind_and_no_words():
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            raise ValueError(f"because of {SECRET}") from first
    except ValueError as error:
        told = mistakes.where(error)
    assert SECRET not in told
    assert "builtins.ValueError, its text left out" in told
    assert "builtins.KeyError, its text left out" in told
    assert "test_mistakes.py" in told


def test_a_mistake_in_a_check_under_way_is_logged_without_its_words(wiz, logged):
    wiz.walk_to("metadata")
    setup = setups.load(wiz.store, wiz.vault, wiz.store.setups()[0].id, 8765)
    broken = object.__new__(Broken)
    broken.__dict__.update(setup.__dict__)
    runs = Runs()
    with pytest.raises(RuntimeError):
        runs.start(broken, "metadata", setup.values, ("discovery",)).wait()
    runs.close()
    assert "RuntimeError, its text left out" in logged.text
    assert SECRET not in logged.text


def refused():
    with pytest.raises(exchange.ExchangeError):
        exchange.read(b"{}")


def test_two_files_at_once_are_read_one_after_the_other():
    with exchange.ONE_AT_A_TIME:
        reading = threading.Thread(target=refused)
        reading.start()
        reading.join(0.2)
        assert reading.is_alive(), "it waits its turn"
    reading.join(10)
    assert not reading.is_alive()
