"""Every finding has its words, in every identity provider's guide, and a test that causes it."""

import re

import pytest

from tests.support import findings as listed
from tests.support.raised import raised
from tests.support.sketches import HERS, setup_of
from tests.support.turns import in_turn
from wizard import catalogue, sketching, wording
from wizard.oidc.finding import Finding, Status
from wizard.provider_error import decode

PROVIDERS = catalogue.providers()
ENTRA = {"entra", "entra-us-gov", "entra-china", "entra-external-id"}
# One of each kind: a code with a secret, an ID token asked for straight away, a public client.
PRODUCTS = ("syncro", "connectwise", "zammad")
SEEN = {"about": "what was judged", "expected": "what was due", "actual": "what was seen"}
UNKIND = re.compile(r"\b(invalid|please|sorry|oops|simply|obviously)\b", re.IGNORECASE)
# A fact that was left out leaves such a hole.
HOLE = re.compile(r"  | [,;:.](?! ?[\w~])|\(\)|^\s|\s$|\.\.")
NAMED = re.compile(r"\*\*[^*]+\*\*")
# Raised of a secret that was entered or sent, or speaks of a secret that is the provider's own.
WITH_SECRET = re.compile(
    r"client_secret_|secret_expires_|again_secret_|app_is_public_client|metadata_auth_method_"
    r"|token_mac_key_short|keys_symmetric|token_keys_symmetric"
)
HAS_NONE = re.compile(
    r"has none|has no client secret|no client secret|without a (client )?secret|a shared secret"
)


IN_TURN = in_turn(PROVIDERS, lambda _: PRODUCTS, lambda guide, product: f"{guide.slug}-{product}")


def every_code():
    """Each code with each outcome it can have."""
    return [(code, Status(o)) for code, one in raised().items() for o in sorted(one.outcomes)]


def told(setup, code, status):
    (shown,) = wording.show(setup, [Finding(code, status, **SEEN)])
    return shown


def test_the_list_in_the_docs_is_what_the_program_says():
    assert listed.PAGE.read_text("utf-8") == listed.page(), "out of date: run make findings"


def test_every_finding_has_general_advice_and_none_is_left_over():
    assert set(raised()) == set(catalogue.general_advice())
    assert len(raised()) > 380


def test_a_code_means_one_outcome():
    several = {code for code, one in raised().items() if len(one.outcomes) != 1}
    # How grave it is that no answer came, whoever asked knows.
    assert several == {code for code in raised() if code.startswith("network_")}


def test_every_finding_is_caused_in_a_test():
    assert sorted(set(raised()) - set(listed.caused_in())) == []


def test_the_list_names_every_code_and_every_sentence():
    page = listed.PAGE.read_text("utf-8")
    for code, advice in catalogue.general_advice().items():
        assert page.count(f"`{code}`") == 1
        assert advice.advice in page, code
    for guide in PROVIDERS:
        for code, own in guide.advice.items():
            assert own.advice in page, f"{guide.slug}: {code}"
    for known in catalogue.error_codes(catalogue.provider("entra")).values():
        assert f"{known.cause} {known.fix}" in page


@pytest.mark.parametrize(("guide", "product"), IN_TURN)
def test_every_finding_reads_well_in_every_guide(guide, product):
    """18 000 times filled in: whole, kind, short enough, and about this provider and product."""
    setup = setup_of(catalogue.product(product), guide, HERS)
    wrong = [
        f"{code} ({why}): {shown.title} / {shown.advice}"
        for code, status in every_code()
        for shown in [told(setup, code, status)]
        for why in wrong_with(setup, code, shown)
    ]
    assert wrong == []


@pytest.mark.parametrize("guide", PROVIDERS, ids=lambda guide: guide.slug)
def test_where_nothing_was_seen_the_sentence_says_so(guide):
    """An empty claim, an answer without words, a document without a content type."""
    setup = setup_of(catalogue.product("syncro"), guide, HERS)
    wrong = []
    for code, status in every_code():
        finding = Finding(code, status, **{**SEEN, "actual": ""})
        (shown,) = wording.show(setup, [finding])
        wrong += [f"{code} ({why}): {shown.advice}" for why in wrong_with(setup, code, shown)]
    assert wrong == []


def wrong_with(setup, code, shown):
    both = f"{shown.title}\n{shown.advice}"
    if "{" in both or "}" in both or both.count("**") % 2:
        yield "not filled in"
    if any(HOLE.search(text) for text in (shown.title, re.sub(r" \.\w+\.", "", shown.advice))):
        yield "something is left out"
    if UNKIND.search(both):
        yield "unkind"
    if not 8 <= len(shown.title) <= 95 or len(shown.advice) > 420:
        yield "its length"
    if shown.title.endswith(".") or not shown.title[0].isupper():
        yield "no title"
    if shown.finding.status is not Status.PASS and not shown.advice:
        yield "what to do is not said"
    if shown.advice and not shown.advice.endswith((".", "?", "!", "nothing", *SEEN.values())):
        yield "no end"
    own = setup.provider.advice.get(code)
    if own and own.advice and not code.startswith("network_") and not NAMED.search(own.advice):
        yield "names no screen"
    if not (own and own.advice) and NAMED.search(shown.advice):
        yield "names a screen that is not this provider's"
    if setup.provider.slug not in ENTRA | {"practice"} and re.search(r"\bEntra(?! ID)\b", both):
        yield "speaks of another provider"
    has_none = not setup.product.protocol.uses_secret
    if has_none and not WITH_SECRET.match(code):
        if "secret" in both.lower() and not HAS_NONE.search(both):
            yield "speaks of a secret that the product does not have"
        if shown.step == "client-secret":
            yield "leads to a step that the product does not have"


EXPLAINING = [guide for guide in PROVIDERS if catalogue.error_codes(guide)]


@pytest.mark.parametrize("guide", EXPLAINING, ids=lambda guide: guide.slug)
def test_every_number_is_told_from_its_page_by_every_guide_that_knows_numbers(guide):
    """As Microsoft's page has it, and as a callback or the token endpoint brings it."""
    setup = setup_of(catalogue.product("syncro"), guide, HERS)
    codes = catalogue.error_codes(guide)
    for number, known in codes.items():
        decoded = decode(f"AADSTS{number}: Something was wrong. Trace ID: 1", codes)
        assert decoded.finding.code == f"provider_error_{number}"
        assert decoded.finding.status is Status.FAIL
        shown = wording.show_error(setup, decoded)
        assert (shown.title, shown.step) == (catalogue.fill(known.title, setup.words), known.step)
        for text in (shown.title, shown.advice):
            assert text, number
            assert not HOLE.search(text.replace("/.default", "")), number
            assert not re.search(r"[{}]", text), number
        refused = Finding("callback_other_error", Status.FAIL, actual=f"AADSTS{number}: x")
        assert wording.show(setup, [refused])[0].advice == shown.advice


@pytest.mark.parametrize("guide", PROVIDERS, ids=lambda guide: guide.slug)
def test_a_guide_has_words_for_nothing_that_is_never_raised(guide):
    assert sorted(set(guide.advice) - set(raised())) == []
    passes = {code for code in guide.advice if raised()[code].outcomes == {"pass"}}
    assert passes == set(), "nothing is to be done about these"


# The six usual mistakes with Entra: what names each, the screens that its words must name, the
# sketch that shows the place, and the page of the portal that its link opens.
MISTAKES = {
    "the Secret ID in place of the Value": (
        ("client_secret_is_secret_id", "client_secret_refused_secret_id", 7000215),
        ("Certificates & secrets", "Value"), "secrets", "/~/Credentials/",
    ),
    "the tenant ID in place of the client ID": (
        ("client_id_is_tenant_id", "client_id_unknown", 700016),
        ("Overview", "Application (client) ID", "Directory (tenant) ID"), "overview",
        "/~/Overview/",
    ),
    "the redirect URI under the wrong platform": (
        ("redirect_uri_spa_platform", "app_is_public_client", 9002325, 9002326, 9002327, 700025),
        ("Authentication", "Web"), "redirect-uris", "/~/Authentication/",
    ),
    "common in place of her tenant": (
        ("metadata_issuer_any_tenant", "tenant_specific_url_needed", 50194),
        ("Overview", "Endpoints", "OpenID Connect metadata document"), "endpoints", "/~/Overview/",
    ),
    "ID tokens not ticked": (
        ("id_tokens_not_enabled", 700054),
        ("Authentication", "ID tokens (used for implicit and hybrid flows)"), "id-tokens",
        "/~/Authentication/",
    ),
    "an expired secret": (
        ("client_secret_expired", "secret_expires_passed", 7000222),
        ("Certificates & secrets", "New client secret", "Value"), "secrets", "/~/Credentials/",
    ),
}  # fmt: skip
# It has no public clients, and no address for every tenant.
NOT_IN_PRACTICE = {
    "app_is_public_client",
    "metadata_issuer_any_tenant",
    "tenant_specific_url_needed",
}
NAMES = [
    (mistake, name, slug)
    for mistake, (names, *_) in MISTAKES.items()
    for name in names
    for slug in ("entra", "entra-us-gov", "entra-china", "practice")
    if slug != "practice" or name not in NOT_IN_PRACTICE
]


@pytest.mark.parametrize(("mistake", "name", "slug"), NAMES)
def test_a_usual_mistake_names_its_screen_links_to_it_and_shows_it(mistake, name, slug):
    _, screens, sketch, page = MISTAKES[mistake]
    setup = setup_of(catalogue.product("syncro"), catalogue.provider(slug), HERS)
    if isinstance(name, int):
        codes = catalogue.error_codes(setup.provider)
        shown = wording.show_error(setup, decode(f"AADSTS{name}: Something.", codes))
    else:
        shown = told(setup, name, Status.FAIL)
    named = {part for way in NAMED.findall(shown.advice) for part in way.strip("*").split(" › ")}
    assert set(screens) <= named
    assert shown.step
    if slug == "practice":  # its pages are real, so they are opened and not drawn
        assert shown.link.url.startswith(f"http://localhost:8766/apps/{HERS.client_id}")
        return
    assert page in shown.link.url
    assert HERS.client_id in shown.link.url
    assert shown.link.url.startswith(setup.provider.portal)
    drawings = sketching.for_finding(setup, shown.finding)
    assert setup.provider.sketches[sketch].says
    names = (
        setup.provider.advice[name].sketches if isinstance(name, str) else codes[str(name)].sketches
    )
    assert sketch in names
    assert len(drawings) == len(names)
