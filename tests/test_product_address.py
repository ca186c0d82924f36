"""The redirect URI is made from the product's address, and whatever was made of it is said."""

import json

import pytest

from tests.support.app import wizard
from tests.support.visitor import fields_of
from wizard import catalogue, product_uris, setups
from wizard.catalogue.guides import AddressPart, ProductAddress, RedirectUri
from wizard.oidc.finding import Status
from wizard.paste import judge_address_part, read_product_address

PAGES = frozenset({"hub"})

# What is typed, the address it is read as, and what is said of it (code, what was seen).
TYPED = {
    "a host": ("hub.example.com", "https://hub.example.com", "https:// was put in front"),
    "an address": ("https://hub.example.com", "https://hub.example.com", ""),
    "a slash at the end": ("https://hub.example.com/", "https://hub.example.com", ""),
    "a port": ("https://hub.example.com:8443/", "https://hub.example.com:8443", ""),
    "capital letters in the host": (
        "HTTPS://Hub.Example.com",
        "https://hub.example.com",
        "the host name was put in small letters",
    ),
    "a page of the product's": (
        "https://hub.example.com/hub/home",
        "https://hub.example.com",
        "/hub/home was cut off, a page of it",
    ),
    "a page every product has": (
        "https://hub.example.com/login?next=%2F",
        "https://hub.example.com",
        "/login?next=%2F was cut off, a page of it",
    ),
    "a page behind a #": (
        "https://hub.example.com/#!/auth",
        "https://hub.example.com",
        "#!/auth was cut off, a page of it",
    ),
    "the redirect URI itself": (
        "https://hub.example.com/jupyter/hub/oauth_callback",
        "https://hub.example.com/jupyter",
        "/hub/oauth_callback was cut off, a page of it",
    ),
    "a colon without a port": ("https://hub.example.com:", "https://hub.example.com", ""),
    "a host that begins like a scheme": (
        "https.example.com/x",
        "https://https.example.com/x",
        "https:// was put in front",
    ),
    "http on this computer": ("http://localhost:8000", "http://localhost:8000", ""),
    "IPv6": ("https://[::1]:8443/", "https://[::1]:8443", ""),
}


@pytest.mark.parametrize("kind", TYPED)
def test_what_was_typed_is_read_as_an_address_and_what_was_done_is_said(kind):
    text, address, done = TYPED[kind]
    read = read_product_address(text, PAGES)
    assert read.value == address
    said = [f.actual for f in read.findings if f.code == "product_address_read"]
    assert said == ([done] if done else [])


def test_a_path_is_kept_and_asked_about():
    read = read_product_address("https://example.com/jupyter/", PAGES)
    assert read.value == "https://example.com/jupyter"
    assert [(f.code, f.status, f.actual) for f in read.findings] == [
        ("product_address_with_path", Status.WARN, "/jupyter")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "two words",
        "https://",
        "https://h:0",
        "https://h:99999",
        "https://[::1",
        "https://h\\x",
        "https:/hub.example.com",
        "http//hub.example.com",
        "https;//hub.example.com",
        "https://hub..example.com",
        "https://-hub.example.com",
        "https://hub%2eexample.com",
        "https://hub.example.com/../x",
        "https://<host>",
        "https://{host}",
        "a" * 3000,
        "https://h\u200b.example",
    ],
)
def test_what_can_be_no_address_is_a_failure_and_not_shown(text):
    read = read_product_address(text)
    assert [(f.code, f.status) for f in read.findings] == [
        ("product_address_unreadable", Status.FAIL)
    ]
    assert read.findings[0].actual == ""
    assert read.findings[0].about == "address"


def test_a_password_in_an_address_is_in_no_finding():
    read = read_product_address("https://user:pass-word@example.com/jupyter")
    assert "pass-word" not in f"{read.findings}"


@pytest.mark.parametrize("value", ["oidc", "my-source", "a.b_c~d", "team/one", "My%20SSO"])
def test_a_name_that_goes_into_an_address_is_taken(value):
    assert judge_address_part("Name", value) == []


@pytest.mark.parametrize(
    "value",
    ["a b", "a?b", "a#b", "../x", "ä", "a&b", "{x}", "a" * 101, "", "/", "a//b", "a/", "./a", "%2"],
)
def test_a_name_that_does_not_go_into_an_address_is_named(value):
    [finding] = judge_address_part("Name of the source", value)
    assert (finding.code, finding.about) == ("product_part_unfit", "Name of the source")


@pytest.mark.parametrize("value", ["team.example.com", "evil.example/x", "a@b", "-a", "a_b", "%41"])
def test_a_name_in_the_host_is_one_label_of_it(value):
    assert judge_address_part("Team name", "our-team", in_host=True) == []
    [finding] = judge_address_part("Team name", value, in_host=True)
    assert (finding.code, finding.expected) == ("product_part_unfit", "letters, digits and -")


# --- making, and the way back


def product(*patterns, parts=(), base=True):
    """The practice product with other redirect URIs; `patterns` are texts or whole RedirectUris."""
    made = [
        p if isinstance(p, RedirectUri) else RedirectUri(pattern=p, what=f"use {n}")
        for n, p in enumerate(patterns)
    ]
    guide = catalogue.product("other")
    fields = {name: getattr(guide, name) for name in guide.__struct_fields__}
    address = ProductAddress(
        base=base,
        hint="As the browser shows it.",
        parts=[AddressPart(name=n, label=n, hint="h", default=d) for n, d in parts],
    )
    return type(guide)(**{**fields, "address": address, "redirect_uris": made})


CLI = RedirectUri(
    pattern="http://localhost:8085/cb", what="the command line", platform="native", if_used=True
)

MADE = {
    "a path": (["{base}/cb"], "https://h.example/p", (), "https://h.example/p/cb"),
    "the host alone": (["{base}"], "https://h.example:8006", (), "https://h.example:8006"),
    "a name in it": (["{base}/{source}/cb"], "https://h.example", [("source", "x")],
                     "https://h.example/x/cb"),
    "one address for all": (["https://login.example/cb"], "", (), "https://login.example/cb"),
    "the needed one first": ([CLI, "{base}/cb"], "https://h.example", (), "https://h.example/cb"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MADE)
def test_a_redirect_uri_is_made_and_tells_what_it_was_made_from(kind):
    patterns, address, parts, uri = MADE[kind]
    guide = product(*patterns, parts=[(n, "") for n, _ in parts])
    assert product_uris.own(guide, address, parts) == uri
    told = product_uris.derive(guide, uri)
    assert told is not None
    assert told.get("product_address", "") == address
    assert {n: told[f"part_{n}"] for n, _ in parts} == dict(parts)


@pytest.mark.parametrize(
    "uri", ["https://h.example/other", "https://h.example/cb/", "cb", "", "https://h.example/cb?x"]
)
def test_an_address_of_another_form_was_made_from_nothing(uri):
    assert product_uris.derive(product("{base}/cb"), uri) is None


def test_a_value_that_is_missing_makes_no_half_address():
    guide = product("{base}/{source}/cb", parts=[("source", "")])
    assert product_uris.own(guide, "https://h.example") == ""
    assert product_uris.make(guide, "", [("source", "x")]) == []


def test_the_others_are_those_beside_the_one_in_use():
    guide = product("{base}/cb", "{base}/link", CLI)
    others = product_uris.others(guide, "https://h.example/cb", "https://h.example")
    assert [(o.uri, o.asked) for o in others] == [
        ("https://h.example/link", True),
        ("http://localhost:8085/cb", False),
    ]
    pasted = product_uris.others(guide, "https://h.example/old", "https://h.example")
    assert [o.uri for o in pasted] == [o.uri for o in others], "it stands for the first"
    second = product_uris.others(guide, "https://h.example/link", "https://h.example")
    assert [o.uri for o in second] == ["https://h.example/cb", "http://localhost:8085/cb"]


# --- on the page

HUB = "https://hub.example.com"
URI = f"{HUB}/hub/oauth_callback"


@pytest.fixture
def app(tmp_path):
    with wizard(tmp_path) as running:
        yield running


@pytest.fixture
def page(app):
    return app.walk_to("redirect-uri", product="jupyterhub")


def check(app, page, *, script=False, **answers):
    """What the live check says of these answers; as a script gets it, or as a fragment."""
    held = [(n, v) for n, v in fields_of(page.form()) if n not in answers]
    how = {"Accept": "application/json" if script else "text/html"}
    path = f"{page.path}/check"
    return app.visitor.fetch("POST", path, held + list(answers.items()), how, fragment=True)


def saved(app, page):
    return setups.load(app.store, app.vault, page.path.split("/")[2], 8765)


def test_the_address_alone_makes_the_redirect_uri_and_leads_on(app, page):
    there = app.visitor.submit(page, product_address="hub.example.com/hub/login")
    assert there.path.endswith("/client-id")
    assert there.copyable("product_redirect_uri") == URI
    assert saved(app, page).answers["product_address"] == HUB
    back = app.visitor.get(page.path)
    assert back.form().one("input", name="product_address").get("value") == HUB
    assert back.form().one("input", name="redirect_uri").get("value") == URI


def test_the_whole_redirect_uri_does_it_alone_and_tells_the_address(app, page):
    there = app.visitor.submit(page, redirect_uri=URI)
    assert there.path.endswith("/client-id")
    assert saved(app, page).values.product_address == HUB
    back = app.visitor.get(page.path)
    assert back.form().one("input", name="product_address").get("value") == HUB


def test_a_changed_address_makes_another_redirect_uri(app, page):
    app.visitor.submit(page, product_address=HUB)
    again = app.visitor.submit(app.visitor.get(page.path), product_address="https://new.example")
    assert again.path.endswith("/client-id")
    assert saved(app, page).values.redirect_uri == "https://new.example/hub/oauth_callback"


def test_of_two_tabs_the_one_used_last_counts_and_nothing_in_it_is_lost(app, page):
    app.visitor.submit(page, product_address=HUB)
    first, second = app.visitor.get(page.path), app.visitor.get(page.path)
    app.visitor.submit(first, product_address="https://first.example")
    app.visitor.submit(second, product_address="https://second.example")
    values = saved(app, page).values
    assert values.product_address == "https://second.example"
    assert values.redirect_uri == "https://second.example/hub/oauth_callback"


def test_a_redirect_uri_of_another_form_is_taken_with_a_warning_that_says_what_was_expected(
    app, page
):
    odd = "https://hub.example.com/hub/custom_callback"
    seen = check(app, page, script=True, product_address=HUB, redirect_uri=odd)
    [finding] = [
        f for f in json.loads(seen.text)["findings"] if f["code"] == "redirect_uri_unlike_product"
    ]
    assert (finding["status"], finding["about"], finding["expected"]) == ("warn", odd, URI)
    assert URI in finding["advice"]
    assert app.visitor.submit(page, product_address=HUB, redirect_uri=odd).path.endswith(
        "/client-id"
    )
    values = saved(app, page).values
    assert (values.redirect_uri, values.product_address) == (odd, HUB)
    kept = app.visitor.submit(app.visitor.get(page.path))
    assert kept.path.endswith("/client-id")
    assert saved(app, page).values.redirect_uri == odd, "nothing was changed, so it stays"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({}, "product_address", "Enter the address of JupyterHub"),
        ({"product_address": "two words"}, "product_address", "not an address of JupyterHub"),
        ({"product_address": "http://h.example"}, "product_address", "must start with https"),
        ({"redirect_uri": "http://h.example/x"}, "redirect_uri", "must start with https"),
    ],
)
def test_what_cannot_be_right_is_an_error_at_its_own_field(app, page, given, field, words):
    back = app.visitor.submit(page, **given)
    assert back.path == page.path
    assert words in back.root.one(id=f"{field}-error").text
    assert saved(app, page).values.redirect_uri == ""


def test_a_password_in_an_address_is_not_taken(app, page):
    back = app.visitor.submit(page, product_address="https://user:pass@hub.example.com")
    assert back.path == page.path
    assert back.status_of("redirect_uri_user_name") == ["fail"]


def test_the_made_redirect_uri_appears_under_the_field_at_once(app, page):
    live = check(app, page, product_address="hub.example.com")
    [made] = live.root.where(lambda e: "data-made" in e)
    assert made.text == URI


def test_a_new_address_takes_away_what_was_said_about_the_old_one(app, page):
    app.visitor.submit(page, product_address=HUB)
    before = saved(app, page)
    app.visitor.submit(app.visitor.get(page.path), product_address="https://new.example")
    after = saved(app, page)
    for topic in ("registration", "again", "last-good"):
        assert before.fingerprint(topic) != after.fingerprint(topic)
    assert before.fingerprint() == after.fingerprint(), "the test sign-in has an address of its own"


def test_a_name_in_a_whole_redirect_uri_stands_as_the_product_shows_it(app):
    setup_id = app.store.create_setup("gitea", "oidc", "")
    app.store.set_ticks(setup_id, "before", {"ready": True})
    path = f"/setups/{setup_id}/redirect-uri"
    shown = "https://git.example.com/user/oauth2/Our(SSO)/callback"
    on = app.visitor.submit(app.visitor.get(path), redirect_uri=shown)
    assert on.path.endswith("/client-id")
    assert app.visitor.submit(app.visitor.get(path)).path.endswith("/client-id")
    assert app.store.answers(setup_id)["redirect_uri"] == shown


def test_a_name_that_would_lead_to_another_host_is_not_taken(app):
    setup_id = app.store.create_setup("cloudflare-access", "oidc", "")
    app.store.set_ticks(setup_id, "before", {"ready": True})
    path = f"/setups/{setup_id}/redirect-uri"
    back = app.visitor.submit(app.visitor.get(path), part_team="evil.example/x")
    assert back.path == path
    assert "does not go into an address" in back.root.one(id="part_team-error").text
    assert "redirect_uri" not in app.store.answers(setup_id)
    assert app.visitor.submit(back, part_team="our-team").path.endswith("/client-id")
    made = "https://our-team.cloudflareaccess.com/cdn-cgi/access/callback"
    assert app.store.answers(setup_id)["redirect_uri"] == made


# What is in the address bar once one is signed in there.
OPENED = {
    "argocd": "https://argo.example.com/applications?showFavorites=false",
    "grafana": "https://argo.example.com/d/abc/overview?orgId=1",
    "immich": "https://argo.example.com/photos",
    "zendesk": "https://argo.example.com/agent/dashboard",
    "jenkins": "https://argo.example.com/job/build",
    "harbor": "https://argo.example.com/harbor/projects",
}


@pytest.mark.parametrize("slug", OPENED)
def test_the_page_a_product_opens_with_is_no_part_of_its_address(slug):
    pages = product_uris.first_segments(catalogue.product(slug))
    assert read_product_address(OPENED[slug], pages).value == "https://argo.example.com"
