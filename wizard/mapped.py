"""The map of the sign-in for one setup: the legs, what a test proved of each, and what to look at.

For the page and for the change record, so that both say the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wizard import sign_in_map, wording
from wizard.oidc.finding import Finding
from wizard.setups import Setup, from_rows
from wizard.sign_in_map import Leg, Way
from wizard.store import Run


@dataclass(frozen=True, slots=True)
class Mapped:
    """A leg, and the titles of its findings that need action."""

    leg: Leg
    titles: Sequence[str]

    @property
    def line(self) -> str:
        """All of it as text."""
        return " ".join([self.leg.line, *(f"{title}." for title in self.titles)])

    def without(self, clean: Callable[[str], str]) -> "Mapped":
        """The same with every title passed through `clean`."""
        return replace(self, titles=[clean(title) for title in self.titles])


def of_plan(setup: Setup) -> list[Mapped]:
    """What a test sign-in will do; nothing is claimed."""
    return _mapped(setup, None, {})


def of_run(setup: Setup, run: Run) -> list[Mapped]:
    """What one test sign-in proved, leg by leg."""
    return _mapped(setup, from_rows(run.findings), _times(run.details.get("took_ms")))


def of_stopped(setup: Setup, findings: Sequence[Finding]) -> list[Mapped]:
    """A test sign-in that could not be begun: what was asked before the browser is sent away."""
    return _mapped(setup, findings, {})


def _mapped(
    setup: Setup, findings: Sequence[Finding] | None, took_ms: dict[str, int]
) -> list[Mapped]:
    protocol = setup.product.protocol
    way = Way(
        setup.provider.short, setup.product.name, protocol.response_type, protocol.uses_secret
    )
    # Told together, for what one finding means may hang on another.
    all_shown = wording.show(setup, findings or [])
    titles = {id(shown.finding): wording.unmarked(shown.title) for shown in all_shown}
    shown_as = [shown.finding for shown in all_shown] if findings is not None else None
    return [
        Mapped(leg, [titles[id(finding)] for finding in leg.findings])
        for leg in sign_in_map.draw(way, shown_as, took_ms)
    ]


def _times(kept: object) -> dict[str, int]:
    """A run of an earlier version, or of another computer, has none."""
    if not isinstance(kept, dict):
        return {}
    return {name: ms for name, ms in kept.items() if isinstance(ms, int)}
