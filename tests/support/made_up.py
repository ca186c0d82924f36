"""How much input is made up for the parsers, and how much it was in the end.

`LATCHKEY_FUZZ=20 make test` makes up twenty times as much; then it is also another each time.
"""

import functools
import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

TIMES = float(os.environ.get("LATCHKEY_FUZZ", "1"))
given_to: Counter[str] = Counter()
"""How many inputs each test has had, by its name."""


def made_up(inputs: int) -> settings:
    """A decorator over `@given`: that many inputs, the same in every run unless more are wanted."""
    return settings(
        max_examples=max(1, round(inputs * TIMES)),
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


def count(item: pytest.Item) -> None:
    """Count the inputs a collected test gets, if hypothesis makes them up."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is None or hasattr(handle.inner_test, "counted"):
        return
    handle.inner_test = _counting(handle.inner_test, item.nodeid)


def _counting(test: Callable, name: str) -> Callable:
    @functools.wraps(test)
    def counted(*args, **kwargs):
        given_to[name] += 1
        return test(*args, **kwargs)

    counted.counted = True
    return counted


def summary() -> str:
    """One line for the end of a test run; "" when nothing was made up."""
    if not given_to:
        return ""
    return f"{given_to.total():,} made-up inputs in {len(given_to)} tests of parsers"
