"""The hand-over: values in the shape the product wants, and what settles what it then says."""

import json

import pytest

from tests.support.app import wizard
from tests.support.in_use import CLIENT_ID, PRODUCT_URI, InUse, StrictProvider
from tests.test_product_guides import in_order, labels_of
from wizard import catalogue, handover, setups
from wizard.handover import OF_METADATA

DISCOVERY = "OpenID Connect Discovery: is invalid"
CONFIGURATION = "SSO configuration contains errors. Please check and verify again."


@pytest.fixture
def op():
    with StrictProvider() as provider:
        yield provider


@pytest.fixture
def used(tmp_path, op):
    with wizard(tmp_path) as app:
        yield InUse(app, op)


def say(used, page=None, **answers):
    """What the product said, as she tells it on the hand-over page."""
    page = page or used.get("/handover")
    return used.app.visitor.submit(page, "what-it-said", **answers)


def conclusion(page):
    return page.root.where(lambda e: "data-conclusion" in e)[0].get("data-conclusion")


def causes_of(page):
    return page.root.where(lambda e: e.get("class") == "causes")[0]


@pytest.fixture
def syncro(used):
    used.be_signed_in()
    return used


# --- the values


def test_every_product_gets_what_it_asks_for_out_of_what_was_checked(used, op):
    used.sign_in(used.to_test(product="other"))
    page = used.get("/handover")
    document = op.document
    assert page.copyable("client_id") == CLIENT_ID
    assert page.copyable("metadata_url") == op.metadata_url
    assert page.copyable("issuer") == op.issuer
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert page.copyable(name) == document[name]
    # This provider names no such endpoint and no tenant: nothing is made up.
    assert not page.root.where(lambda e: e.get("data-copy") in ("userinfo_endpoint", "tenant_id"))
    assert page.words.count("names none") == 2


@pytest.mark.products  # each is handed over to in test_product_guides.py, without a sign-in
def test_every_product_gets_its_labels_in_its_order_after_its_own_sign_in(used):
    for product in catalogue.products():
        protocol = product.protocol
        if (protocol.uses_secret, protocol.pkce, protocol.response_mode) != (True, True, "query"):
            continue  # this provider does nothing else
        if product.slug == "practice":
            continue  # it needs the practice provider
        used.sign_in(used.to_test(product=product.slug))
        assert labels_of(used.get("/handover")) == in_order(product), product.slug


def test_values_out_of_a_document_are_gone_with_its_check(syncro):
    assert syncro.setup.metadata["issuer"] == syncro.op.issuer
    syncro.app.store.save_answers(syncro.id, {"metadata_url": "https://elsewhere.example/x"})
    assert not any(syncro.setup.metadata.get(name) for name in OF_METADATA.values())


# --- what the product said


def test_its_known_messages_are_choices(syncro):
    page = syncro.get("/handover")
    words = page.root.one(id="product-said").text
    assert DISCOVERY in words
    assert CONFIGURATION in words


def test_a_message_about_the_document_asks_about_the_document_now(syncro, op):
    before = op.count("/.well-known/openid-configuration")
    tokens = op.count("/token")
    page = say(syncro, said="discovery-refused")
    assert page.path.endswith("/handover/said/discovery-refused")
    assert op.count("/.well-known/openid-configuration") == before + 1
    assert op.count("/token") == tokens, "the secret has nothing to do with it"
    assert conclusion(page) == "fine"
    assert DISCOVERY in page.words
    assert page.copyable("metadata_url") == op.metadata_url


def test_a_message_about_the_configuration_has_the_secret_asked_about_now(syncro, op):
    before = op.count("/token")
    page = say(syncro, said="configuration-refused")
    assert op.count("/token") > before
    assert conclusion(page) == "fine"
    assert page.status_of("client_secret_accepted") == ["pass"]
    assert "accepted the client secret just now" in page.words
    assert "Copy them again from here" in page.words
    assert not page.root.where(lambda e: e.get("data-copy") == "client_secret"), "only when asked"
    assert page.root.where(lambda e: e.get("data-copies") == "client_secret")


def test_a_secret_that_is_refused_by_now_is_said_with_the_step_that_mends_it(syncro, op):
    op.secret = "another one since"
    page = say(syncro, said="configuration-refused")
    assert conclusion(page) == "refused"
    assert page.status_of("client_secret_refused") == ["fail"]
    row = page.root.one(data_code="client_secret_refused")
    assert row.one("a").get("href").endswith("/client-secret")
    assert "Copy again" not in page.words, "a refused value is not handed over again"
    again = syncro.get("/handover/said/configuration-refused")
    assert conclusion(again) == "refused", "the page stays when the hand-over has closed"
    assert syncro.get("/handover").path.endswith("/client-secret")


def test_it_is_asked_once_more_when_it_was_mended_at_the_provider(syncro, op):
    right = op.secret
    op.secret = "another one since"
    page = say(syncro, said="configuration-refused")
    op.secret = right
    form = next(f for f in page.root.all("form") if f.get("action").endswith("/said"))
    assert conclusion(syncro.app.visitor.submit(page, form)) == "fine"
    assert syncro.get("/handover").path.endswith("/handover"), "and it is open again"


def test_a_redirect_uri_that_is_gone_by_now_is_said(syncro, op):
    op.redirect_uris = op.redirect_uris[1:]
    page = say(syncro, said="configuration-refused")
    assert ("redirect_uri_refused", "fail", PRODUCT_URI) in page.findings


def test_what_could_not_be_told_is_no_green(syncro, op):
    op.hears_secrets = False
    page = say(syncro, said="configuration-refused")
    assert conclusion(page) == "untold"
    assert "accepted the client secret" not in page.words


def test_a_provider_out_of_reach_takes_nothing_back(syncro, op):
    op.__exit__()
    page = say(syncro, said="configuration-refused")
    op.__enter__()
    assert conclusion(page) == "untold"
    assert page.findings[0][:2] == ("again_not_reached", "unknown")
    assert syncro.get("/handover").path.endswith("/handover"), "still open"


def test_a_pasted_message_that_the_guide_knows_is_that_choice(syncro):
    text = "  Error: openid connect discovery:\r\nIS INVALID. "
    page = say(syncro, product_message=text)
    assert page.path.endswith("/handover/said/discovery-refused")


def test_a_number_of_entras_is_decoded_and_the_checks_are_run(syncro, op):
    before = op.count("/token")
    page = say(syncro, said="other", product_message="AADSTS7000222: The secret keys are expired.")
    assert page.status_of("provider_error_7000222") == ["fail"]
    assert op.count("/token") > before
    assert conclusion(page) == "fine"


def test_an_unknown_message_gets_the_likeliest_causes_in_order(syncro):
    page = say(syncro, said="other", product_message="Something <b>strange</b> happened")
    assert "Something <b>strange</b> happened" in page.words
    causes = [item.text for item in causes_of(page).all("li")]
    guide = catalogue.product("syncro").hand_over.causes
    assert len(causes) == len(guide)
    assert causes[0].startswith("The client secret in Syncro is another one")
    assert conclusion(page) == "fine"


def test_a_pasted_secret_is_neither_shown_nor_kept(syncro, tmp_path):
    syncro.app.visitor.secrets.append("canary-of-a-code")
    text = f"Failed: code=canary-of-a-code client_secret={syncro.op.secret}"
    page = say(syncro, said="other", product_message=text)
    assert "(removed)" in page.words
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"canary-of-a-code" not in kept
    assert syncro.op.secret.encode() not in kept


def test_nothing_chosen_and_nothing_pasted_is_an_error_at_the_field(syncro):
    for answers in ({}, {"said": "nobody-knows-this"}, {"said": "other", "product_message": " "}):
        page = say(syncro, **answers)
        assert page.path.endswith("/handover/said")
        assert page.root.one(id="summary").one("a").get("href") in ("#said", "#product_message")


def test_a_message_that_nobody_has_asked_about_leads_back(syncro):
    assert syncro.get("/handover/said/discovery-refused").path.endswith("/handover")
    assert syncro.get("/handover/said/other").path.endswith("/handover")
    assert syncro.app.visitor.get(f"{syncro.path}/handover/said/nobody").status == 404


@pytest.mark.parametrize("slug", [product.slug for product in catalogue.products()])
def test_every_guide_says_only_what_can_be_settled(slug):
    product = catalogue.product(slug)
    names = {field.value for field in product.hand_over.fields}
    assert product.hand_over.said
    for said in product.hand_over.said:
        assert set(said.copy_again) <= names, said.name
        assert product.protocol.uses_secret or "secret" not in said.settled_by, said.name
        assert said.causes
    assert len({said.name for said in product.hand_over.said}) == len(product.hand_over.said)
    assert "other" not in {said.name for said in product.hand_over.said}


def test_syncro_knows_the_two_messages_it_is_known_for():
    texts = [said.text for said in catalogue.product("syncro").hand_over.said]
    assert texts[:2] == [DISCOVERY, CONFIGURATION]


# --- turn it on, and clean up


def test_the_plan_stands_before_the_switch_and_its_ticks_are_kept(syncro):
    page = syncro.app.visitor.submit(syncro.get("/handover"))
    legends = [legend.text for legend in page.root.all("legend")]
    assert legends == ["Before the switch", "Switch it on", "Prove it", "Clean up"]
    boxes = [box.get("value") for box in page.root.all("input", type="checkbox")]
    assert boxes[:4] == ["second-session", "break-glass", "way-off", "everybody-exists"]
    syncro.app.visitor.submit(page, tick="break-glass")
    page = syncro.get("/turn-on")
    ticked = [b.get("value") for b in page.root.all("input", type="checkbox") if "checked" in b]
    assert ticked == ["break-glass"]


@pytest.fixture
def last_step(syncro):
    return syncro.app.visitor.submit(syncro.get("/handover"))


OWN = "http://localhost:8765/callback"


def test_a_redirect_uri_that_is_still_accepted_is_no_green(syncro, last_step):
    page = syncro.app.visitor.submit(last_step, "gone")
    assert ("test_redirect_uri_still_there", "warn", OWN) in page.findings
    assert not syncro.setup.cleaned_up


def test_a_redirect_uri_that_is_refused_now_is_gone(syncro, op, last_step):
    op.redirect_uris = (PRODUCT_URI,)
    page = syncro.app.visitor.submit(last_step, "gone")
    assert ("test_redirect_uri_gone", "pass", OWN) in page.findings
    assert ("redirect_uri_accepted", "pass", PRODUCT_URI) in page.findings
    assert syncro.setup.cleaned_up, "its tick follows"


def test_if_the_products_own_went_with_it_that_is_said(syncro, op, last_step):
    op.redirect_uris = ()
    page = syncro.app.visitor.submit(last_step, "gone")
    assert ("redirect_uri_refused", "fail", PRODUCT_URI) in page.findings


@pytest.mark.parametrize("trouble", ["application", "document", "network"])
def test_a_refusal_that_may_have_another_reason_is_no_proof_that_it_is_gone(
    syncro, op, last_step, trouble
):
    if trouble == "application":
        op.client_id = "deleted"
    elif trouble == "document":
        op.on_document.append(lambda document: {})
    else:
        op.__exit__()
    page = syncro.app.visitor.submit(last_step, "gone")
    if trouble == "network":
        op.__enter__()
    assert ("test_redirect_uri_unknown", "unknown", OWN) in page.findings
    assert not syncro.setup.cleaned_up


def test_the_verdict_is_about_the_values_of_then(syncro, op, last_step):
    op.redirect_uris = (PRODUCT_URI,)
    syncro.app.visitor.submit(last_step, "gone")
    syncro.app.store.save_answers(syncro.id, {"client_id": "another"})
    assert syncro.setup.current_check("clean-up") is None


def test_the_saved_facts_hold_nothing_but_addresses(syncro):
    facts = json.loads(syncro.setup.answers["metadata_facts"])
    assert set(facts) == {
        "tenant",
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    }


def test_a_provider_without_a_name_of_its_own_is_single_sign_on_to_the_users(tmp_path):
    with wizard(tmp_path) as app:
        shown = {}
        for provider in ("oidc", "entra"):
            setup_id = app.store.create_setup("mealie", provider, "")
            setup = setups.load(app.store, app.vault, setup_id, 8765)
            [field] = [f for f in setup.product.hand_over.fields if f.text == "{provider}"]
            shown[provider] = {r.label: r.value for r in handover.rows(setup)}[field.label]
        assert shown == {"oidc": "Single sign-on", "entra": "Entra"}


def test_a_name_of_her_own_is_handed_over_as_it_stands_in_the_redirect_uri(tmp_path):
    with wizard(tmp_path) as app:
        setup_id = app.store.create_setup("gitea", "entra", "")
        uri = "https://git.example.com/user/oauth2/Our%20SSO/callback"
        app.store.save_answers(setup_id, {"redirect_uri": uri})
        setup = setups.load(app.store, app.vault, setup_id, 8765)
        shown = {row.label: row.value for row in handover.rows(setup)}
        assert shown["Authentication Name"] == "Our SSO"


def test_what_was_not_asked_is_not_said_to_be_missing_at_the_provider(tmp_path):
    with wizard(tmp_path) as app:
        setup_id = app.store.create_setup("portainer", "duo", "")
        setup = setups.load(app.store, app.vault, setup_id, 8765)
        notes = {row.label: row.note for row in handover.rows(setup)}
        assert notes["Authorization URL"].startswith("Not known: Duo")
