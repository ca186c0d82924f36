"""How much input is made up for the parsers, and how much it was in the end.

`make test` makes up a part of what is asked for and `make test-products` all of it, the same in
every run. `LATCHKEY_FUZZ=20` makes up twenty times as much; then it is also another each time.
"""

import functools
import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hypothesis import settings

TIMES = float(os.environ.get("LATCHKEY_FUZZ", "0.1"))
FEWEST = 20
_given: Counter[str] = Counter()
_PROPERTY = "made-up inputs"


def made_up(inputs: int) -> "settings":
    """A decorator over `@given`: that many inputs, the same in every run unless more are wanted."""
    # Takes half a second to load, and the process that hands out the tests has no use for it.
    from hypothesis import HealthCheck, settings

    return settings(
        max_examples=max(min(inputs, FEWEST), round(inputs * TIMES)),
        derandomize=TIMES <= 1,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


def count(item: pytest.Item) -> None:
    """Count the inputs a collected test gets, if hypothesis makes them up, and mark it `more`."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is None:
        return
    item.add_marker(pytest.mark.more)
    if not hasattr(handle.inner_test, "counted"):
        handle.inner_test = _counting(handle.inner_test, item.nodeid.partition("[")[0])


def _counting(test: Callable, name: str) -> Callable:
    @functools.wraps(test)
    def counted(*args, **kwargs):
        _given[name] += 1
        return test(*args, **kwargs)

    counted.counted = True
    return counted


def note(item: pytest.Item) -> None:
    """Write down, in the report of a test that has run, how many inputs it has had."""
    if made := _given.pop(item.nodeid.partition("[")[0], 0):
        item.user_properties.append((_PROPERTY, made))


def summary(reports: Sequence[pytest.TestReport]) -> str:
    """One line for the end of a test run; "" when nothing was made up."""
    tests = {report.nodeid.partition("[")[0] for report in reports if _of(report)}
    if not tests:
        return ""
    total = sum(sum(_of(report)) for report in reports)
    return f"{total:,} made-up inputs in {len(tests)} tests of parsers"


def _of(report: pytest.TestReport) -> list[int]:
    return [value for name, value in report.user_properties if name == _PROPERTY]
