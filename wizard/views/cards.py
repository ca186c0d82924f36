"""What the card of a setup says: where it stands, and what is next."""

from wizard import again, catalogue, judging, renewal, setups, steps, wording
from wizard.application import desk
from wizard.oidc.finding import gravest_first
from wizard.setups import Setup, from_rows
from wizard.store import SetupRow
from wizard.times import day
from wizard.wording import begin


def names(row: SetupRow) -> str:
    """All that a setup may be searched by, in one text without upper case."""
    texts = [row.name, row.product, row.provider]
    for read, slug in ((catalogue.product, row.product), (catalogue.provider, row.provider)):
        try:
            guide = read(slug)
        except KeyError:  # its guide is gone; the page says so when the setup is opened
            continue
        texts += [guide.name, *guide.aliases]
    return " ".join(texts).casefold()


def make(row: SetupRow) -> dict[str, object]:
    """The card of a setup, in texts, truth values and lists of them, as JSON has them.

    Nothing in it changes from one day to the next but by the secret's end (`expires`, ISO date).
    """
    setup = setups.look(desk().store, desk().vault, row, desk().port)
    flow = steps.flow(setup)
    step = steps.position(setup)
    finished = all(each.done(setup) for each in flow)
    place = [each.slug for each in flow].index(step.slug) + 1
    in_use = "handed-over" in setup.ticks.get("handover", {})
    look = in_use and any(judging.blocked(setup, slug) for slug in judging.TOPICS_OF_STEP)
    tag = "Done" if finished else f"Step {place} of {len(flow)}"
    said = [_signed_in(setup), "" if finished else f"next: {step.title}"]
    return {
        "name": setup.name,
        "provider": setup.provider.name,
        "finished": finished,
        "look": look,
        "tag": "Needs a look" if look else tag,
        "said": [each for each in said if each],
        "uses_secret": setup.product.protocol.uses_secret,
        "secret_version": setup.values.secret_version,
        "expires": setup.values.secret_expires,
        "again": _again(setup),
        "checkable": again.can_be_checked(setup),
        "renew": _renew(setup),
        "has_record": bool(setup.runs) or finished,
    }


def _signed_in(setup: Setup) -> str:
    if setup.run:
        return f"test sign-in {_VERDICT[setup.run.verdict]} {day(setup.run.ended_at)}"
    if steps.signed_in(setup):
        return "secret renewed since the test sign-in"
    if steps.proved(setup):
        return "gone on without a test sign-in"
    if setup.imported_run:
        return "test sign-in made on another computer, no proof here"
    return "a value changed since the test sign-in" if setup.withdrawn_run else ""


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
