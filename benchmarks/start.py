"""From spawn to the first 200 of home, against one route and against two other testers."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks import programs, walking
from benchmarks.common import Part, Place, interleaved, ratio
from benchmarks.running import Reached
from tests.support.processes import free_port_pair

HOW = """\
From the moment the program is spawned to the last byte of a 200 of its first page, each in an
environment made for it in a temporary folder (Latchkey and the one-route app in the same one, with
`requirements.txt` and nothing else), bytecode compiled. Latchkey: its line is read, the launch
address is opened, and home is asked for with the cookie. The one-route app (`one_route.py`) and
the two others say nothing that can be waited for, so they are asked every 2 ms until they answer;
redirects are followed to the first page that is a 200. `auth-playground` runs without Flask's
debug mode, which would start it twice; `aduneoclientfedid` speaks TLS with a certificate it made
at an earlier start. No keyring is used. The very first start is that on an empty data directory,
which compiles every template it shows. The three setups are stored as they were left: home has been
looked at since, and the port is the same at each start, as it is for whoever uses it."""


def measure(runs: int, place: Place) -> Part:
    """The rows of start-up."""
    python = place.latchkey_python()
    empty, three = place.fresh("empty"), place.fresh("three")
    port = free_port_pair()
    with programs.latchkey(python, three, port) as running:
        visitor = programs.visitor(running.url)
        for number in range(3):
            walking.new(visitor, f"Customer {number}")
    with programs.latchkey(python, three, port) as running:
        # What home keeps is written once its page has been sent, so it is looked at twice.
        visitor = programs.visitor(running.url)
        for _ in range(2):
            visitor.get("/")
    seen = interleaved(
        runs,
        {
            "one route": _took(lambda: programs.one_route(python, place)),
            "none": _took(lambda: programs.latchkey(python, empty)),
            "three": _took(lambda: programs.latchkey(python, three, port)),
            "first": _took(lambda: programs.latchkey(python, place.fresh("first"))),
            programs.AUTH_PLAYGROUND: _took(lambda: programs.auth_playground(place)),
            programs.ADUNEO: _took(lambda: programs.aduneo(place)),
        },
    )
    kinds = {"none": "start, no setup stored", "three": "start, 3 setups stored"}
    against = "a one-route Flask app on waitress, same environment"
    rows = [
        ratio(words, against, seen[kind], seen["one route"], 1.15) for kind, words in kinds.items()
    ]
    rows.append(ratio("the very first start", against, seen["first"], seen["one route"]))
    for other, limit in ((programs.AUTH_PLAYGROUND, 0.5), (programs.ADUNEO, 1.0)):
        for kind, words in kinds.items():
            rows.append(ratio(words, f"PyPI {other}", seen[kind], seen[other], limit))
    return Part("Spawn to first 200 of home", rows, HOW)


def _took(start: Callable[[], AbstractContextManager[Reached]]) -> Callable[[], float]:
    def once() -> float:
        with start() as it:
            return it.took_ms

    return once
