"""The provider's time, told from its answers."""

import pytest

from wizard import clock
from wizard.clock import ProviderClock, length, provider_time

HERE = 1_772_452_800.0


@pytest.mark.parametrize(
    ("offsets", "found"),
    [
        ([], None),
        ([None], None),
        ([120], 120),
        ([None, -7200], -7200),
        ([7200, 1], 1),
        ([-1, 7200], -1),
        ([20 * 366 * 86400], None),
        ([-HERE], None),
        ([2.5e11, 300], 300),
    ],
)
def test_the_answer_that_agrees_best_tells_the_providers_time(offsets, found):
    clocks = [None if offset is None else ProviderClock(HERE + offset, 50) for offset in offsets]
    there = provider_time(clocks, HERE, 50)
    assert there == (None if found is None else HERE + found)


def test_the_providers_time_goes_on_with_the_steady_clock():
    told = ProviderClock(HERE, at=50)
    assert told.now(50) == HERE
    assert provider_time([told], HERE + 7200, 50 + 300) == HERE + 300


def test_the_steady_clock_never_goes_back():
    seen = [clock.steady() for _ in range(1000)]
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 seconds"),
        (61, "61 seconds"),
        (90, "90 seconds"),
        (179.6, "3 minutes"),
        (7199.6, "2 hours"),
        (3 * 86400, "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_a_unit_that_fits(seconds, words):
    assert length(seconds) == words
