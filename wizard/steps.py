"""The flow as one tuple. Where she stands is worked out from what is saved."""

from collections.abc import Callable
from dataclasses import dataclass

from wizard import judging
from wizard.setups import REMOVED_TICK, Setup


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the flow: when it applies, when it is done, and (a question) when answered."""

    slug: str
    title: str
    group: str
    done: Callable[[Setup], bool]
    answered: Callable[[Setup], bool] = lambda _: False
    applies: Callable[[Setup], bool] = lambda _: True


def _question(
    slug: str,
    title: str,
    group: str,
    name: str,
    applies: Callable[[Setup], bool] = lambda _: True,
) -> Step:
    """A step that asks for one value, and is done when it has one that is not sure to be wrong."""

    def answered(setup: Setup) -> bool:
        return setup.has_secret if name == "client_secret" else bool(getattr(setup.values, name))

    def done(setup: Setup) -> bool:
        return answered(setup) and not judging.blocked(setup, slug)

    return Step(slug, title, group, done, answered, applies)


def signed_in(setup: Setup) -> bool:
    """Whether a test sign-in proved these values, or all but a secret accepted since (renewal)."""
    if setup.proof:
        return setup.proof.verdict in ("pass", "warn")
    return setup.answers.get("renewed:test") == setup.fingerprint()


def proved(setup: Setup) -> bool:
    """Whether the test is done: signed in, or gone on without."""
    return signed_in(setup) or setup.answers.get("went_on:test") == setup.fingerprint()


def _all_ticked(setup: Setup) -> bool:
    ticked = setup.ticks.get("turn-on", {})
    return all(tick.name in ticked for tick in turn_on_ticks(setup))


def turn_on_ticks(setup: Setup) -> list:
    """What is to be done at the last step, in order: plan, switch on, prove, clean up."""
    plan = setup.product.turn_on
    return [*plan.plan, *plan.switch, *plan.prove, *clean_up_ticks(setup)]


def clean_up_ticks(setup: Setup) -> list:
    """What is left to take away; not Latchkey's redirect URI where it was never to be there."""
    return [
        tick for tick in setup.provider.clean_up if setup.comes_back or tick.name != REMOVED_TICK
    ]


STEPS = (
    Step("before", "Before you start", "Prepare", lambda s: "ready" in s.ticks.get("before", {})),
    _question("redirect-uri", "Redirect URI", "In {provider}", "redirect_uri"),
    _question("client-id", "Client ID", "In {provider}", "client_id"),
    _question(
        "client-secret",
        "Client secret",
        "In {provider}",
        "client_secret",
        applies=lambda setup: setup.product.protocol.uses_secret,
    ),
    _question("metadata", "Metadata URL", "In {provider}", "metadata_url"),
    Step("test", "Test sign-in", "Prove it", proved),
    Step(
        "handover",
        "Hand over the values",
        "In {product}",
        lambda setup: "handed-over" in setup.ticks.get("handover", {}),
    ),
    Step("turn-on", "Turn it on safely", "In {product}", _all_ticked),
)


def flow(setup: Setup) -> list[Step]:
    """The steps that apply to this setup, in order."""
    return [step for step in STEPS if step.applies(setup)]


def position(setup: Setup) -> Step:
    """The first step that is not done; the last one when all are."""
    steps = flow(setup)
    return next((step for step in steps if not step.done(setup)), steps[-1])


def is_open(setup: Setup, step: Step) -> bool:
    """A step opens when all before it are done. A question once answered stays open.

    The metadata URL is what everything else is judged by: when it is the wrong one, the client ID
    before it is what fails.
    """
    if step.answered(setup):
        return True
    for earlier in flow(setup):
        if earlier.slug == step.slug:
            return True
        if not earlier.done(setup):
            return False
    return False


def find(setup: Setup, slug: str) -> Step | None:
    """The step of that slug, if it is in this setup's flow."""
    return next((step for step in flow(setup) if step.slug == slug), None)


def before(setup: Setup, step: Step) -> Step | None:
    """The step one goes back to."""
    steps = flow(setup)
    place = [candidate.slug for candidate in steps].index(step.slug)
    return steps[place - 1] if place else None


def title_of(slug: str) -> str | None:
    """What the step is called."""
    return next((step.title for step in STEPS if step.slug == slug), None)
