"""What a question page shows of an answer: which findings, in which order, in which rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_wtf import FlaskForm

from wizard import answering, judging, offers, paste, product_uris, steps, wording
from wizard.answering import Candidate
from wizard.application import desk
from wizard.live import Again, Run
from wizard.live import Row as Heard
from wizard.offers import Offer
from wizard.oidc.finding import Finding, Status
from wizard.product_uris import Uri
from wizard.setups import Setup, Values

_WEIGHT = {Status.FAIL: 0, Status.WARN: 1, Status.UNKNOWN: 2, Status.PASS: 3}
_NOT_ANSWERS = ("csrf_token", "go_on_anyway", "secret_expires")


@dataclass(frozen=True, slots=True)
class Row:
    """One topic's place on the page: its findings, what is being asked, or a quiet word."""

    id: str
    shown: Sequence[wording.Shown] = ()
    busy: str = ""
    note: str = ""
    took_ms: int | None = None

    @property
    def spoken(self) -> str:
        """The row as it is read out, once: what needs action in full, passes by their number."""
        told = [f"{each.spoken}: {each.title}." for each in self.shown if not _is_pass(each)]
        passed = sum(map(_is_pass, self.shown))
        if passed:
            told.append(f"{passed} {'check' if passed == 1 else 'checks'} passed.")
        return wording.unmarked(" ".join([*told, self.note]))


def _is_pass(shown: wording.Shown) -> bool:
    return shown.finding.status is Status.PASS


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """What needs action first, each thing once: shape and provider may say the same."""
    once = {(finding.code, finding.about): finding for finding in findings}
    return sorted(once.values(), key=lambda finding: _WEIGHT[finding.status])


def relevant(setup: Setup, slug: str, topic: str, found: Sequence[Finding]) -> list[Finding]:
    """Of a topic's answers, what this page shows: on the metadata page all, elsewhere its own
    and whatever failed."""
    if slug == "metadata":
        return list(found)
    own = [f for f in found if judging.step_of(setup, topic, f) == slug]
    return [*own, *(f for f in found if answering.has_failed([f]) and f not in own)]


def all_relevant(
    setup: Setup, slug: str, found: Mapping[str, Sequence[Finding]], but: str = ""
) -> list[Finding]:
    """The same of every topic; `but` is one to leave out."""
    return [
        f for topic in found if topic != but for f in relevant(setup, slug, topic, found[topic])
    ]


def complete(slug: str, candidate: Candidate) -> bool:
    """Whether there is something to ask about: the metadata URL and this step's own value."""
    values = candidate.values
    own = {
        "redirect-uri": values.redirect_uri,
        "client-id": values.client_id,
        "client-secret": values.client_secret,
        "metadata": values.metadata_url,
    }[slug]
    return bool(values.metadata_url and own and not candidate.suggested_url)


# --- what was pasted


def pasted(form: FlaskForm) -> dict[str, str]:
    """The raw texts by field. A field drops line breaks, so a page with script sends the paste."""
    texts = {f.name: request.form.get(f.name, "") for f in form if f.name not in _NOT_ANSWERS}
    raw = request.form.get("pasted", "")
    return {name: raw if raw and text else text for name, text in texts.items()}


def cleaned(form: FlaskForm) -> list[Finding]:
    """What was taken away from around the answers."""
    found = []
    for name, text in pasted(form).items():
        keep = name == "client_secret"
        typed = request.form.get(name, "")
        # Of a paste of several lines the field holds something else; then only that is told of.
        same = (
            paste.clean(text, keep_inside=keep).value == paste.clean(typed, keep_inside=keep).value
        )
        found += paste.judge_cleaning(text if same else typed, keep_inside=keep)
    return found


def holds_secret(form: FlaskForm) -> bool:
    """Whether a client secret was pasted into a field that is shown again, and kept on the disk."""
    texts = [text for name, text in pasted(form).items() if name != "client_secret"]
    return any(paste.recognise(text).client_secret for text in texts)


@dataclass(frozen=True, slots=True)
class Found:
    """What was recognised in a paste. With `goes`, Continue puts it in its fields by itself."""

    offer: Offer
    goes: bool


def recognised(setup: Setup, form: FlaskForm, candidate: Candidate) -> Found | None:
    """What can be put in the right fields out of what was pasted."""
    for name, text in pasted(form).items():
        offer = offers.recognise(setup, candidate.values, text)
        if offer:
            # A paste into the midst of something is not all of the answer.
            answer = request.form.get(name, "")
            whole = "".join(text.split()) == "".join(answer.split())
            sure = offers.needs_no_asking(setup, candidate.values, name, offer)
            return Found(offer, whole and sure)
    return None


def offered(setup: Setup, found: Found | None) -> dict[str, object] | None:
    """The same as the page shows it: a handle to take it by, and a line for each value."""
    if found is None:
        return None
    handle = desk().offers.keep(setup.id, found.offer)
    lines = [
        _line(setup, name, value, replaces=getattr(setup.values, name) not in ("", value))
        for name, value in found.offer.values.items()
    ]
    return {"handle": handle, "lines": lines, "goes": found.goes}


def taken(setup: Setup, names: Iterable[str]) -> list[dict[str, object]]:
    """What was put in its field: a line for each of these names, as it is saved now."""
    values = {name: getattr(setup.values, name) for name in names if name in offers.FIELDS}
    return [_line(setup, name, value) for name, value in values.items() if value]


def _line(setup: Setup, name: str, value: str, *, replaces: bool = False) -> dict[str, object]:
    """What a field is called, and what is in it; of a secret its length alone."""
    provider = setup.provider
    label, slug = {
        "client_id": (provider.client_id.label, "client-id"),
        "client_secret": (provider.client_secret.label, "client-secret"),
        "secret_expires": ("Expires on", "client-secret"),
        "metadata_url": (provider.metadata.label, "metadata"),
    }[name]
    shown = "" if name == "client_secret" else value
    return {
        "label": label,
        "slug": slug,
        "value": shown,
        "signs": len(value),
        "replaces": replaces,
    }


def made(setup: Setup, values: Values) -> list[Uri]:
    """The redirect URIs that came of what she entered, where they were made."""
    product = setup.product
    if not product_uris.is_made(product) or not values.redirect_uri:
        return []
    own = Uri(values.redirect_uri, product_uris.what_of(product) or "Redirect URI")
    return [own, *setup.other_uris(values)]


# --- rows


def plain_row(setup: Setup, findings: Sequence[Finding], row_id: str = "row") -> Row:
    """Findings that are all there, in one row."""
    return Row(row_id, wording.show(setup, in_order(findings)))


def busy_rows(setup: Setup, run: Run) -> list[Row]:
    """One row a topic that is about to be asked."""
    return [Row(_id(run, topic), busy=wording.asking(setup, topic)) for topic in run.topics]


def heard_row(setup: Setup, slug: str, run: Run, heard: Heard, again: Again | None = None) -> Row:
    """A topic that has been heard of. What the shape or an earlier row says is not said again."""
    earlier = [f for row in run.rows if row.turn < heard.turn for f in row.findings]
    said = {(f.code, f.about) for f in [*judging.shape(setup, slug, run.values), *earlier]}
    mine = relevant(setup, slug, heard.topic, heard.findings)
    shown = wording.show(setup, in_order([f for f in mine if (f.code, f.about) not in said]))
    note = busy = ""
    if again and heard.topic == "secret" and not run.turned:
        text = wording.asking_again(setup, again.seconds, again.asked)
        busy, note = (text, "") if again.seconds else ("", text)
    elif heard.topic == "secret" and run.turned:
        note = wording.turned(setup)
    elif not shown:
        note = wording.asked(setup, heard.topic)
    return Row(_id(run, heard.topic), shown, busy, note, heard.took_ms)


def unheard_rows(setup: Setup, run: Run) -> list[Row]:
    """After the end: topics that were never asked, for the metadata document failed."""
    heard = {row.topic for row in run.rows}
    return [
        Row(_id(run, topic), note=wording.not_asked(setup, topic))
        for topic in run.topics
        if topic not in heard
    ]


def _id(run: Run, topic: str) -> str:
    return f"row-{run.id}-{topic}"


def standing(slug: str) -> tuple[str, ...]:
    """The steps whose failures stop her at `slug`."""
    return tuple(judging.TOPICS_OF_STEP) if slug == "metadata" else (slug,)


def is_blocked(setup: Setup, slug: str) -> bool:
    """Whether something that is sure to fail stops her here."""
    return any(judging.blocked(setup, each) for each in standing(slug) if steps.find(setup, each))
