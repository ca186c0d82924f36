"""Resident memory after the first page and after a full walk, against the one-route app."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks import programs, provider, walking
from benchmarks.common import Part, Place, Row, Series, interleaved, ratio
from benchmarks.running import Reached, memory, until_idle

HOW = """\
As Linux counts it for the process (`/proc/PID/smaps_rollup`): RSS is all that is resident, PSS
leaves to others their part of what is shared. Read once the process has used no processor time for
a second after the last page, so that what is loaded in the background counts. The one-route app
has shown its one page. A full walk goes from New setup over every question with its checks, the
test sign-in, the hand-over with the secret shown, to the last tick, with a provider on loopback in
a process of its own, by plain HTTP."""


def measure(runs: int, place: Place) -> Part:
    """The rows of memory."""
    python = place.latchkey_python()
    with provider.running() as issuer:

        def walked() -> AbstractContextManager[Reached]:
            return programs.latchkey(python, place.fresh("walk"))

        def walk(it: Reached) -> None:
            walking.whole(programs.visitor(it.url, provider.SECRET), issuer)

        pss: dict[str, list[float]] = {}

        def side(
            name: str,
            start: Callable[[], AbstractContextManager[Reached]],
            then: Callable[[Reached], None] = lambda _: None,
        ) -> Callable[[], float]:
            def once() -> float:
                with start() as it:
                    then(it)
                    until_idle(it.program.pid)
                    resident, proportional = memory(it.program.pid)
                pss.setdefault(name, []).append(proportional)
                return resident

            return once

        empty = place.fresh("memory")
        rss = interleaved(
            runs,
            {
                "one": side("one", lambda: programs.one_route(python, place)),
                "first": side("first", lambda: programs.latchkey(python, empty)),
                "walk": side("walk", walked, walk),
            },
            "MiB",
        )
    by_kind = {"RSS": rss, "PSS": {n: Series(tuple(v[1:]), "MiB") for n, v in pss.items()}}
    against = "the one-route app after its page"
    rows: list[Row] = []
    for kind, seen in by_kind.items():
        first, walk_through = f"memory after the first page, {kind}", f"after a full walk, {kind}"
        rows.append(ratio(first, against, seen["first"], seen["one"], 1.15))
        rows.append(ratio(f"memory {walk_through}", against, seen["walk"], seen["one"], 1.7))
    return Part("Resident memory", rows, HOW)
