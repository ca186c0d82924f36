"""Findings in the words of the page: the check's facts meet the catalogue's advice."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from msgspec import structs

from wizard import catalogue, deep_links
from wizard.catalogue.guides import Advice, Link, Provider
from wizard.oidc.finding import Finding, Status
from wizard.setups import Setup

if TYPE_CHECKING:
    from wizard.provider_error import Decoded

_ON_SCREEN = re.compile(r"\*\*(.+?)\*\*")
_REFUSALS = ("callback_", "token_answer_")  # codes that repeat what the provider said
MARKS = {Status.PASS: "✓", Status.WARN: "!", Status.FAIL: "✕", Status.UNKNOWN: "?"}
SPOKEN = {
    Status.PASS: "Passed",
    Status.WARN: "Needs a look",
    Status.FAIL: "Failed",
    Status.UNKNOWN: "Could not tell",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with its title and advice filled in, and the step that mends it.

    `link` opens the provider's page that the advice names.
    """

    finding: Finding
    title: str
    advice: str
    step: str
    link: Link | None = None

    @property
    def mark(self) -> str:
        return MARKS[self.finding.status]

    @property
    def spoken(self) -> str:
        return SPOKEN[self.finding.status]

    @property
    def seen(self) -> str:
        """What was seen, unless the advice has said it already."""
        return self._unsaid(self.finding.actual)

    @property
    def wanted(self) -> str:
        """What was expected, unless the advice has said it already."""
        return self._unsaid(self.finding.expected)

    @property
    def line(self) -> str:
        """What it is about and what was seen, in one line, without what the advice has said."""
        texts = (self.finding.about, self.finding.actual)
        # One text once, though it may be written in capitals the second time.
        unsaid = {text.lower(): text for text in reversed(texts) if text not in self.advice}
        return " · ".join(reversed(unsaid.values()))

    def _unsaid(self, text: str) -> str:
        return "" if text and _in_short(text) in self.advice else text

    def as_json(self) -> dict[str, str]:
        """The finding as scripts get it."""
        finding = self.finding
        return {
            "code": finding.code,
            "status": finding.status.value,
            "about": finding.about,
            "expected": finding.expected,
            "actual": finding.actual,
            "title": unmarked(self.title),
            "advice": unmarked(self.advice),
        }


def show(setup: Setup, findings: Iterable[Finding]) -> list[Shown]:
    """Findings in the words of the setup's identity provider; of one check or sign-in together.

    A token's time is not blamed on this computer's clock where the same sign-in found it right.
    """
    findings = list(findings)
    clock_agrees = any(finding.code == "sign_in_clock_agrees" for finding in findings)
    return [_show(setup, finding, clock_agrees) for finding in findings]


def _show(setup: Setup, finding: Finding, clock_agrees: bool) -> Shown:
    told = _by_number(setup, finding)
    if told:
        return told
    advice = catalogue.advice_for(finding.code, setup.provider)
    if clock_agrees and advice.clock_agrees:
        advice = Advice(title=advice.title, advice=advice.clock_agrees, step=advice.step)
    return tell(finding, _for_product(setup, advice), setup.words, setup.provider)


def _for_product(setup: Setup, advice: Advice) -> Advice:
    """`advice` without a word on a client secret where the product has none, nor its step."""
    if setup.product.protocol.uses_secret:
        return advice
    told = structs.replace(advice, advice=advice.without_secret or advice.advice)
    return structs.replace(told, step="client-id") if told.step == "client-secret" else told


def _by_number(setup: Setup, finding: Finding) -> Shown | None:
    """A refusal that came back with a number of the provider's, told as its pasted page would be.

    OAuth's own error codes are few; the number says more, where the guide knows it.
    """
    refused = finding.status is Status.FAIL and finding.code.startswith(_REFUSALS)
    if not refused or "AADSTS" not in finding.actual.upper():
        return None
    from wizard import provider_error

    decoded = provider_error.decode(finding.actual, catalogue.error_codes(setup.provider))
    return replace(show_error(setup, decoded), finding=finding) if decoded.known else None


def tell(
    finding: Finding, advice: Advice, words: Mapping[str, str], provider: Provider | None = None
) -> Shown:
    """A finding with `advice`, its placeholders filled in from `words` and from the finding.

    What needs action gets a link to the page of `provider`'s portal that the advice names.
    """
    to_do = provider and finding.status is not Status.PASS
    link = deep_links.page_in(advice.advice, provider, words) if to_do else None
    words = {
        **words,
        "expected": finding.expected,
        "actual": _in_short(finding.actual) or "nothing",  # an empty claim, an answer without words
        "about": finding.about,
    }
    title, text = (catalogue.fill(each, words) for each in (advice.title, advice.advice))
    return Shown(finding, begin(title), begin(text), advice.step, link)


def show_error(setup: Setup, decoded: "Decoded") -> Shown:
    """What a pasted error page says, with the cause, what to do, and the step that mends it."""
    known = decoded.known
    if known:
        advice = Advice(title=known.title, advice=f"{known.cause} {known.fix}", step=known.step)
    else:
        advice = catalogue.advice_for(decoded.advice_code, setup.provider)
    return tell(decoded.finding, _for_product(setup, advice), setup.words, setup.provider)


def title_of(setup: Setup, finding: Finding) -> str:
    """The one line a finding is called, as plain text."""
    return unmarked(show(setup, [finding])[0].title)


def begin(text: str) -> str:
    """`text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def on_screen(text: str) -> Markup:
    """Plain text with `**Name**` as bold; everything else is escaped."""
    return Markup(_ON_SCREEN.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704 - escaped above


def _in_short(text: str) -> str:
    """Somebody else's page may be quoted at length; within a sentence the beginning will do."""
    return text if len(text) <= 140 else f"{text[:139]}…"


def unmarked(text: str) -> str:
    """Plain text without the marks of names on a screen."""
    return _ON_SCREEN.sub(r"\1", text)


_TOPICS = {
    "discovery": "for the metadata document",
    "registration": "about the client ID and the redirect URIs",
    "secret": "about the client secret",
}


def asking(setup: Setup, topic: str) -> str:
    """What is being asked at this moment."""
    return f"Asking {setup.provider.short} {_TOPICS[topic]}…"


def asked(setup: Setup, topic: str) -> str:
    """That something was asked, where nothing of the answer belongs on the page."""
    return begin(f"{setup.provider.short} was asked {_TOPICS[topic]}.")


def not_asked(setup: Setup, topic: str) -> str:
    """That something was not asked, and why."""
    return begin(
        f"{setup.provider.short} was not asked {_TOPICS[topic]}: the metadata document has to be"
        " right first."
    )


def to_be_asked(setup: Setup, topics: Iterable[str]) -> str:
    """What nothing is known about with the values as they are now."""
    return f"{setup.provider.short} has not been asked " + ", nor ".join(
        _TOPICS[topic] for topic in topics
    )


def asking_again(setup: Setup, seconds: int, times: int) -> str:
    """Of a refused secret that may be too new: when it is asked about again, or that it was."""
    if seconds:
        return (
            f"If you made it just now, {setup.provider.short} may need a moment to know it."
            f" Asking again in {seconds} seconds."
        )
    within = setup.provider.secret_check.fresh_seconds
    return f"Asked {times} times within {within} seconds, always with this answer."


def turned(setup: Setup) -> str:
    """That a secret was refused and then accepted."""
    return begin(f"{setup.provider.short} knows it now. A moment ago it was still too new.")


def fill(text: str, setup: Setup) -> str:
    """A guide's text with what is known of this setup in its placeholders."""
    return catalogue.fill(text, setup.words)


def url_of(link: Link, setup: Setup) -> str:
    """Where a guide's link leads for this setup."""
    return deep_links.url_of(link, setup.words)


def page_in(text: str, setup: Setup) -> Link | None:
    """The page of the identity provider's portal that `text` names, to be opened."""
    return deep_links.page_in(text, setup.provider, setup.words)
