"""What time it is at the provider, told from the Date header of one of its answers.

This computer's clock may be wrong, and may be put right while she is away signing in; so the time
since that answer is taken from a clock that nobody sets.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

GOOD_SECONDS = 60
# Further off than this is a broken header, not a clock: no certificate would hold either.
_BELIEVABLE_SECONDS = 20 * 366 * 86400


def steady() -> float:
    """Seconds that only ever go forward, a computer's sleep included; only differences count."""
    # time.monotonic() stands still while Linux and macOS sleep.
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if hasattr(time, "clock_gettime"):
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class ProviderClock:
    """The provider's time (seconds since 1970), and what `steady()` said when it was so."""

    time: float
    at: float

    def now(self, steady_now: float) -> float:
        """The provider's time when `steady()` says `steady_now`."""
        return self.time + steady_now - self.at


def provider_time(
    clocks: Iterable[ProviderClock | None], here: float, steady_now: float
) -> float | None:
    """The provider's time by the clock that agrees best with `here`; None when none is known.

    The best one counts, for a cache may have kept another answer longer than its Date says.
    """
    times = [clock.now(steady_now) for clock in clocks if clock]
    believable = [there for there in times if abs(there - here) < _BELIEVABLE_SECONDS]
    return min(believable, key=lambda there: abs(there - here), default=None)


def length(seconds: float) -> str:
    """A length of time in words, in the largest unit that it holds about twice."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 1.9 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds)} seconds"
