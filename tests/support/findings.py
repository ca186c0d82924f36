"""Every finding with its sentences, as one page: `make findings` writes it.

The page is made of the source (what is raised, with which outcome, by which standard), of the
catalogue (what is said) and of the tests (where it is caused), so none of it is kept by hand.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.raised import ROOT, raised
from wizard import catalogue
from wizard.catalogue import reading
from wizard.catalogue.guides import Advice, ErrorCode, Provider
from wizard.steps import STEPS

PAGE = ROOT / "wizard" / "catalogue" / "FINDINGS.md"
TESTS = ROOT / "tests"
# The advice files in the order she meets what they speak of.
AREAS = {
    "paste": "A value that cannot be right, seen by its form",
    "answers": "An answer, before anybody is asked",
    "network": "The way to the identity provider",
    "discovery": "The metadata URL, the document behind it, the keys and the clock",
    "provider": "What the identity provider says before anybody signs in",
    "round_trip": "The way of the test sign-in, there and back",
    "sign_in": "The answer to the sign-in, and the token endpoint's",
    "id_token": "The ID token",
    "user": "Whether the product would take the user",
    "provider_error": "An error page of the identity provider, pasted",
    "keep": "Checked again, and cleaned up",
    "check": "The command line alone",
}
OUTCOMES = {"pass": "Passed", "warn": "Needs a look", "fail": "Failed", "unknown": "Could not tell"}
# These speak of all codes alike; to be named there is not to be caused.
_OF_ALL = {"test_findings.py", "test_probes_advice.py", "test_advice_of_sign_in.py"}
_WORD = re.compile(r"[a-z][a-z0-9_]*")
# A comment, or a literal of Python as it is written; to have Python read them all takes ten times
# as long.
_LITERAL = re.compile(
    r"""#[^\n]*|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""",
    re.DOTALL,
)
_HELD = re.compile(r"`([a-z0-9_]+)`[^\n]*? · `(tests/[\w/.-]+)`")

_HEAD = """\
# Every finding, and what Latchkey says

Written by `make findings`; a test holds that it is what the program says. {count} findings, and the
{numbers} numbers of Microsoft's error pages that Latchkey explains.

Saw a sentence and want to know where it comes from? Search this page for a part of it that is no
name and no value. In braces is what is filled in: `{{provider}}` and `{{product}}` with their
names, `{{about}}` with what was judged, `{{expected}}` with what should have been there,
`{{actual}}` with what was seen. **Bold** is a name on a screen.

Each has its code, as `check --json` prints it, its outcome, the step that mends it, the section of
the standard it comes from, and a file of tests in which it is caused. Where the guide of an
identity provider says it in words of its own, those stand below. What needs a look and what could
not be told never stops you.
"""


def page() -> str:
    """The whole page as Markdown."""
    held = dict(_HELD.findall(PAGE.read_text("utf-8"))) if PAGE.exists() else {}
    entra = catalogue.provider("entra")
    parts = [_HEAD.format(count=len(raised()), numbers=len(entra.codes))]
    parts += [f"- [{title}](#{_anchor(title)})" for title in (*AREAS.values(), _NUMBERS)]
    for name, title in AREAS.items():
        parts += ["", f"## {title}", *_area(_codes_in(name), held)]
    parts += ["", f"## {_NUMBERS}", *_numbers(entra)]
    return "\n".join(parts) + "\n"


_NUMBERS_IN = "tests/test_findings.py"  # where each is pasted as its page has it
_NUMBERS = "The numbers of Microsoft's error pages"


def _codes_in(name: str) -> list[str]:
    return list(reading.toml(catalogue.HERE / "advice" / f"{name}.toml"))


def _area(codes: list[str], held: dict[str, str]) -> Iterator[str]:
    """What has to be done first, one by one; then what passed, in short."""
    passes = [code for code in codes if raised()[code].outcomes == {"pass"}]
    for code in codes:
        if code not in passes:
            yield from ("", *_entry(code, held))
    if passes:
        yield from ("", "### What passed", "")
        for code in passes:
            advice = catalogue.general_advice()[code]
            said = f"{advice.title}. {advice.advice}".strip() if advice.advice else advice.title
            yield f"- {said}  \n  {_facts(code, '', held)}"


def _entry(code: str, held: dict[str, str]) -> Iterator[str]:
    advice = catalogue.general_advice()[code]
    yield from (f"### {advice.title}", "", _facts(code, advice.step, held), "", advice.advice)
    if advice.without_secret:
        yield from ("", f"*To a product without a client secret:* {advice.without_secret}")
    if advice.clock_agrees:
        yield from ("", f"*Where this computer's clock is right:* {advice.clock_agrees}")
    own = [f"- *{names}:* {said}" for said, names in _own_words(code, advice).items()]
    if own:
        yield from ("", *own)


def _facts(code: str, step: str, held: dict[str, str]) -> str:
    one = raised()[code]
    outcome = " or ".join(OUTCOMES[each] for each in OUTCOMES if each in one.outcomes)
    facts = [f"`{code}`", outcome]
    facts += [f"step {_step(step)}"] if step else []
    facts += sorted(one.specs)
    files = caused_in().get(code, [])
    before = held.get(code)
    facts += [f"`{before if before in files else files[0]}`"] if files else []
    return " · ".join(facts)


@cache
def _guides() -> list[Provider]:
    return catalogue.providers()


def _own_words(code: str, general: Advice) -> dict[str, str]:
    """What guides say in words of their own, and who says it; a guide based on another is left out
    where it says the same."""
    found: dict[str, list[str]] = {}
    for guide in _guides():
        own = guide.advice.get(code)
        if own is None:
            continue
        title = f"{own.title}. " if own.title and own.title != general.title else ""
        said = f"{title}{own.advice}".strip()
        if said:
            found.setdefault(said, []).append(guide.name)
    return {said: ", ".join(names) for said, names in found.items()}


def _numbers(guide: Provider) -> Iterator[str]:
    for number, code in sorted(guide.codes.items(), key=lambda pair: int(pair[0])):
        yield from ("", f"### AADSTS{number}: {code.title}", "", _fact_of(number, code))
        yield from ("", f"{code.cause} {code.fix}")


def _fact_of(number: str, code: ErrorCode) -> str:
    return f"`provider_error_{number}` · Failed · step {_step(code.step)} · `{_NUMBERS_IN}`"


def _step(slug: str) -> str:
    return next(step.title for step in STEPS if step.slug == slug)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@cache
def caused_in() -> dict[str, list[str]]:
    """The files of tests that name a code as the finding they are about."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("*")):
        if path.suffix not in (".py", ".toml") or path.name in _OF_ALL:
            continue
        if "node_modules" in path.parts or path.name in ("findings.py", "raised.py"):
            continue
        for code in _codes_named(path) & set(raised()):
            found.setdefault(code, []).append(path.relative_to(ROOT).as_posix())
    return found


def _codes_named(path: Path) -> set[str]:
    """The words of the literals in a file of tests; in two files codes stand by their last part."""
    text = path.read_text("utf-8")
    if path.suffix == ".toml":
        return set(_WORD.findall(text))
    literals = " ".join(found for found in _LITERAL.findall(text) if found[0] != "#")
    words = set(_WORD.findall(literals))
    if path.name == "test_fetch.py":  # what a FetchError's own code is
        words |= {f"network_{word}" for word in words}
    if path.name == "test_provider_error.py":  # OAuth's own error codes
        words |= {f"provider_error_{word}" for word in words}
    return words


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8", newline="\n")
