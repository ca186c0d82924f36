"""Every identity provider's guide: whole, with links that fill, and its rule for localhost kept."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.app import CALLBACK, REDIRECT_URI, SECRET, wizard
from tests.support.visitor import fields_of
from wizard import catalogue, clouds, deep_links, setups
from wizard.catalogue import rules, statements
from wizard.catalogue.guides import Link, Page
from wizard.oidc.discovery import suggest_metadata_url
from wizard.oidc.pasted_address import AddressRules

TENANT = "10c419d4-4a50-45b2-aa4e-919fb84df24f"
APP = "00001111-aaaa-2222-bbbb-3333cccc4444"
GUIDES = catalogue.providers()
COUNTED = [guide for guide in GUIDES if not guide.general]
CLOUDS = {
    "entra": "https://entra.microsoft.com",
    "entra-us-gov": "https://entra.microsoft.us",
    "entra-china": "https://entra.microsoftonline.cn",
    "entra-external-id": "https://entra.microsoft.com",
}


def named(guides):
    return pytest.mark.parametrize("guide", guides, ids=lambda guide: guide.slug)


def test_these_identity_providers_have_a_guide_that_counts():
    assert {guide.slug for guide in COUNTED} == {
        *CLOUDS,
        *("google", "okta", "keycloak", "auth0", "jumpcloud", "pingone", "duo", "adfs"),
        "authentik",
    }


@named(COUNTED)
def test_a_guide_counts_with_every_step_named_and_every_statement_sourced(guide):
    assert [str(problem) for problem in rules.unproved(guide)] == []
    for key, _, told in statements.statements(guide):
        assert told.source.where.startswith("https://"), key
        assert told.certainty in ("D", "T", "U"), key
    assert setups.REMOVED_TICK in [tick.name for tick in guide.clean_up]
    assert guide.remove_secret
    assert guide.stays
    assert guide.aliases


@named(GUIDES)
def test_what_a_guide_overrides_are_codes_of_ours(guide):
    assert set(guide.advice) <= set(catalogue.general_advice())


def links_of(guide):
    values = (guide.registration, guide.client_id, guide.client_secret, guide.metadata)
    found = [value.where.link for value in values if value.where.link]
    return [*found, *guide.pages]


def filled(guide, link: Link | Page, **known: str) -> str:
    words = {"portal": guide.portal, "practice_port": "8766", "tenant_id": "", "client_id": ""}
    return deep_links.url_of(link, words | known)


@named(GUIDES)
@pytest.mark.parametrize("tenant", ["", TENANT])
@pytest.mark.parametrize("app", ["", APP])
def test_its_links_are_whole_with_and_without_what_is_known(guide, tenant, app):
    for link in links_of(guide):
        url = filled(guide, link, tenant_id=tenant, client_id=app)
        parts = urlsplit(url)
        assert parts.netloc, url
        assert "{" not in url, url
        assert "//" not in parts.path, url
        assert "appId//" not in url, url
        assert (TENANT in url) is bool(tenant and "{tenant_id}" in link.url), url
        assert (APP in url) is bool(app and "{client_id}" in link.url), url


@pytest.mark.parametrize("slug", CLOUDS)
def test_the_links_of_a_cloud_lead_to_its_own_portal(slug):
    guide = catalogue.provider(slug)
    for link in links_of(guide):
        assert filled(guide, link, tenant_id=TENANT, client_id=APP).startswith(f"{CLOUDS[slug]}/")


@pytest.mark.parametrize("slug", CLOUDS)
def test_the_clouds_share_numbers_and_steps_but_not_hosts(slug):
    guide, base = catalogue.provider(slug), catalogue.provider("entra")
    assert catalogue.error_codes(guide) == base.codes
    assert guide.client_secret == base.client_secret or slug == "entra"
    if slug != "entra":
        assert not set(guide.address.hosts) & set(base.address.hosts)
        assert guide.name != base.name


def test_the_secret_check_asks_for_the_clouds_own_graph():
    scopes = {slug: catalogue.provider(slug).secret_check.scope for slug in CLOUDS}
    assert scopes == {
        "entra": "https://graph.microsoft.com/.default",
        "entra-us-gov": "https://graph.microsoft.us/.default",
        "entra-china": "https://microsoftgraph.chinacloudapi.cn/.default",
        "entra-external-id": "https://graph.microsoft.com/.default",
    }


WELL_KNOWN = "/.well-known/openid-configuration"
PASTED = {
    ("google", "https://accounts.google.com"): "https://accounts.google.com" + WELL_KNOWN,
    ("google", "accounts.google.com"): "https://accounts.google.com" + WELL_KNOWN,
    ("okta", "example.okta.com"): "https://example.okta.com" + WELL_KNOWN,
    ("okta", "https://example.okta.com/oauth2/default"): (
        "https://example.okta.com/oauth2/default" + WELL_KNOWN
    ),
    ("okta", "https://example.okta.com/oauth2/default/v1/authorize"): (
        "https://example.okta.com/oauth2/default" + WELL_KNOWN
    ),
    ("keycloak", "https://sso.example/realms/staff"): (
        "https://sso.example/realms/staff" + WELL_KNOWN
    ),
    ("auth0", "example.eu.auth0.com"): "https://example.eu.auth0.com" + WELL_KNOWN,
    ("auth0", "https://example.eu.auth0.com/"): "https://example.eu.auth0.com" + WELL_KNOWN,
    ("jumpcloud", "https://oauth.id.jumpcloud.com/"): (
        "https://oauth.id.jumpcloud.com" + WELL_KNOWN
    ),
    ("pingone", TENANT): f"https://auth.pingone.com/{TENANT}/as{WELL_KNOWN}",
    ("pingone", f"https://auth.pingone.eu/{TENANT}/as"): (
        f"https://auth.pingone.eu/{TENANT}/as{WELL_KNOWN}"
    ),
    ("pingone", "example.com"): "https://example.com" + WELL_KNOWN,
    ("duo", "https://sso-1.sso.duosecurity.com/oidc/DIX"): (
        "https://sso-1.sso.duosecurity.com/oidc/DIX" + WELL_KNOWN
    ),
    ("adfs", "https://fs.example/adfs"): "https://fs.example/adfs" + WELL_KNOWN,
    ("adfs", "https://fs.example/adfs/oauth2/authorize/"): ("https://fs.example/adfs" + WELL_KNOWN),
    ("authentik", "https://id.example/application/o/grafana/"): (
        "https://id.example/application/o/grafana" + WELL_KNOWN
    ),
    ("entra-us-gov", TENANT): f"https://login.microsoftonline.us/{TENANT}/v2.0{WELL_KNOWN}",
    ("entra-us-gov", f"https://login.microsoftonline.us/{TENANT}/saml2"): (
        f"https://login.microsoftonline.us/{TENANT}/v2.0{WELL_KNOWN}"
    ),
    ("entra-china", "example.partner.onmschina.cn"): (
        "https://login.partner.microsoftonline.cn/example.partner.onmschina.cn/v2.0" + WELL_KNOWN
    ),
    ("entra-external-id", TENANT): (f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0{WELL_KNOWN}"),
    ("entra-external-id", f"https://example.ciamlogin.com/{TENANT}/oauth2/v2.0/authorize"): (
        f"https://example.ciamlogin.com/{TENANT}/v2.0{WELL_KNOWN}"
    ),
}


@pytest.mark.parametrize(("slug", "text"), PASTED)
def test_the_metadata_url_is_made_from_what_people_copy(slug, text):
    address = catalogue.provider(slug).address
    given = AddressRules(address.template, tuple(address.hosts), address.only_id)
    assert suggest_metadata_url(text, given).url == PASTED[slug, text]


# -- the pages ----------------------------------------------------------------------------------


@pytest.fixture
def guides(tmp_path, monkeypatch):
    """A folder of guides of one's own: those that ship, and what a test adds."""
    folder = tmp_path / "catalogue"
    shutil.copytree(catalogue.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(catalogue, "HERE", folder)
    return folder / "providers"


def strict(folder: Path) -> str:
    """A provider as Duo, but one that is known to refuse http on localhost."""
    text = """
slug = "strict"
name = "Strict Provider"
short = "Strict"
choose = "It sends nobody to this computer."
base = "duo"

[localhost]
allowed = "no"
note = "Strict takes https addresses only."
"""
    (folder / "strict.toml").write_text(text, "utf-8")
    return "strict"


@pytest.fixture
def provider(npm_provider):
    """Of its client "product-alone" it knows the product's redirect URI, and not Latchkey's."""
    return npm_provider


@pytest.fixture
def app(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with wizard(data) as running:
        yield running


def test_a_provider_that_refuses_localhost_is_walked_without_a_test_sign_in(app, guides, provider):
    """Said before she tries, nothing of Latchkey's to register, and never called proved."""
    page = app.saved_at("before", provider=strict(guides))
    assert page.root.one(data_localhost="no").text.startswith("No test sign-in with Strict")
    page = app.visitor.submit(page)
    page = app.visitor.submit(page, redirect_uri=REDIRECT_URI)
    assert page.path.endswith("/client-id")
    assert CALLBACK not in page.words
    page = app.visitor.submit(page, client_id="product-alone")
    page = app.visitor.submit(page, client_secret=SECRET)
    page = app.visitor.submit(page, metadata_url=provider.metadata_url)
    assert page.path.endswith("/test"), page.words
    assert not page.root.where(lambda e: e.get("id") == "start-sign-in")
    assert page.root.one(data_localhost="no")

    metadata = app.visitor.get(page.path.replace("/test", "/metadata"))
    asked = {about for code, _, about in metadata.findings if code.startswith("redirect_uri_")}
    assert asked == {REDIRECT_URI}
    assert metadata.status_of("client_id_known") == ["pass"]
    assert metadata.status_of("client_secret_accepted") == ["pass"]

    page = app.visitor.submit(page, "without")
    assert page.path.endswith("/handover")
    assert "Nothing was proved" in page.words
    page = app.visitor.submit(page)
    assert page.path.endswith("/turn-on")
    assert CALLBACK not in page.words
    assert not page.root.where(lambda e: e.get("value") == setups.REMOVED_TICK)
    record = app.visitor.get(page.path.replace("/turn-on", "/record"))
    assert "no test sign-in could be made" in record.words
    assert CALLBACK not in record.words
    assert "gone on without a test sign-in" in app.visitor.get("/").words


def test_where_it_is_not_known_she_tries_and_may_say_that_it_was_refused(app, provider):
    page = app.saved_at("before", provider="duo")
    assert page.root.one(data_localhost="unknown")
    page = app.visitor.submit(page)
    page = app.visitor.submit(page, redirect_uri=REDIRECT_URI)
    assert page.copyable("test_redirect_uri") == CALLBACK
    page = app.visitor.submit(page, "localhost")
    assert CALLBACK not in page.words
    assert page.root.one(data_localhost="no")
    page = app.visitor.submit(page, "localhost")
    assert page.copyable("test_redirect_uri") == CALLBACK


def test_nobody_can_say_so_of_a_provider_that_is_known_to_take_it(app):
    page = app.saved_at("client-id", provider="entra")
    token = page.form().all("input")[0].get("value")
    fields = [("csrf_token", token), ("refused", "y")]
    path = page.path.replace("/client-id", "/localhost")
    page = app.visitor.follow(app.visitor.fetch("POST", path, fields))
    assert page.copyable("test_redirect_uri") == CALLBACK


@pytest.mark.parametrize(
    ("slug", "host", "other"),
    [
        ("entra", "login.microsoftonline.us", "entra-us-gov"),
        ("entra", "login.partner.microsoftonline.cn", "entra-china"),
        ("entra", "example.ciamlogin.com", "entra-external-id"),
        ("entra-us-gov", "login.microsoftonline.com", "entra"),
        ("entra-china", "login.microsoftonline.us", "entra-us-gov"),
        ("entra", "login.microsoftonline.com", None),
        ("entra", "sts.windows.net", None),
        ("entra", "login.example", None),
        ("entra", "ciamlogin.com.example", None),
        ("okta", "login.microsoftonline.us", None),
    ],
)
def test_the_host_tells_the_cloud(slug, host, other):
    found = clouds.of(catalogue.provider(slug), f"https://{host}/{TENANT}/v2.0{WELL_KNOWN}")
    assert (found and found.slug) == other


def test_a_url_of_another_cloud_is_said_and_the_setup_changes_on_request_only(app):
    page = app.saved_at("metadata", provider="entra", client_id=APP)
    url = f"https://login.microsoftonline.us/{TENANT}/v2.0{WELL_KNOWN}"
    app.store.save_answers(page.path.split("/")[2], {"metadata_url": url})
    page = app.visitor.get(page.path)
    assert page.status_of("metadata_url_other_cloud") == ["warn"]
    button = page.root.one("button", form="cloud")
    assert button.text == "Make it a setup with Microsoft Entra ID for US Government"
    fields = [*fields_of(page.form("cloud")), ("metadata_url", button.get("value"))]
    page = app.visitor.follow(app.visitor.fetch("POST", page.form("cloud").get("action"), fields))
    assert page.path.endswith("/metadata")
    assert page.status_of("metadata_url_other_cloud") == []
    assert "Microsoft Entra ID for US Government" in page.words
    assert page.root.one("input", name="metadata_url").get("value") == url
    links = [e.get("href") for e in page.root.all("a")]
    assert any(link.startswith(f"https://entra.microsoft.us/{TENANT}/#view/") for link in links)


def test_where_everybody_has_one_metadata_url_it_is_there_already(app):
    page = app.saved_at("metadata", provider="google")
    filled_in = page.root.one("input", name="metadata_url").get("value")
    assert filled_in == "https://accounts.google.com" + WELL_KNOWN
    page = app.saved_at("metadata", provider="okta")
    assert page.root.one("input", name="metadata_url").get("value") == ""


@pytest.mark.parametrize(
    ("slug", "graph"),
    [
        ("entra", "https://graph.microsoft.com/"),
        ("entra-us-gov", "https://graph.microsoft.us/"),
        ("entra-china", "https://microsoftgraph.chinacloudapi.cn/"),
        ("entra-external-id", ""),
        ("okta", ""),
    ],
)
def test_the_scripts_are_for_the_cloud_of_the_guide(slug, graph, app):
    page = app.saved_at("client-id", provider=slug)
    shown = page.root.where(lambda e: e.get("data-copy") == "graph_application")
    assert [each.text.split("v1.0")[0] for each in shown] == ([f"POST {graph}"] if graph else [])


@named([guide for guide in GUIDES if guide.slug != "practice"])
def test_before_she_starts_she_reads_what_to_know_of_it(guide, app):
    page = app.saved_at("before", provider=guide.slug)
    for sentence in guide.know:
        assert sentence.replace("**", "").partition("{")[0] in page.words
    assert (guide.localhost.allowed == "yes") is not bool(
        page.root.where(lambda e: "data-localhost" in e)
    )
