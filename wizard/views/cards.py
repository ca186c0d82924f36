"""The cards of the home page: each setup, where it stands, and what is next."""

from datetime import date

from wizard import again, expiry, judging, renewal, setups, steps, wording
from wizard.application import desk
from wizard.oidc.finding import gravest_first
from wizard.setups import Setup, from_rows
from wizard.wording import begin, day


def all_of_them() -> list[dict[str, object]]:
    """One card a setup, the one changed last first."""
    return [_card(setup) for setup in setups.load_all(desk().store, desk().vault, desk().port)]


def _card(setup: Setup) -> dict[str, object]:
    flow = steps.flow(setup)
    step = steps.position(setup)
    finished = all(each.done(setup) for each in flow)
    place = [each.slug for each in flow].index(step.slug) + 1
    said = []
    if setup.run:
        said.append(f"test sign-in {_VERDICT[setup.run.verdict]} {day(setup.run.ended_at)}")
    elif steps.signed_in(setup):
        said.append("secret renewed since the test sign-in")
    elif steps.proved(setup):
        said.append("gone on without a test sign-in")
    elif setup.imported_run:
        said.append("test sign-in made on another computer, no proof here")
    elif setup.withdrawn_run:
        said.append("a value changed since the test sign-in")
    if not finished:
        said.append(f"next: {step.title}")
    in_use = "handed-over" in setup.ticks.get("handover", {})
    look = in_use and any(judging.blocked(setup, slug) for slug in judging.TOPICS_OF_STEP)
    due = expiry.of(setup.values.secret_expires, date.today())
    if due and not due.notice:
        said.append(due.words)
    tag = "Done" if finished else f"Step {place} of {len(flow)}"
    return {
        "setup": setup,
        "step": step,
        "finished": finished,
        "look": look,
        "tag": "Needs a look" if look else tag,
        "said": said,
        "expiry": due if setup.product.protocol.uses_secret else None,
        "again": _again(setup),
        "checkable": again.can_be_checked(setup),
        "renew": _renew(setup),
    }


def _again(setup: Setup) -> dict[str, str] | None:
    """What was found when it was last checked again, in short."""
    check = setup.current_check(again.TOPIC)
    if not check:
        return None
    found = gravest_first(from_rows(check.findings))
    words = begin(wording.title_of(setup, found[0]))
    if len(found) > 1:
        words = f"{words}, and {len(found) - 1} more"
    return {"summary": again.summary(found), "at": check.checked_at, "words": words}


def _renew(setup: Setup) -> str:
    if not renewal.applies(setup):
        return ""
    return "Go on renewing the secret" if renewal.under_way(setup) else "Renew secret"


_VERDICT = {"pass": "passed", "warn": "passed with a warning", "fail": "failed"}
