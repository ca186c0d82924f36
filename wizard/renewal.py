"""Renew the client secret: a new one, checked; handed over; the old one removed.

Where she stands is derived from what is saved: `renews` is the version the new secret replaced,
and two ticks. Until the new secret was accepted nothing is saved, and the old one stays in force.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard import judging, kept, steps
from wizard.oidc.finding import Finding, Status
from wizard.setups import Setup, Values
from wizard.store import Store
from wizard.vault import Vault

if TYPE_CHECKING:
    from wizard.asking import Asked
    from wizard.live import Run, Runs

TICKS = "renew"
STAGES = ("secret", "handover", "old")


@dataclass(frozen=True, slots=True)
class Tried:
    """A new secret, judged: by its shape, and by what the provider said in `run` if it was asked.

    The run may still be asking, where a refused secret may only be too fresh.
    """

    shape: tuple[Finding, ...]
    run: "Run | None" = None

    @property
    def is_refused(self) -> bool:
        """Whether it is sure to be wrong, or nobody could be asked."""
        if self.run is None:
            return True
        answered = [f for found in self.run.asked.findings.values() for f in found]
        return any(f.status is Status.FAIL for f in answered)


def applies(setup: Setup) -> bool:
    """Whether there is a secret in use that can be replaced."""
    handed_over = "handed-over" in setup.ticks.get("handover", {})
    return setup.product.protocol.uses_secret and handed_over and bool(setup.values.secret_version)


def stage(setup: Setup) -> str:
    """One of STAGES: what is to be done next."""
    replaced = setup.answers.get("renews", "")
    if not replaced or replaced == setup.values.secret_version:
        return "secret"
    return "old" if "handed-over" in setup.ticks.get(TICKS, {}) else "handover"


def under_way(setup: Setup) -> bool:
    """Whether a new secret is saved that still has to be handed over, or the old one removed."""
    return stage(setup) != "secret"


def try_secret(runs: "Runs", setup: Setup, values: Values) -> Tried:
    """Ask the provider about `values` with the new secret in them. Nothing is saved.

    A live check of the same secret is taken up.
    """
    from wizard.live import Cancelled  # late: the home page only asks where the renewal stands

    shape = tuple(judging.shape(setup, "client-secret", values))
    if any(f.status is Status.FAIL for f in shape):
        return Tried(shape)
    try:
        run = runs.ask(setup, "client-secret", values, judging.TOPICS_OF_STEP["client-secret"])
    except Cancelled:  # Latchkey ends
        return Tried(shape)
    return Tried(shape, run)


def save(store: Store, vault: Vault, setup: Setup, values: Values, asked: "Asked") -> Setup:
    """Put the new secret in force. `asked` is what the provider said of it: it did not refuse.

    A sign-in proved before stays as good as the provider's word on the new secret: client ID and
    metadata are the same. What is noted first holds only once the new version is saved.
    """
    from wizard import answering

    replaced = setup.answers.get("renews") if under_way(setup) else setup.values.secret_version
    mark = setup.fingerprint("sign-in", values)
    marks: dict[str, str | None] = {"renews": replaced}
    if steps.signed_in(setup):
        marks["renewed:test"] = mark
    elif steps.proved(setup):
        marks["went_on:test"] = mark
    store.set_ticks(setup.id, TICKS, {"handed-over": False})
    store.save_answers(setup.id, marks)
    renewed = answering.save(store, vault, setup, values)
    kept.keep(store, renewed, asked)
    return renewed


def handed_over(store: Store, setup: Setup) -> None:
    """The new secret is in the product."""
    store.set_ticks(setup.id, TICKS, {"handed-over": True})


def old_removed(store: Store, setup: Setup) -> None:
    """The old secret is gone at the provider: the renewal is over."""
    store.save_answers(setup.id, {"renews": None})
    store.set_ticks(setup.id, TICKS, {"handed-over": False})
