"""Links into the provider's portal: the very page once its IDs are known, a list before."""

import pytest

from wizard import catalogue, deep_links
from wizard.catalogue.guides import Link

BLADE = "#view/Microsoft_AAD_RegisteredApps"
TENANT = "10c419d4-4a50-45b2-aa4e-919fb84df24f"
APP = "00001111-aaaa-2222-bbbb-3333cccc4444"
ENTRA = catalogue.provider("entra")


def words(tenant_id="", client_id=""):
    return {"portal": ENTRA.portal, "tenant_id": tenant_id, "client_id": client_id}


FILLED = {
    "nothing known": (words(), f"/{BLADE}/ApplicationsListBlade"),
    "the tenant": (words(TENANT), f"/{TENANT}/{BLADE}/ApplicationsListBlade"),
    "the app": (
        words("", APP),
        f"/{BLADE}/ApplicationMenuBlade/~/Credentials/appId/{APP}/isMSAApp~/false",
    ),
    "both": (
        words(TENANT, APP),
        f"/{TENANT}/{BLADE}/ApplicationMenuBlade/~/Credentials/appId/{APP}/isMSAApp~/false",
    ),
}


@pytest.mark.parametrize("known", FILLED)
def test_a_link_opens_the_app_once_known_and_its_tenants_list_before(known):
    given, tail = FILLED[known]
    link = ENTRA.client_secret.where.link
    assert deep_links.url_of(link, given) == "https://entra.microsoft.com" + tail


def test_a_client_id_that_is_no_id_stays_within_its_place():
    url = deep_links.url_of(ENTRA.client_id.where.link, words(TENANT, "x/../?#é"))
    assert "/appId/x%2F..%2F%3F%23%C3%A9/isMSAApp" in url


NAMED = {
    "Open **Certificates & secrets › Client secrets** now.": "Certificates & secrets",
    "In Entra, open **Entra ID › Enterprise apps**, then **Properties**.": "Enterprise apps",
    "On the app's **Overview**, click **Endpoints**.": "Overview",
    "Open **Token configuration**, choose **Add optional claim**.": "Token configuration",
    "Press **Save**.": None,
    "Authentication is a word without marks.": None,
}


@pytest.mark.parametrize("sentence", NAMED)
def test_a_sentence_gets_a_link_to_the_first_page_it_names(sentence):
    found = deep_links.page_in(sentence, ENTRA, words(TENANT, APP))
    name = NAMED[sentence]
    unsure = " (it may open another page)" if name == "Token configuration" else ""
    assert (found and found.words) == (name and f"Open {name} in Entra{unsure}")


def test_a_link_without_placeholders_is_itself():
    link = Link(words="Open it", url="https://admin.duosecurity.com/")
    assert deep_links.url_of(link, words()) == "https://admin.duosecurity.com/"
