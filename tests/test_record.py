"""The change record: what it says, in two formats, and what is nowhere in it."""

import re
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from tests.support.app import REDIRECT_URI
from wizard import markdown, record, setups
from wizard.oidc.finding import could_not_tell, passed, warned
from wizard.record import Fact, Record, Section
from wizard.setups import as_rows
from wizard.withheld import LEFT_OUT, withhold

NOW = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
ENTRA_SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"  # Microsoft's own published example
SHOWN = "its first three characters; expires on 1 May 2027"
TENANT = "8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c"
DOCUMENT = f"https://login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration"
VALUES = {
    "redirect_uri": REDIRECT_URI,
    "client_id": "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a",
    "metadata_url": DOCUMENT,
    "secret_version": "v1",
    "secret_expires": "2027-05-01",
    "metadata_facts": f'{{"issuer": "https://login.example/v2.0", "tenant": "{TENANT}"}}',
}


@pytest.fixture
def made(wiz):
    """Makes a setup with these answers and secret: `made(provider="entra", name="…")`."""

    def make(product="syncro", provider="entra", name="", secret=ENTRA_SECRET, **answers):
        setup_id = wiz.store.create_setup(product, provider, name)
        wiz.store.save_answers(setup_id, VALUES | answers)
        if secret:
            wiz.vault.put(setup_id, "v1", secret)
            wiz.visitor.secrets.append(secret)
        return loaded(wiz, setup_id)

    return make


def loaded(wiz, setup_id):
    return setups.load(wiz.store, wiz.vault, setup_id, 8765)


def signed_in(wiz, setup, verdict="pass", findings=(), **details):
    """A test sign-in that ended, with the values as they are."""
    details = {"account": "admin@example.org", **details}
    wiz.store.add_run(setup.id, setup.fingerprint(), verdict, as_rows(findings), details)
    return loaded(wiz, setup.id)


def section(made_record, title):
    return next(s for s in made_record.sections if s.title == title)


def facts(made_record, title):
    return {fact.label: (fact.value, fact.note) for fact in section(made_record, title).facts}


def test_it_says_what_was_set_where_by_the_labels_of_both_screens(made):
    written = record.build(made(name="First customer"), NOW)
    assert written.title == "Change record: Syncro, First customer"
    at_provider = facts(written, "What was set in Microsoft Entra ID")
    assert at_provider["Application (client) ID"][0] == VALUES["client_id"]
    assert at_provider["Redirect URI of Syncro"][0] == REDIRECT_URI
    assert at_provider["Redirect URI of the test"] == (
        "http://localhost:8765/callback",
        "to be taken out again",
    )
    assert at_provider["Client secret value"] == ("zzz…", SHOWN)
    at_product = facts(written, "What was set in Syncro")
    assert at_product["Client ID"][0] == VALUES["client_id"]
    assert at_product["OpenID Connect Discovery (Discovery Document)"][0] == DOCUMENT
    assert at_product["Client Secret"] == ("zzz…", SHOWN)


def test_the_tenant_and_the_issuer_are_in_it_once_they_were_read(wiz, made):
    setup = made()
    wiz.store.save_check(setup.id, "discovery", setup.fingerprint("discovery"), [])
    at_provider = facts(
        record.build(loaded(wiz, setup.id), NOW), "What was set in Microsoft Entra ID"
    )
    assert at_provider["Tenant"][0] == TENANT
    assert at_provider["Issuer"][0] == "https://login.example/v2.0"


@pytest.mark.parametrize(
    ("provider", "secret", "begins"),
    [
        ("entra", ENTRA_SECRET, "zzz"),
        ("practice", ENTRA_SECRET, "zzz"),
        ("oidc", ENTRA_SECRET, ""),
        ("entra", "abc", ""),
        ("entra", "", ""),
    ],
)
def test_the_first_characters_are_shown_only_where_the_provider_shows_them(
    provider, secret, begins, made
):
    setup = made(provider=provider, secret=secret)
    assert record.secret_begins(setup) == begins
    assert (secret not in str(record.build(setup, NOW))) or len(secret) < 6


def test_a_product_that_takes_id_tokens_has_them_in_the_record_and_no_secret(made):
    written = record.build(
        made("connectwise", secret="", secret_version="", secret_expires=""), NOW
    )
    labels = facts(written, "What was set in Microsoft Entra ID")
    assert labels["ID tokens"][0] == "on"
    assert "Client secret value" not in labels
    assert "secret" not in " ".join(section(written, "What is still to do").points)


def test_every_test_is_listed_with_when_as_whom_and_with_which_result(wiz, made):
    setup = signed_in(wiz, made(), findings=[passed("issuer_matches")])
    warning = warned("product_email_missing", expected="an email claim", actual="none")
    setup = signed_in(wiz, setup, "warn", [warning], account="user without an address")
    said = section(record.build(setup, NOW), "What was tested").points
    assert len(said) == 2
    assert said[0].startswith("**passed, with a warning**: user without an address, ")
    assert "Needs a look: " in said[0]
    assert said[1].startswith("**passed**: admin@example.org, ")
    assert "1 checks passed" not in said[1]
    assert "1 check passed" in said[1]


def test_two_passes_of_one_title_are_told_apart(wiz, made):
    setup = made()
    found = [passed("redirect_uri_accepted", about=uri) for uri in (REDIRECT_URI, "http://b/c")]
    mark = setup.fingerprint("registration")
    wiz.store.save_check(setup.id, "registration", mark, as_rows(found))
    said = section(record.build(loaded(wiz, setup.id), NOW), "What the checks found").points
    assert f"({REDIRECT_URI}); " in said[0]
    assert said[0].endswith("(http://b/c).")


def test_a_test_with_values_that_changed_since_proves_nothing(wiz, made):
    setup = signed_in(wiz, made())
    wiz.store.save_answers(setup.id, {"client_id": "another"})
    written = record.build(loaded(wiz, setup.id), NOW)
    assert "values that have changed since" in section(written, "What was tested").points[0]
    assert "no test sign-in counts" in section(written, "What was not proved").points[0]


def test_what_was_not_proved_is_said_and_what_was_ticked_is_not(wiz, made):
    setup = signed_in(wiz, made())
    unknown = could_not_tell("secret_could_not_be_checked")
    wiz.store.save_check(setup.id, "secret", setup.fingerprint("secret"), as_rows([unknown]))
    setup = loaded(wiz, setup.id)
    said = section(record.build(setup, NOW), "What was not proved").points
    assert any("only a sign-in at Syncro shows that" in each for each in said)
    assert any("only admin@example.org was tried" in each for each in said)
    assert any(each.startswith("Could not tell: ") for each in said)
    ticks = {tick.name: True for tick in setup.product.turn_on.prove}
    wiz.store.set_ticks(setup.id, "turn-on", ticks)
    said = section(record.build(loaded(wiz, setup.id), NOW), "What was not proved").points
    assert not any("only a sign-in at Syncro" in each for each in said)


def test_a_failure_gone_on_with_is_in_the_record(wiz, made):
    setup = made()
    wiz.store.save_answers(setup.id, {"went_on:test": setup.fingerprint()})
    said = section(record.build(loaded(wiz, setup.id), NOW), "What was not proved").points
    assert "The administrator went on without a test sign-in that passed." in said


def test_what_is_ticked_is_done_and_the_rest_is_still_to_do(wiz, made):
    setup = made()
    wiz.store.set_ticks(setup.id, "turn-on", {"enable": True, "remove-test-redirect-uri": True})
    written = record.build(loaded(wiz, setup.id), NOW)
    done = " ".join(section(written, "What was done").points)
    left = " ".join(section(written, "What is still to do").points)
    assert "Set the **Enable SSO** switch to on. Ticked on " in done
    assert "Enable SSO** switch" not in left
    assert "**Save & Verify SSO**" in left
    assert "Renew the client secret before 1 May 2027." in left
    note = facts(written, "What was set in Microsoft Entra ID")["Redirect URI of the test"][1]
    assert note == "taken out again, as ticked"


def test_it_tells_how_to_undo_it(made):
    said = section(record.build(made(), NOW), "How to undo it").points
    assert "**Enable SSO** to off" in said[0]
    assert VALUES["client_id"] in said[1]


def test_the_secret_is_nowhere_in_it_even_where_somebody_put_it_elsewhere(wiz, made):
    secret = "q/w e+7&not-a-real-secret"
    setup = made(
        provider="oidc",
        name=f"customer {secret}",
        secret=secret,
        client_id=secret,
        redirect_uri="https://product.example/?s=q%2Fw%20e%2B7%26not-a-real-secret",
    )
    finding = warned("product_email_strange", actual=secret, expected="an email address")
    setup = signed_in(wiz, setup, "warn", [finding], account=secret)
    for path in ("record", "record.md", "export", "reminder.ics"):
        page = wiz.visitor.get(f"/setups/{setup.id}/{path}")  # which looks for secrets, too
        assert page.status == 200
        assert secret not in page.text.replace("\r\n ", "")
        assert "not-a-real-secret" not in page.text.replace("\r\n ", ""), path
    assert LEFT_OUT in markdown.write(record.build(setup, NOW))


def test_a_secret_too_short_to_be_one_is_not_looked_for():
    assert withhold("an ordinary sentence", "an") == "an ordinary sentence"
    assert withhold("x", "") == "x"


HOSTILE = [
    "<script>alert(1)</script>",
    "[click](https://evil.example/)",
    "![x](https://evil.example/x.png)",
    "https://evil.example/ and www.evil.example",
    "*emphasis* _under_ __strong__ ~~gone~~",
    "`code` ``two``",
    "```\nfence",
    "# heading\n## another\n---\n",
    "1. one\n- two\n+ three\n> four",
    "| a | b |\n|---|---|",
    "&lt;b&gt; &amp; &#42;",
    "back\\slash \\*",
    "<https://evil.example/>",
    "[ref]: https://evil.example/",
    "line\r\nbreak\u2028and\u202eturned",
    "$x$ {y} = +z",
    "**unclosed",
    "- starts a list",
    "12) starts one too",
]


def rendered(text: str) -> str:
    """What a ticket system makes of it: CommonMark with GitHub's tables, strikes and links."""
    return MarkdownIt("gfm-like").render(text)


def shown(html: str) -> str:
    text = re.sub(r"<[^>]+>", "", html)
    for name, sign in {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}.items():
        text = text.replace(name, sign)
    return text.strip()


def one_line(text: str) -> str:
    return " ".join(text.replace("\u202e", " ").split())


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_stays_text_in_markdown(text):
    assert rendered(f"- {markdown.text(text)}") == rendered("- x").replace(
        "x", re.sub(r"<[^>]+>", "", rendered(markdown.text(text))).strip()
    )
    assert shown(rendered(f"- {markdown.text(text)}")) == one_line(text)
    assert shown(rendered(f"- {markdown.code(text)}")) == one_line(text)
    assert rendered(markdown.code(text)).startswith("<p><code>")
    html = rendered(f"- a **{markdown.text('x')}** {markdown.code(text)} {markdown.text(text)}")
    assert "<a " not in html
    assert "<img" not in html
    assert "<script" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_record_has_the_structure_of_a_tame_one(text):
    def written(value: str) -> Record:
        sections = [Section(value, [Fact(value, value, value)], [value, f"x **{value}** y"])]
        return Record(value, value, sections)

    def tags(value: str) -> list[str]:
        found = re.findall(r"</?([a-z0-9]+)", rendered(markdown.write(written(value))))
        return [tag for tag in found if tag != "strong"]

    assert tags(text) == tags("tame")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_text_on_the_page_and_in_the_name_of_the_file(text, wiz, made):
    setup = signed_in(wiz, made(name=text[:80]), account=text)
    page = wiz.visitor.get(f"/setups/{setup.id}/record")
    assert one_line(text[:80]).replace(" ", "") in page.h1.replace("\u202e", "").replace(" ", "")
    assert not page.root.where(lambda e: e.tag == "a" and "evil" in e.get("href"))
    download = wiz.visitor.get(f"/setups/{setup.id}/record.md")
    given = download.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="latchkey-[a-z0-9-]+\.md"', given)
    assert download.headers["Content-Type"] == "text/markdown; charset=utf-8"


def test_the_record_is_linked_where_a_setup_has_a_run(wiz, made):
    setup = made(provider="oidc")
    assert f"/setups/{setup.id}/record" not in wiz.visitor.get("/").text
    signed_in(wiz, setup)
    assert f"/setups/{setup.id}/record" in wiz.visitor.get("/").text


def test_nobody_s_setup_has_no_record(wiz):
    for path in ("record", "record.md", "export", "reminder.ics"):
        assert wiz.visitor.get(f"/setups/nosuchsetup0/{path}").status == 404
