"""What is pasted where the metadata URL belongs leads to it, or to nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_up import made_up
from wizard.oidc.discovery import (
    WELL_KNOWN,
    AddressRules,
    Suggestion,
    judge_metadata_url,
    suggest_metadata_url,
)
from wizard.oidc.finding import Status

LOGIN = "https://login.microsoftonline.com"
TENANT = "10c419d4-4a50-45b2-aa4e-919fb84df24f"
ISSUER = "https://op.example"
URL = ISSUER + WELL_KNOWN
TEMPLATE = LOGIN + "/{tenant}/v2.0" + WELL_KNOWN
ENTRA = AddressRules(
    TEMPLATE,
    (
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
    ),
)
ANY = AddressRules()
MINE = TEMPLATE.replace("{tenant}", TENANT)
PASTES = [
    (ENTRA, MINE, MINE, "metadata_url"),
    (ENTRA, f" {MINE}\n", MINE, "metadata_url"),
    (ENTRA, MINE + "?appid=1", MINE + "?appid=1", "metadata_url"),
    (ENTRA, MINE + "/", MINE, "metadata_url"),
    (ENTRA, f"{LOGIN}/{TENANT}/v2.0", MINE, "issuer"),
    (ENTRA, f"{LOGIN}/{TENANT}/v2.0/", MINE, "issuer"),
    (ENTRA, f"https://sts.windows.net/{TENANT}/", MINE, "issuer"),
    (ENTRA, f"{LOGIN}/{TENANT}/oauth2/v2.0/authorize", MINE, "authorize_endpoint"),
    (ENTRA, f"{LOGIN}/{TENANT}/oauth2/authorize?client_id=x", MINE, "authorize_endpoint"),
    (ENTRA, f"{LOGIN}/{TENANT}/oauth2/v2.0/token", MINE, "token_endpoint"),
    (ENTRA, f"{LOGIN}/{TENANT}/oauth2/token", MINE, "token_endpoint"),
    (ENTRA, f"{LOGIN}/{TENANT}/saml2", MINE, "saml"),
    (
        ENTRA,
        f"{LOGIN}/{TENANT}/federationmetadata/2007-06/federationmetadata.xml?appid=1",
        MINE,
        "federation_metadata",
    ),
    (
        ENTRA,
        f"{LOGIN}/{TENANT}/FederationMetadata/2007-06/FederationMetadata.xml",
        MINE,
        "federation_metadata",
    ),
    (ENTRA, f"{LOGIN}/{TENANT}", MINE, "authority"),
    (ENTRA, f"{LOGIN}/{TENANT}/", MINE, "authority"),
    (ENTRA, f"https://login.windows.net/{TENANT}", MINE, "authority"),
    (ENTRA, f"login.microsoftonline.com/{TENANT}", MINE, "authority"),
    (ENTRA, f"{LOGIN}/{TENANT}/discovery/v2.0/keys", MINE, "authority"),
    (
        ENTRA,
        f"https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token",
        MINE.replace(".com/", ".us/"),
        "token_endpoint",
    ),
    (
        ENTRA,
        f"https://login.partner.microsoftonline.cn/{TENANT}",
        MINE.replace("login.microsoftonline.com", "login.partner.microsoftonline.cn"),
        "authority",
    ),
    (ENTRA, TENANT, MINE, "tenant_id"),
    (ENTRA, TENANT.upper(), TEMPLATE.replace("{tenant}", TENANT.upper()), "tenant_id"),
    (ENTRA, "contoso.com", TEMPLATE.replace("{tenant}", "contoso.com"), "domain"),
    (
        ENTRA,
        "contoso.onmicrosoft.com",
        TEMPLATE.replace("{tenant}", "contoso.onmicrosoft.com"),
        "domain",
    ),
    (ENTRA, f"{LOGIN}/contoso.com/saml2", TEMPLATE.replace("{tenant}", "contoso.com"), "saml"),
    (
        ENTRA,
        f"{LOGIN}/common/oauth2/v2.0/authorize",
        TEMPLATE.replace("{tenant}", "common"),
        "authorize_endpoint",
    ),
    (
        ENTRA,
        "https://x.b2clogin.com/x.onmicrosoft.com/b2c_1/oauth2/v2.0/authorize",
        f"https://x.b2clogin.com/x.onmicrosoft.com/b2c_1/v2.0{WELL_KNOWN}",
        "authorize_endpoint",
    ),
    (ANY, URL, URL, "metadata_url"),
    (ANY, ISSUER, URL, "issuer"),
    (ANY, ISSUER + "/", URL, "issuer"),
    (
        ANY,
        "https://kc.example/realms/acme",
        f"https://kc.example/realms/acme{WELL_KNOWN}",
        "issuer",
    ),
    (
        ANY,
        "https://kc.example/realms/acme/protocol/openid-connect/auth",
        f"https://kc.example/realms/acme{WELL_KNOWN}",
        "authorize_endpoint",
    ),
    (
        ANY,
        "https://kc.example/realms/acme/protocol/openid-connect/token",
        f"https://kc.example/realms/acme{WELL_KNOWN}",
        "token_endpoint",
    ),
    (
        ANY,
        "https://d.okta.com/oauth2/default/v1/authorize",
        f"https://d.okta.com/oauth2/default{WELL_KNOWN}",
        "authorize_endpoint",
    ),
    (
        ANY,
        "https://fs.example/adfs/oauth2/token/",
        f"https://fs.example/adfs{WELL_KNOWN}",
        "token_endpoint",
    ),
    (ANY, "accounts.google.com", f"https://accounts.google.com{WELL_KNOWN}", "domain"),
    (ANY, "kc.example/realms/acme", f"https://kc.example/realms/acme{WELL_KNOWN}", "issuer"),
    (ANY, "http://localhost:8766/x", f"http://localhost:8766/x{WELL_KNOWN}", "issuer"),
]


@pytest.mark.parametrize(("rules", "text", "url", "kind"), PASTES)
def test_what_was_pasted_leads_to_the_metadata_url(rules, text, url, kind):
    assert suggest_metadata_url(text, rules) == Suggestion(url, kind)


NOTHING = [
    (ENTRA, ""),
    (ENTRA, "hello"),
    (ENTRA, "admin@contoso.com"),
    (ENTRA, LOGIN),
    (ENTRA, LOGIN + "/"),
    (ENTRA, LOGIN + "/{tenant}/v2.0"),
    (ENTRA, f"{LOGIN}/{TENANT}/wsfed"),
    (ENTRA, "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"),
    (ENTRA, f"https://login.microsoftonline.com@evil.example/{TENANT}"),
    (ANY, TENANT),
    (ANY, "http://op.example"),
    (ANY, "https://op.example/login"),
    (ANY, "https://op.example/page.html"),
    (ANY, "https://op.example/x?y=z"),
    (ANY, "https://op.example/.well-known/oauth-authorization-server"),
    (ANY, "localhost"),
    (ANY, "javascript:alert(1)"),
]


@pytest.mark.parametrize(("rules", "text"), NOTHING)
def test_nothing_is_made_of_what_stands_for_no_metadata_url(rules, text):
    assert suggest_metadata_url(text, rules) is None


@made_up(200)
@given(st.text(max_size=200) | st.from_regex(r"https?://[^ ]{0,80}", fullmatch=True))
def test_whatever_is_suggested_may_be_fetched(text):
    for rules in (ENTRA, ANY):
        found = suggest_metadata_url(text, rules)
        if found and found.kind != "metadata_url":
            assert judge_metadata_url(found.url)[0].status is not Status.FAIL
            assert re.search(re.escape(WELL_KNOWN) + "$", found.url)
