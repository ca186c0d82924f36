"""The portal's pages: what they show, keep and refuse."""

import re
import uuid

import pytest

from tests.practice.portal import REDIRECT_URI, authorize, fragment_of, get, redeem
from tests.support.visitor import fields_of
from wizard import catalogue, deep_links
from wizard.entra_secret import checksum_holds

SECRETS = "/apps/{}/secrets"
AUTHENTICATION = "/apps/{}/authentication"
PROPERTIES = "/apps/{}/properties"
USERS = "/apps/{}/users"
SECRET_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?= Delete)")


def test_an_empty_portal_leads_to_a_registration(visitor, practice):
    page = visitor.get("/")
    assert page.h1 == "App registrations"
    links = {link.text: link.get("href") for link in page.root.all("a")}
    assert links["New registration"] == "/apps/new"
    assert links["Open the practice product"] == "/product/"
    assert links["Back to Latchkey"] == f"http://localhost:{practice.port - 1}/"


def test_every_page_says_that_it_is_practice(application, visitor):
    app = f"/apps/{application.client_id}"
    (secret_id,) = SECRET_ID.findall(visitor.get(f"{app}/secrets").words)
    of_app = ("", "/authentication", "/secrets", f"/secrets/{secret_id}/delete", "/endpoints")
    of_entry = ("/properties", "/users")
    for path in ("/", "/directories", "/apps/new", *(app + each for each in of_app + of_entry)):
        assert visitor.get(path).root.where(lambda e: "practice-tag" in e.get("class")), path
    for path in ("/product/", "/product/settings"):
        assert visitor.get(path).root.where(lambda e: "practice-tag" in e.get("class")), path


def test_a_registration_leads_to_the_overview_with_its_three_ids(portal, visitor):
    page = portal.send_registration("Remote desk", [REDIRECT_URI])
    assert page.h1 == "Overview"
    ids = [page.copyable(name) for name in ("client_id", "object_id", "tenant_id")]
    assert len({uuid.UUID(each) for each in ids}) == 3
    buttons = page.root.where(lambda e: "data-copies" in e)
    assert [b.get("data-copies") for b in buttons] == ["client_id", "object_id", "tenant_id"]
    assert "Remote desk" in visitor.get("/").words


def test_the_guides_links_open_the_very_page(application, visitor, practice):
    guide = catalogue.provider("practice")
    words = {"practice_port": str(practice.port), "client_id": application.client_id}
    links = [(page.name, page) for page in guide.pages]
    links += [
        ("Overview", guide.client_id.where.link),
        ("Certificates & secrets", guide.client_secret.where.link),
        ("Endpoints", guide.metadata.where.link),
    ]
    for name, link in links:
        page = visitor.get(deep_links.url_of(link, words))
        assert (page.status, page.h1) == (200, name)
        # Before there is an app, the list of them.
        page = visitor.get(deep_links.url_of(link, words | {"client_id": ""}))
        assert (page.status, page.h1) == (200, "App registrations")
    link = guide.registration.where.link
    assert visitor.get(deep_links.url_of(link, words)).path == "/apps/new"


def test_the_endpoints_page_holds_the_metadata_url_and_its_look_alikes(application, visitor):
    page = visitor.get(f"/apps/{application.client_id}/endpoints")
    metadata = application.metadata
    assert page.copyable("metadata_url") == (
        f"{metadata['issuer']}/.well-known/openid-configuration"
    )
    assert page.copyable("authorization_endpoint") == metadata["authorization_endpoint"]
    assert page.copyable("token_endpoint") == metadata["token_endpoint"]


def test_a_secret_is_shown_once_and_then_only_its_beginning(portal, visitor):
    client_id = portal.send_registration("x", []).copyable("client_id")
    added = portal.add_secret(client_id)
    value, secret_id = added.copyable("secret_value"), added.copyable("secret_id")
    assert re.fullmatch(r"[A-Za-z0-9._~-]{3}8Q~[A-Za-z0-9._~-]{34}", value)
    assert checksum_holds(value) is True
    uuid.UUID(secret_id)

    visitor.secrets.append(value)
    again = visitor.get(SECRETS.format(client_id))
    assert not again.root.where(lambda e: "data-copy" in e)
    row = [cell.text for cell in again.root.all("td")]
    assert row[0] == "for a test"
    assert row[2] == f"{value[:3]}{'*' * 18}"
    assert row[3] == secret_id


def test_two_secrets_work_side_by_side(portal, visitor):
    application = portal.register(REDIRECT_URI)
    second = portal.add_secret(application.client_id).copyable("secret_value")
    assert second != application.secret_value
    assert len(visitor.get(SECRETS.format(application.client_id)).root.all("tr")) == 3


@pytest.mark.parametrize(("expires", "expired"), [("180", False), ("730", False), ("-1", True)])
def test_an_expired_secret_is_marked(portal, visitor, expires, expired):
    client_id = portal.send_registration("x", []).copyable("client_id")
    portal.add_secret(client_id, expires)
    page = visitor.get(SECRETS.format(client_id))
    tags = page.root.one("table").where(lambda e: "tag" in e.get("class").split())
    assert [tag.text for tag in tags] == (["Expired"] if expired else [])


def test_authentication_shows_changes_and_deletes_redirect_uris(portal, visitor):
    application = portal.register(REDIRECT_URI, "http://localhost:8765/callback")
    page = visitor.get(AUTHENTICATION.format(application.client_id))
    area = page.root.one("textarea", name="redirect_uris")
    assert area.text.split() == [REDIRECT_URI, "http://localhost:8765/callback"]

    saved = visitor.submit(page, page.root.one("form"), redirect_uris=REDIRECT_URI)
    assert "Saved" in saved.words
    assert saved.root.one("textarea", name="redirect_uris").text == REDIRECT_URI
    refused = authorize(application, redirect_uri="http://localhost:8765/callback")
    assert (refused.status_code, "AADSTS50011" in refused.text) == (400, True)


def test_the_id_tokens_box_decides_at_once(portal, visitor):
    application = portal.register(REDIRECT_URI)

    def error():
        answer = authorize(application, response_type="id_token", nonce="n", prompt="none")
        return fragment_of(answer.headers["Location"])["error"]

    assert error() == "unsupported_response_type"
    page = visitor.get(AUTHENTICATION.format(application.client_id))
    assert "checked" not in page.root.one("input", name="id_tokens")
    ticked = visitor.submit(page, page.root.one("form"), id_tokens="y")
    assert error() == "login_required"
    box = ticked.root.one("input", name="id_tokens")
    assert "checked" in box
    del box.attributes["checked"]
    visitor.submit(ticked, ticked.root.one("form"))
    assert error() == "unsupported_response_type"


def test_the_platform_chosen_at_registration_is_where_the_addresses_are(portal, visitor):
    page = visitor.get("/apps/new")
    form = page.root.one("form")
    overview = visitor.submit(page, form, name="x", platform="spa", redirect_uris=REDIRECT_URI)
    assert "0 Web, 1 Single-page application" in overview.words
    page = visitor.get(AUTHENTICATION.format(overview.copyable("client_id")))
    assert page.root.one("textarea", name="redirect_uris").text == ""
    assert page.root.one("textarea", name="spa_redirect_uris").text == REDIRECT_URI

    moved = visitor.submit(
        page, page.root.one("form"), redirect_uris=REDIRECT_URI, spa_redirect_uris=""
    )
    assert "1 Web, 0 Single-page application" in moved.words


def test_an_address_is_under_one_platform_only(application, visitor):
    page = visitor.get(AUTHENTICATION.format(application.client_id))
    refused = visitor.submit(page, page.root.one("form"), spa_redirect_uris=REDIRECT_URI)
    error = refused.root.one(id="spa_redirect_uris-error").text
    assert "An address can be under one platform only" in error
    page = visitor.get(AUTHENTICATION.format(application.client_id))
    assert page.root.one("textarea", name="spa_redirect_uris").text == ""


def test_a_deleted_secret_is_wrong_from_then_on_and_another_one_still_right(portal, visitor):
    application = portal.register(REDIRECT_URI)
    second = portal.add_secret(application.client_id).copyable("secret_value")

    def number(secret):
        return redeem(application, "made-up", client_secret=secret).json()["error_codes"]

    assert number(application.secret_value) == [9002313]
    path = f"{SECRETS.format(application.client_id)}/{application.secret_id}/delete"
    asked = visitor.get(path)
    assert asked.h1 == "Delete this client secret?"
    assert number(application.secret_value) == [9002313], "asking deletes nothing"
    left = visitor.submit(asked, asked.root.one("form"))
    assert left.h1 == "Certificates & secrets"
    assert application.secret_id not in left.words
    assert number(application.secret_value) == [7000215]
    assert number(second) == [9002313]
    assert visitor.get(path).status == 404


def test_another_applications_secret_cannot_be_deleted(application, portal, visitor):
    other = portal.send_registration("Another", [REDIRECT_URI]).copyable("client_id")
    page = visitor.get(f"{SECRETS.format(other)}/{application.secret_id}/delete")
    assert page.status == 404


def test_properties_and_users_are_kept(portal, visitor):
    application = portal.register(REDIRECT_URI)
    page = visitor.get(USERS.format(application.client_id))
    assert "everybody in the tenant can sign in" in page.words
    boxes = page.root.all("input", name="user")
    assert [box.get("value") for box in boxes] == ["with-email", "without-email"]
    assert not any("checked" in box for box in boxes)
    saved = visitor.submit(page, page.root.one("form"), user="without-email")
    assert "1 assigned" in saved.words
    ticked = [box for box in saved.root.all("input", name="user") if "checked" in box]
    assert [box.get("value") for box in ticked] == ["without-email"]

    page = visitor.get(PROPERTIES.format(application.client_id))
    chosen = {"enabled": "no", "assignment_required": "yes"}
    saved = visitor.submit(page, page.root.one("form"), **chosen)
    assert "Sign-in is off; only assigned users are let in." in saved.words
    radios = saved.root.all("input", type="radio")
    assert {r.get("name"): r.get("value") for r in radios if "checked" in r} == chosen


@pytest.mark.parametrize(
    ("path", "answer"), [(PROPERTIES, {"enabled": "x"}), (USERS, {"user": "other-tenant"})]
)
def test_a_choice_that_was_not_offered_changes_nothing(application, visitor, path, answer):
    url = path.format(application.client_id)
    page = visitor.get(url)
    refused = visitor.submit(page, page.root.one("form"), **answer)
    assert "Look at this first" in refused.words
    assert "Saved" not in refused.words
    assert fields_of(visitor.get(url).root.one("form"))[1:] == fields_of(page.root.one("form"))[1:]


def test_the_directories_page_shows_two_tenants(application, visitor):
    page = visitor.get("/directories")
    assert page.copyable("tenant_id") == application.tenant_id
    assert page.copyable("other_tenant_id") != application.tenant_id
    document = get(page.copyable("other_metadata_url")).json()
    assert document["issuer"].split("/")[3] == page.copyable("other_tenant_id")


OBJECTIONS = {
    "http://product.example/cb": "Only http://localhost may",
    "http://127.0.0.1:8765/callback": "Only http://localhost may",
    "https://product.example/cb#x": "holds a fragment",
    "https://*.example/cb": "holds a wildcard",
    "https://product.example/(cb)": "holds ().",
    "https://user@product.example/cb": "holds a user name",
    "product.example/cb": "is not a whole address",
    "https://": "is not a whole address",
    "https://product.example:x/": "is not a whole address",
    "ftp://product.example/": "A Web redirect URI starts with https",
    "javascript:alert(1)": "is not a whole address",
    "https://product.example/a b": "holds a space",
    "https://product.example/" + "x" * 300: "at most 256 characters",
}


@pytest.mark.parametrize("uri", OBJECTIONS)
def test_an_address_that_cannot_be_registered_is_told_at_its_field(portal, uri):
    page = portal.send_registration("x", [REDIRECT_URI, uri])
    assert page.h1 == "Register an application"
    assert OBJECTIONS[uri] in page.root.one(id="redirect_uris-error").text
    area = page.root.one("textarea", name="redirect_uris")
    assert area.get("aria-invalid") == "true"
    assert area.text.startswith(REDIRECT_URI)


def test_the_same_objections_hold_when_editing(application, visitor):
    page = visitor.get(AUTHENTICATION.format(application.client_id))
    refused = visitor.submit(page, page.root.one("form"), redirect_uris="http://product.example")
    assert "Only http://localhost may" in refused.root.one(id="redirect_uris-error").text
    page = visitor.get(AUTHENTICATION.format(application.client_id))
    assert page.root.one("textarea", name="redirect_uris").text == REDIRECT_URI


def test_blank_and_repeated_lines_are_left_out(portal, visitor):
    page = portal.send_registration("x", ["", f"  {REDIRECT_URI} ", REDIRECT_URI, ""])
    shown = visitor.get(AUTHENTICATION.format(page.copyable("client_id")))
    assert shown.root.one("textarea", name="redirect_uris").text == REDIRECT_URI


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("  ", "Enter a name for the application."), ("x" * 121, "at most 120 characters")],
)
def test_a_name_is_needed_and_bounded(portal, name, sentence):
    page = portal.send_registration(name, [REDIRECT_URI])
    assert sentence in page.root.one(id="name-error").text


def test_a_name_is_text_never_markup(portal, visitor):
    name = "<script>alert(1)</script> & \"co\" 'é'"
    page = portal.send_registration(name, [REDIRECT_URI])
    assert page.root.one("nav", aria_label="Breadcrumb").text.endswith(name)
    assert name in visitor.get("/").words


def test_too_large_a_form_is_told(visitor):
    page = visitor.fetch("POST", "/apps/new", [("redirect_uris", "x" * 200_000)])
    assert page.status == 413
    assert page.h1 == "That was too much at once"


@pytest.mark.parametrize(
    "path",
    [
        "/apps/x",
        "/apps/00000000-aaaa-4bbb-8ccc-000000000009/secrets",
        "/nothing",
        "/static/nothing.css",
    ],
)
def test_an_unknown_address_gets_a_page(visitor, path):
    page = visitor.get(path)
    assert page.status == 404
    assert page.h1 == "There is nothing at this address"


@pytest.mark.parametrize(
    "path", ["/apps/new", SECRETS, AUTHENTICATION, PROPERTIES, USERS, "/product/local"]
)
def test_nothing_is_changed_without_a_csrf_token(application, visitor, path):
    url = path.format(application.client_id)
    page = visitor.fetch("POST", url, [("name", "x"), ("redirect_uris", "")])
    assert page.status == 400
    assert page.h1 == "This page was out of date"
    shown = visitor.get(AUTHENTICATION.format(application.client_id))
    assert shown.root.one("textarea", name="redirect_uris").text == REDIRECT_URI
