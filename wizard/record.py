"""The change record: what was set where, tested how, not proved, and how to undo it. Pure data.

One structure for the page and for Markdown. Its sentences mark names on a screen as `**Name**`;
its values are shown letter for letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wizard import catalogue, handover, judging, mapped, steps, times, wording
from wizard.catalogue.guides import Tick
from wizard.oidc.finding import Finding, Status
from wizard.paste.shapes import ENTRA_SECRET
from wizard.product_uris import Uri
from wizard.setups import Setup, from_rows
from wizard.store import Run
from wizard.withheld import withhold

VERDICTS = {"pass": "passed", "warn": "passed, with a warning", "fail": "failed"}
_MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Fact:
    """One setting: its name on the screen, its value, and what is to be said of it."""

    label: str
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A text of several lines that is shown as it is, such as settings for a file."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with settings, or sentences, or both; `map` says as a drawing what they say.

    `blocks` are texts to be shown as they are.
    """

    title: str
    facts: Sequence[Fact] = ()
    points: Sequence[str] = ()
    map: Sequence[mapped.Mapped] = ()
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """The whole, in order."""

    title: str
    lede: str
    sections: Sequence[Section]


def build(setup: Setup, now: datetime) -> Record:
    """The record of a setup as it stands at `now`; the client secret is nowhere in it."""
    product, provider = setup.product.name, setup.provider.in_full
    lede = (
        f"{product} signs people in through {provider}, by OpenID Connect."
        if _finished(setup)
        else f"{product} is being connected to {provider}, by OpenID Connect. This is not finished."
    )
    made = f"Written by Latchkey on {times.moment(now.isoformat())}."
    record = Record(
        f"Change record: {setup.name}",
        f"{lede} {made}",
        [
            Section(f"What was set in {provider}", _at_provider(setup)),
            Section(
                f"What was set in {product}",
                _at_product(setup),
                blocks=_files(setup),
            ),
            Section("What was tested", points=_tested(setup)),
            *_map(setup),
            Section("What the checks found", points=_checked(setup)),
            Section("What was done", points=_done(setup)),
            Section("What was not proved", points=_not_proved(setup)),
            Section("How to undo it", points=_undo(setup)),
            Section("What is still to do", points=_to_do(setup)),
        ],
    )
    return _without_secret(record, setup.values.client_secret)


def secret_begins(setup: Setup) -> str:
    """The secret's first three characters, where the provider shows them too; else nothing.

    Entra does, in its list of client secrets, so that one can be told from another.
    """
    secret = setup.values.client_secret
    shown = setup.provider.client_secret.shape == "entra" and ENTRA_SECRET.fullmatch(secret)
    return secret[:3] if shown else ""


def _finished(setup: Setup) -> bool:
    return all(step.done(setup) for step in steps.flow(setup))


# -- settings --------------------------------------------------------------------------------------


def _at_provider(setup: Setup) -> list[Fact]:
    values, provider = setup.values, setup.provider
    tidied = {tick.name for tick in provider.clean_up} & set(setup.ticks.get("turn-on", {}))
    facts = [
        Fact("Application", setup.app_name, "the name that was proposed"),
        Fact("Tenant", setup.metadata.get("tenant", "")),
        Fact(provider.client_id.label, values.client_id),
        Fact(
            f"Redirect URI of {setup.product.name}",
            values.redirect_uri,
            _say_text(setup, setup.redirect_uri_use),
        ),
        *(_other_uri(setup, each) for each in setup.other_uris()),
        Fact(
            "Redirect URI of the test",
            setup.callback_uri,
            "taken out again, as ticked" if tidied else "to be taken out again",
        ),
    ]
    if not setup.comes_back:  # it was never registered
        facts = [fact for fact in facts if fact.value != setup.callback_uri]
    if setup.product.protocol.response_type == "id_token":
        facts.append(Fact("ID tokens", "on", "the product asks for an ID token directly"))
    if setup.is_public:
        facts.append(Fact("Client", "public", "without a client secret, with PKCE"))
    facts += _secret(setup, provider.client_secret.label)
    facts += [
        Fact(provider.metadata.label, values.metadata_url),
        Fact("Issuer", setup.metadata.get("issuer", "")),
    ]
    return [fact for fact in facts if fact.value or fact.note]


def _other_uri(setup: Setup, each: Uri) -> Fact:
    said = [_say_text(setup, each.what)]
    if each.native:
        said.append("under the platform for mobile and desktop applications")
    if each.if_used:
        said.append("only where it is used")
    if not each.asked:
        said.append("not asked about")
    return Fact(f"Further redirect URI of {setup.product.name}", each.uri, "; ".join(said))


def _say_text(setup: Setup, text: str) -> str:
    return catalogue.fill(text, setup.words).rstrip(".")


def _files(setup: Setup) -> list[Block]:
    """The settings for the product's files, which never hold the secret."""
    return [
        Block(file.name, f"{file.title} ({file.into})", file.text)
        for file in handover.files(setup)
        if file.text
    ]


def _secret(setup: Setup, label: str) -> list[Fact]:
    if not setup.product.protocol.uses_secret or not setup.values.secret_version:
        return []
    begins = secret_begins(setup)
    said = "its first three characters" if begins else "not written down here"
    day = setup.values.secret_expires
    expires = f"expires on {times.day(day)}" if day else "no expiry date was entered"
    return [Fact(label, f"{begins}…" if begins else "", f"{said}; {expires}")]


def _at_product(setup: Setup) -> list[Fact]:
    facts = []
    for row in handover.rows(setup):
        if row.secret:
            facts += _secret(setup, row.label)
        else:
            facts.append(Fact(row.label, row.value, "" if row.value else row.note))
    handed_over = setup.ticks.get("handover", {}).get("handed-over")
    said = times.moment(handed_over) if handed_over else "not yet"
    facts = [fact if fact.value or fact.note else replace(fact, note="not yet") for fact in facts]
    return [*facts, Fact("Ticked as pasted", note=said)]


# -- what was tested and found ---------------------------------------------------------------------


def _tested(setup: Setup) -> list[str]:
    if not setup.runs:
        return ["No test sign-in was made."]
    said = [_run(setup, run) for run in setup.runs[:_MOST_RUNS]]
    left = len(setup.runs) - _MOST_RUNS
    return [*said, f"{left} earlier ones are not listed."] if left > 0 else said


def _map(setup: Setup) -> list[Section]:
    """Leg by leg, what the newest test sign-in proved that says something of these values."""
    proof = setup.proof
    if proof is None:
        return []
    legs = mapped.of_run(setup, proof)
    at = times.moment(proof.ended_at)
    title = f"What the test sign-in of {at} proved"
    return [Section(title, points=[each.line for each in legs], map=legs)]


def _run(setup: Setup, run: Run) -> str:
    who = run.details.get("account") or "nobody signed in"
    at = times.moment(run.ended_at)
    findings = from_rows(run.findings)
    counted = sum(1 for finding in findings if finding.status is Status.PASS)
    parts = [f"**{VERDICTS.get(run.verdict, run.verdict)}**: {who}, {at}"]
    if counted:
        parts.append(f"{counted} {'check' if counted == 1 else 'checks'} passed")
    if run.details.get("imported"):
        parts.append("made on another computer, so no proof here")
    elif run.fingerprint != setup.fingerprint():
        parts.append("with values that have changed since")
    said = "; ".join(parts) + "."
    return " ".join([said, *(f"{title}." for title in _titles(setup, findings))])


def _titles(setup: Setup, findings: Iterable[Finding]) -> list[str]:
    """Those that are no passes, each in its one line."""
    shown = wording.show(setup, [f for f in findings if f.status is not Status.PASS])
    return [f"{each.spoken}: {each.title}" for each in shown]


def _checked(setup: Setup) -> list[str]:
    said = []
    for topic in judging.TOPICS:
        check = setup.current_check(topic)
        if not check:
            continue
        shown = wording.show(setup, from_rows(check.findings))
        passed = [each for each in shown if each.finding.status is Status.PASS]
        if passed:
            at = times.moment(check.checked_at)
            said.append(f"Passed on {at}: {'; '.join(_told_apart(passed))}.")
        said += [
            f"{each.spoken}: {each.title}. {each.advice}".strip()
            for each in shown
            if each.finding.status is not Status.PASS
        ]
    return said or ["Nothing was asked about these values."]


def _told_apart(shown: Sequence[wording.Shown]) -> list[str]:
    """The titles; where two are the same, with what each is about."""
    titles = [each.title for each in shown]
    return [
        f"{each.title} ({each.finding.about})"
        if titles.count(each.title) > 1 and each.finding.about
        else each.title
        for each in shown
    ]


def _done(setup: Setup) -> list[str]:
    ticked = setup.ticks.get("turn-on", {})
    said = [
        f"{_say(setup, tick)} Ticked on {times.moment(ticked[tick.name])}."
        for tick in steps.turn_on_ticks(setup)
        if tick.name in ticked
    ]
    return [
        *(said or [f"Nothing in {setup.product.name} is ticked as done yet."]),
        *_renewed(setup),
    ]


def _renewed(setup: Setup) -> list[str]:
    """Of a renewed client secret: that it was, how far that is, and what stands for its proof."""
    said = []
    provider, product = setup.provider.short, setup.product.name
    replaced = setup.answers.get("renews", "")
    under_way = bool(replaced) and replaced != setup.values.secret_version
    if setup.answers.get("renewed:test") == setup.fingerprint():
        said.append(
            "The client secret was renewed after the test sign-in. "
            + wording.begin(f"{provider} did not refuse the new one when it was asked.")
            + ("" if setup.proof else " Nobody has signed in here with the new one.")
        )
    elif under_way:
        said.append("The client secret was replaced by a new one.")
    if under_way:
        handed_over = setup.ticks.get("renew", {}).get("handed-over")
        said.append(
            f"The new client secret is in {product}, as ticked on {times.moment(handed_over)}."
            f" The old one is still to be removed at {provider}."
            if handed_over
            else f"The new client secret still has to be put into {product}, and the old one to be"
            f" removed at {provider}."
        )
    return said


def _say(setup: Setup, tick: Tick) -> str:
    return catalogue.fill(tick.do, setup.words)


# -- what is open ----------------------------------------------------------------------------------


def _not_proved(setup: Setup) -> list[str]:
    said = []
    if setup.run is None:
        said.append("That people can sign in with these values: no test sign-in counts for them.")
    elif setup.run.verdict == "fail":
        said.append("That people can sign in with these values: the last test sign-in failed.")
    proved_at_product = [tick.name for tick in setup.product.turn_on.prove]
    if not set(proved_at_product) <= set(setup.ticks.get("turn-on", {})):
        said.append(
            f"That {setup.product.name}'s own redirect URI and settings work: only a sign-in at"
            f" {setup.product.name} shows that, and it is not ticked as seen."
        )
    who = sorted({str(run.details["account"]) for run in _counting(setup)})
    if who:
        said.append(f"Anybody else's sign-in: only {', '.join(who)} was tried.")
    for slug in (*judging.TOPICS_OF_STEP, "test"):
        if slug == "test" and not setup.comes_back:
            said.append(
                f"A sign-in at {setup.provider.in_full}: it does not send people back to this"
                " computer, so no test sign-in could be made."
            )
        elif judging.went_on(setup, slug) or (
            slug == "test" and setup.answers.get("went_on:test") == setup.fingerprint()
        ):
            if slug == "test":
                said.append("The administrator went on without a test sign-in that passed.")
                continue
            titles = [wording.title_of(setup, f) for f in judging.failures(setup, slug)]
            said.append(
                f"The administrator went on at {_title(setup, slug)} although a check failed."
                + "".join(f" {title}." for title in titles)
            )
    unknown = [f for _, f in judging.saved(setup) if f.status is Status.UNKNOWN]
    return [*said, *(f"{title}." for title in _titles(setup, unknown))]


def _counting(setup: Setup) -> list[Run]:
    """The runs that signed somebody in with the values as they are."""
    now = setup.fingerprint()
    return [
        run
        for run in setup.runs
        if run.fingerprint == now and run.verdict != "fail" and run.details.get("account")
    ]


def _title(setup: Setup, slug: str) -> str:
    step = steps.find(setup, slug)
    return step.title if step else slug


def _undo(setup: Setup) -> list[str]:
    app = setup.values.client_id or setup.app_name
    return [
        catalogue.fill(setup.product.turn_on.undo, setup.words),
        f"When nobody needs it any more, delete the application {app} in {setup.provider.in_full}."
        f" {setup.product.name} can then sign nobody in through it.",
    ]


def _to_do(setup: Setup) -> list[str]:
    ticked = setup.ticks.get("turn-on", {})
    said = [
        f"In Latchkey: {step.title}."
        for step in steps.flow(setup)
        if step.slug != "turn-on" and not step.done(setup)
    ]
    said += [_say(setup, tick) for tick in steps.turn_on_ticks(setup) if tick.name not in ticked]
    if setup.product.protocol.uses_secret:
        day = setup.values.secret_expires
        said.append(
            f"Renew the client secret before {times.day(day)}."
            if day
            else f"Look up in {setup.provider.in_full} when the client secret expires, and renew it"
            " in time."
        )
    return said or ["Nothing."]


# -- without the secret, and as Markdown -----------------------------------------------------------


def _without_secret(record: Record, secret: str) -> Record:
    def clean(text: str) -> str:
        return withhold(text, secret)

    return Record(
        clean(record.title),
        clean(record.lede),
        [
            Section(
                section.title,
                [Fact(clean(f.label), clean(f.value), clean(f.note)) for f in section.facts],
                [clean(point) for point in section.points],
                [each.without(clean) for each in section.map],
                [Block(b.name, clean(b.title), clean(b.text)) for b in section.blocks],
            )
            for section in record.sections
        ],
    )
