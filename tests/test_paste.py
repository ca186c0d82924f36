"""What is pasted is cleaned, judged and recognised, and a secret is never altered inside."""

import re
import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import wizard
from tests.support.made_up import made_up
from wizard.oidc.finding import Finding, Status
from wizard.paste import (
    clean,
    judge_cleaning,
    judge_client_id,
    judge_client_secret,
    judge_redirect_uri,
    judge_secret_expires,
    recognise,
)
from wizard.paste.shapes import is_invisible

PACKAGE = Path(wizard.__file__).parent
CORPUS = Path(__file__).parent / "data" / "pastes.toml"

MEANT = {
    "@client@": "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a",
    "@tenant@": "8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c",
    "@object@": "a87ff679-a2f3-471d-8d9e-3b2c1a0f9e8d",
    "@secret_id@": "c4ca4238-a0b9-4382-8dcc-509a6f75849b",
    # Microsoft's own published example, its checksum right.
    "@secret@": "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP",
}
CLIENT, TENANT, OBJECT, SECRET_ID, SECRET = MEANT.values()
PORTALS = ("entra.microsoft.com", "portal.azure.com", "login.microsoftonline.com")
SECRETS = ("client_secret", "client_secret_text")


def meant(text: str) -> str:
    for name, value in MEANT.items():
        text = text.replace(name, value)
    return text


def corpus() -> list[dict]:
    rows = tomllib.loads(CORPUS.read_text("utf-8"))["paste"]
    for row in rows:
        row["text"] = meant(row["text"])
        row["value"] = meant(row.get("value", row["text"]))
        row["offers"] = {k: meant(v) for k, v in row["offers"].items()} if "offers" in row else None
    return rows


PASTES = corpus()


def judged(into: str, value: str) -> list[Finding]:
    """What the field `into` says of `value`."""
    match into:
        case "redirect_uri":
            return judge_redirect_uri(value, portal_hosts=PORTALS, strict=True)
        case "client_id":
            others = {"Object ID": OBJECT}
            return judge_client_id(value, shape="guid", tenant_id=TENANT, others=others)
        case "client_id_text":
            return judge_client_id(value, shape="text")
        case "client_secret":
            return judge_client_secret(value, shape="entra", client_id=CLIENT)
        case "client_secret_text":
            return judge_client_secret(value, shape="text", client_id=CLIENT)
        case _:
            return []


def codes(findings: list[Finding]) -> list[str]:
    """The codes of those that are no passes."""
    return [finding.code for finding in findings if finding.status is not Status.PASS]


@pytest.mark.parametrize("row", PASTES, ids=lambda row: f"{row['into']}: {row['text'][:40]!r}")
def test_a_paste_is_read_as_it_was_meant(row):
    into, text = row["into"], row["text"]
    if into != "anything":
        cleaned = clean(text, keep_inside=into in SECRETS)
        if not row.get("changed"):
            assert cleaned.value == row["value"]
        if "removed" in row:
            assert sorted(cleaned.removed) == sorted(row["removed"])
        findings = judged(into, cleaned.value)
        assert codes(findings) == row.get("codes", [])
        assert findings or into == "metadata_url"
    if row["offers"] is not None:
        assert recognise(text).offers() == row["offers"]


@pytest.mark.parametrize("secret", ["correct-horse-battery", "e7Rq-2pL", "ä~ö#ü%ß?"])
def test_a_secret_that_can_be_anything_passes_by_its_form_alone(secret):
    (found,) = judge_client_secret(secret, shape="text", client_id=CLIENT)
    assert (found.code, found.status) == ("client_secret_shape", Status.PASS)
    assert secret not in repr(found)


def test_the_corpus_is_large_enough_and_of_every_kind():
    assert len(PASTES) >= 150
    assert {row["into"] for row in PASTES} == {
        "redirect_uri",
        "client_id",
        "client_id_text",
        "client_secret",
        "client_secret_text",
        "metadata_url",
        "anything",
    }
    assert len({(row["into"], row["text"]) for row in PASTES}) == len(PASTES)


# -- cleaning ----------------------------------------------------------------------------------

ANY = st.text(max_size=80) | st.text(
    " \t\r\n\u00a0\u200b\ufeff\"'`“”«»()[]{}<>:.,;-=abc", max_size=30
)
OUTER = st.text(" \t\r\n\u00a0\u2003\u200b\u200e\u202e\u2066\ufeff", max_size=6)


def _solid(secret: str) -> bool:
    """A secret that begins and ends with something to see, and is in no quotes already."""
    ends = secret[:1] + secret[-1:]
    return bool(secret) and not any(c.isspace() or is_invisible(c) or c in _MARKS for c in ends)


_MARKS = "\"'`“”„‘’‚«»‹›"


@given(
    secret=ANY.filter(_solid),
    before=OUTER,
    after=OUTER,
    quotes=st.sampled_from(["", '""', "''", "``", "“”"]),
)
@made_up(1000)
@example(secret="a\u200bb  c\n\u00a0d", before="\n", after=" ", quotes='""')
def test_a_secret_survives_unaltered_whatever_is_around_it(secret, before, after, quotes):
    opening, closing = quotes or ("", "")
    cleaned = clean(before + opening + secret + closing + after, keep_inside=True)
    assert cleaned.value == secret
    assert bool(cleaned.removed) == bool(before or after or quotes)


@given(ANY)
@made_up(1000)
def test_a_cleaned_secret_stood_in_the_paste_in_one_piece(text):
    assert clean(text, keep_inside=True).value in text


@given(ANY)
@made_up(1000)
def test_cleaning_says_when_it_took_something_and_only_then(text):
    for keep_inside in (False, True):
        cleaned = clean(text, keep_inside=keep_inside)
        assert bool(cleaned.removed) == (cleaned.value != text)


@given(ANY)
@made_up(100)
def test_what_was_cleaned_is_clean(text):
    once = clean(text)
    again = clean(once.value)
    assert (again.value, again.removed) == (once.value, ())


def test_a_company_name_keeps_its_full_stop_and_its_brackets():
    for name in ("Example Inc.", "Example (Berlin)", "[Example] GmbH & Co.", "Name: Example"):
        assert clean(name).value == name


def test_what_was_taken_away_is_one_passing_finding_without_the_value():
    found = judge_cleaning(f" '{SECRET}' ", keep_inside=True, about="client secret")
    assert [(f.code, f.status, f.about) for f in found] == [
        ("paste_cleaned", Status.PASS, "client secret")
    ]
    assert found[0].actual == "spaces around it, quotation marks around it"
    assert judge_cleaning(SECRET, keep_inside=True) == []
    assert judge_cleaning(" \u200b ") == []


# -- nothing leaks, nothing raises ---------------------------------------------------------------


@given(ANY | st.sampled_from([row["text"] for row in PASTES]))
@made_up(1500)
def test_no_text_raises_anywhere(text):
    for into in ("redirect_uri", "client_id", "client_id_text", *SECRETS):
        assert judged(into, text)
        assert judged(into, clean(text, keep_inside=into in SECRETS).value)
    recognise(text).offers()
    judge_client_id(text, shape="text", tenant_id=text, others={"Object ID": text})
    judge_client_secret(text, shape="entra", client_id=text, secret_id=text)


CANARY = "cAnArY.5ecret~value"


FRAMES = ("{}", " {}\n", "Value: {}", '"{}', "a b {}", "{}\u200b!", "{}...", "https://{}", "<{}>")


@pytest.mark.parametrize("frame", FRAMES)
def test_a_secret_is_in_no_finding_whichever_field_it_lands_in(frame):
    text = frame.format(CANARY)
    findings = [*judge_cleaning(text, keep_inside=True), *judge_cleaning(text)]
    for into in ("client_id", "client_id_text", *SECRETS):
        findings += judged(into, text)
    if not text.startswith("https://"):
        findings += judged("redirect_uri", text)
    assert CANARY not in repr(findings)
    assert CANARY not in repr(clean(text)) + repr(clean(text, keep_inside=True))
    assert CANARY not in repr(recognise(f"Client secret: {CANARY}"))


def test_a_password_in_a_redirect_uri_is_not_shown():
    assert CANARY not in repr(judged("redirect_uri", f"https://user:{CANARY}@acme.example/cb"))


LONG = (
    '"',
    "{",
    " ",
    "a ",
    "Client ID:",
    "Client ID\n",
    "-- ",
    "https://",
    "a\n",
    "zzz8Q~",
    "\u200b",
)


# Long enough: what takes time by the square of it takes seconds, all else hundredths of one.
@pytest.mark.parametrize("text", [piece * (20_000 // len(piece)) for piece in LONG], ids=LONG)
def test_a_long_paste_is_read_in_bounded_time(text):
    started = time.process_time()
    for into in ("redirect_uri", "client_id", *SECRETS):
        judged(into, clean(text, keep_inside=into in SECRETS).value)
    recognise(text)
    assert time.process_time() - started < 0.5


# -- single rules ------------------------------------------------------------------------------


def test_a_redirect_uri_says_what_was_expected_and_what_was_seen():
    (finding,) = judged("redirect_uri", "http://acme.example/cb")
    assert finding.status is Status.FAIL
    assert (finding.expected, finding.actual) == ("https://", "http://")
    assert finding.about == "http://acme.example/cb"


def test_what_entra_refuses_is_only_a_warning_for_a_provider_that_may_take_it():
    assert codes(judge_redirect_uri("https://acme.example/cb(1)")) == [
        "redirect_uri_unusual_characters"
    ]
    assert codes(judge_redirect_uri("https://acme.example/" + "a" * 300)) == ["redirect_uri_long"]


def test_a_redirect_uri_unlike_the_products_is_a_warning():
    pattern = r"https://[^/]+/sso/callback"
    assert codes(judge_redirect_uri("https://acme.example/sso/callback", pattern=pattern)) == []
    assert codes(judge_redirect_uri("https://acme.example/acs", pattern=pattern)) == [
        "redirect_uri_unlike_product"
    ]


def test_capital_letters_in_the_path_are_a_hint_and_no_warning():
    findings = judged("redirect_uri", "https://acme.example/Account/Login")
    assert [f.code for f in findings] == ["redirect_uri_letter_case", "redirect_uri_shape"]


@pytest.mark.parametrize("portal", PORTALS)
def test_a_host_that_only_ends_like_the_portals_is_somebody_elses(portal):
    assert "redirect_uri_is_the_portal" not in codes(
        judged("redirect_uri", f"https://not{portal}/cb")
    )
    assert "redirect_uri_is_the_portal" in codes(judged("redirect_uri", f"https://eu.{portal}/cb"))


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "shape", "code", "status"),
    [
        (date(2026, 11, 21), "entra", "secret_expires_passed", Status.FAIL),
        (date(2026, 11, 22), "entra", "secret_expires_soon", Status.WARN),
        (date(2026, 12, 22), "entra", "secret_expires_soon", Status.WARN),
        (date(2026, 12, 23), "entra", "secret_expires_later", Status.PASS),
        (date(2028, 11, 22), "entra", "secret_expires_later", Status.PASS),
        (date(2028, 11, 23), "entra", "secret_expires_far", Status.WARN),
        (date(2028, 12, 1), "entra", "secret_expires_far", Status.WARN),
        (date(2099, 12, 31), "text", "secret_expires_later", Status.PASS),
        (date.max, "entra", "secret_expires_far", Status.WARN),
        (date.min, "entra", "secret_expires_passed", Status.FAIL),
    ],
)
def test_the_day_a_secret_ends_is_judged(day, shape, code, status):
    (finding,) = judge_secret_expires(day, TODAY, shape=shape)
    assert (finding.code, finding.status) == (code, status)
    assert finding.actual == day.isoformat()


def test_no_day_says_nothing():
    assert judge_secret_expires(None, TODAY) == []


# -- advice ------------------------------------------------------------------------------------


def _written_codes() -> dict[str, set[str]]:
    """Every code that the package's source writes, with the statuses it is given."""
    found: dict[str, set[str]] = {}
    for path in (PACKAGE / "paste").glob("*.py"):
        text = path.read_text("utf-8")
        for status, code in re.findall(r'\b(passed|warned|failed)\(\s*"([a-z_]+)"', text):
            found.setdefault(code, set()).add(status)
        for code in re.findall(r'return "((?:client_secret|client_id)_[a-z_]+)"', text):
            found.setdefault(code, set()).add("failed")
    return found


def test_every_code_has_advice_and_one_outcome_only():
    advice = tomllib.loads((PACKAGE / "catalogue" / "advice" / "paste.toml").read_text("utf-8"))
    written = _written_codes()
    assert set(advice) == set(written)
    for code, statuses in written.items():
        assert len(statuses) == 1, code
        assert advice[code]["title"], code
        if statuses != {"passed"}:
            assert advice[code]["advice"], code
            assert advice[code]["step"], code
        text = (advice[code]["title"] + advice[code].get("advice", "")).lower()
        assert not re.search(r"\b(invalid|please|sorry|oops)\b", text), code


def test_every_code_is_reached_by_a_paste_or_a_rule():
    seen = {"redirect_uri_unusual_characters", "redirect_uri_long", "redirect_uri_unlike_product"}
    elsewhere = ("secret_expires", "product_")  # below, and in test_product_address.py
    seen |= {code for code in _written_codes() if code.startswith(elsewhere)}
    for row in PASTES:
        value = clean(row["text"], keep_inside=row["into"] in SECRETS).value
        seen |= {finding.code for finding in judged(row["into"], value)}
        seen |= {finding.code for finding in judge_cleaning(row["text"])}
    assert seen == set(_written_codes())
