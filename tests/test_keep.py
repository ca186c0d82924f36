"""A setup in use: its expiry on the home page, checked again, its secret renewed, deleted."""

from datetime import date, timedelta

import pytest

from tests.oidc import tokens
from tests.support.app import wizard
from tests.support.in_use import PRODUCT_URI, InUse, StrictProvider
from tests.support.visitor import fields_of
from tests.test_vault import Cupboard
from wizard import again, expiry
from wizard.asking import Asked
from wizard.oidc.finding import failed, passed
from wizard.vault import Vault

NEW = "n3w~secret.of/the renewal"
OWN = "http://localhost:8765/callback"


@pytest.fixture
def op():
    with StrictProvider() as provider:
        yield provider


@pytest.fixture
def used(tmp_path, op):
    with wizard(tmp_path) as app:
        app.visitor.secrets.append(NEW)
        yield InUse(app, op)


@pytest.fixture
def done(used):
    used.be_done()
    return used


def card_tags(page):
    return page.root.where(lambda e: "data-expires" in e)


def in_days(days):
    return (date.today() + timedelta(days=days)).isoformat()


# --- expiry


@pytest.mark.parametrize(
    ("days", "notice", "words"),
    [
        (400, "", "expires in 400 days"),
        (31, "", "expires in 31 days"),
        (30, "30", "expires in 30 days"),
        (29, "30", "expires in 29 days"),
        (15, "30", "expires in 15 days"),
        (14, "14", "expires in 14 days"),
        (8, "14", "expires in 8 days"),
        (7, "7", "expires in 7 days"),
        (1, "7", "expires tomorrow"),
        (0, "7", "expires today"),
        (-1, "past", "expired yesterday"),
        (-2, "past", "expired 2 days ago"),
    ],
)
def test_the_days_left_are_told_and_how_urgent_they_are(days, notice, words):
    today = date(2026, 12, 20)
    found = expiry.of((today + timedelta(days=days)).isoformat(), today)
    assert (found.days, found.notice) == (days, notice)
    assert found.words == f"client secret {words}"


def test_no_date_says_nothing():
    assert expiry.of("", date(2026, 1, 1)) is None
    assert expiry.of("soon", date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("days", "notice", "colour", "words"),
    [
        (29, "30", "tag warn", "Client secret expires in 29 days"),
        (8, "14", "tag warn", "Client secret expires in 8 days"),
        (-1, "past", "tag fail", "Client secret expired yesterday"),
    ],
)
def test_home_shows_the_expiry_in_its_colour_and_offers_to_renew(used, days, notice, colour, words):
    used.be_done()
    used.app.store.save_answers(used.id, {"secret_expires": in_days(days)})
    home = used.home()
    (tag,) = card_tags(home)
    assert (tag.get("data-expires"), tag.get("class"), tag.text) == (notice, colour, words)
    assert home.root.where(lambda e: e.get("href") == f"{used.path}/renew")


def test_home_is_quiet_while_there_is_time(used):
    used.be_done()
    used.app.store.save_answers(used.id, {"secret_expires": in_days(60)})
    assert not card_tags(used.home())
    assert "client secret expires in 60 days" in used.home().words


def test_a_product_without_a_secret_has_nothing_to_renew(used):
    page = used.app.setup("connectwise")
    used.id = page.path.split("/")[2]
    assert used.get("/renew").status == 404


# --- check again


def test_nothing_has_changed(done):
    page = done.check_again()
    assert page.h1 == "Checked again: nothing has changed"
    assert page.findings == [("again_unchanged", "pass", date.today().isoformat())]
    assert done.home().root.where(lambda e: e.get("data-again") == "same")


def test_without_an_earlier_check_all_is_well_is_said_and_no_more(done):
    setup = done.setup
    passes = {"discovery": [passed("metadata_content_type")], "secret": []}
    asked = Asked(passes)
    found = again.compare(setup, None, asked)
    assert [(f.code, f.status.value) for f in found] == [("again_all_well", "pass")]
    worse = {**passes, "secret": [failed("client_secret_refused")]}
    asked = Asked(worse)
    assert [f.code for f in again.compare(setup, None, asked)] == ["client_secret_refused"]


def test_it_asks_the_provider_about_everything_but_a_sign_in(done, op):
    op.asked.clear()
    done.check_again()
    assert {"/.well-known/openid-configuration", "/keys", "/authorize", "/token"} == set(op.paths)
    asked = {a.params.get("redirect_uri") for a in op.asked if a.path == "/authorize"}
    assert PRODUCT_URI in asked
    assert OWN not in asked, "it was taken out at the end, so nobody asks for it"
    assert all(a.params["prompt"] == "none" for a in op.asked if a.path == "/authorize")


def test_rotated_keys_are_told_and_nothing_to_worry_about(done, op):
    op.publish(op.signing_key, tokens.rsa_key("rsa-2"))
    page = done.check_again()
    assert page.h1 == "Checked again: changed, and nothing to do"
    assert [f[:2] for f in page.findings] == [("again_keys_rotated", "pass")]
    assert "rsa-2" in page.words
    assert done.check_again().h1 == "Checked again: nothing has changed", "told once"


def test_a_refused_secret_is_told_with_when_all_was_last_well(done, op):
    op.secret = "changed at the provider"
    page = done.check_again()
    assert page.h1 == "Checked again: something is refused now"
    assert [f[:2] for f in page.findings] == [("client_secret_refused", "fail")]
    assert "All was last well on" in page.words
    assert page.root.where(lambda e: e.get("href") == f"{done.path}/renew")
    home = done.home()
    assert "Needs a look" in home.words
    assert home.root.where(lambda e: e.get("data-again") == "fail")


def test_what_was_last_well_is_not_forgotten_by_a_second_failure(done, op):
    right = op.secret
    well = done.setup.current_check("discovery").checked_at
    op.secret = "changed at the provider"
    done.check_again()
    op.publish(tokens.rsa_key("rsa-3"))
    page = done.check_again()
    assert {f[0] for f in page.findings} == {"client_secret_refused", "again_keys_rotated"}
    op.secret = right
    page = done.check_again()
    assert {f[0] for f in page.findings} == {"again_keys_rotated"}
    assert done.setup.checks["last-good"].findings[0]["at"] >= well


def test_a_redirect_uri_that_is_gone_is_told(done, op):
    op.redirect_uris = ("https://elsewhere.example/cb",)
    page = done.check_again()
    assert [f for f in page.findings if f[1] == "fail"] == [
        ("redirect_uri_refused", "fail", PRODUCT_URI)
    ]


def test_a_changed_document_is_told_member_by_member(done, op):
    op.on_document.append(lambda d: {**d, "userinfo_endpoint": f"{op.issuer}/me"})
    page = done.check_again()
    assert page.h1 == "Checked again: something has changed"
    assert [f for f in page.findings if f[1] == "warn"] == [
        ("again_metadata_changed", "warn", "userinfo_endpoint")
    ]
    assert f"{op.issuer}/me" in page.words


def test_what_cannot_be_told_today_is_no_green_and_no_red(done, op):
    op.hears_secrets = False
    page = done.check_again()
    assert page.h1 == "Checked again: not everything could be told"
    assert {f[1] for f in page.findings} == {"unknown"}


def test_a_provider_out_of_reach_takes_nothing_back(done, op):
    before = done.setup.current_check("discovery").checked_at
    op.__exit__()
    page = done.check_again()
    op.__enter__()
    assert page.h1 == "Checked again: not everything could be told"
    assert [f[:2] for f in page.findings] == [("again_not_reached", "unknown")]
    assert done.setup.current_check("discovery").checked_at == before
    assert "All steps are ticked" in done.get("/turn-on").words


def test_a_secret_that_is_not_here_any_more_is_said_not_to_be_asked_about(done):
    done.app.vault.forget(done.id)
    page = done.check_again()
    assert ("again_secret_not_here", "unknown", "") in page.findings


def test_checking_is_no_change_she_made(done):
    before = done.setup.row.updated_at
    done.check_again()
    assert done.setup.row.updated_at == before


def test_all_setups_are_checked_by_one_button(used, op):
    used.be_done()
    first = used.id
    op.redirect_uris = (PRODUCT_URI, OWN)
    used.to_test()
    used.sign_in()
    home = used.app.visitor.submit(used.home(), "check-all")
    said = [e.get("data-again") for e in home.root.where(lambda e: "data-again" in e)]
    assert home.path == "/"
    assert sorted(said) == ["same", "same"]
    op.secret = "changed at the provider"
    home = used.app.visitor.submit(home, "check-all")
    said = [e.get("data-again") for e in home.root.where(lambda e: "data-again" in e)]
    assert said == ["fail", "fail"]
    assert first != used.id


def test_a_changed_value_takes_the_word_of_the_last_check_away(done):
    done.check_again()
    done.app.store.save_answers(done.id, {"client_id": "another"})
    assert not done.home().root.where(lambda e: "data-again" in e)
    assert done.get("/check-again").path == "/"


# --- renew


def renew(used, secret=NEW, expires="2100-06-30", page=None):
    page = page or used.get("/renew")
    return used.app.visitor.submit(page, client_secret=secret, secret_expires=expires)


def test_the_short_way_from_a_new_secret_to_done(done, op):
    old = done.setup.values
    assert done.get("/renew").h1 == "Renew the client secret"
    op.secret = NEW
    page = renew(done)
    assert page.h1 == "Paste the new secret into Syncro"
    assert done.setup.values.client_secret == NEW
    assert done.app.vault.get(done.id, old.secret_version) is None
    assert page.copyable("secret_expires") == "2100-06-30"
    names = {e.get("data-copy") for e in page.root.where(lambda e: "data-copy" in e)}
    assert names == {"secret_expires"}, "the secret only when asked for, and nothing else"
    assert "Go on renewing the secret" in done.home().words
    page = done.app.visitor.submit(page)
    assert page.h1 == "Remove the old client secret"
    page = remove(done, page)
    assert page.path == "/"
    assert "Renew secret" in page.words
    assert "Done" in page.words
    assert "All steps are ticked" in done.get("/turn-on").words


def remove(used, page):
    token = page.form().one("input", name="csrf_token").get("value")
    fields = [("csrf_token", token), ("removed", "y")]
    visitor = used.app.visitor
    return visitor.follow(visitor.fetch("POST", f"{used.path}/renew/removed", fields))


def test_the_new_secret_is_shown_only_when_asked_for(done, op):
    op.secret = NEW
    renew(done)
    done.app.visitor.secrets.remove(NEW)
    action = f"{done.path}/renew/secret"
    form = done.get("/renew").root.one("form", action=f"{action}#for-client_secret")
    fields = fields_of(form)
    visitor = done.app.visitor
    page = visitor.fetch("POST", action, fields, {"Accept": "text/html"})
    assert page.copyable("client_secret") == NEW


def test_a_refused_new_secret_leaves_the_old_one_in_force(done, op):
    before = done.setup
    page = renew(done, secret="wrong")
    assert page.status_of("client_secret_refused") == ["fail"]
    assert "The new secret was not saved" in page.words
    assert done.setup.values == before.values
    assert done.setup.answers == before.answers
    assert done.app.vault.get(done.id, before.values.secret_version) == op.secret
    assert "All steps are ticked" in done.get("/turn-on").words


def test_the_same_secret_once_more_is_no_renewal(done, op):
    page = renew(done, secret=op.secret)
    assert "That is the client secret you have" in page.words
    page = renew(done, secret="")
    assert "Enter the new client secret" in page.words


def test_the_proof_stands_as_far_as_the_providers_word_goes(done, op):
    op.secret = NEW
    renew(done)
    page = done.get("/test")
    assert "The client secret was renewed since the test sign-in" in page.words
    assert page.verdict is None, "nobody has signed in with this very secret"
    done.app.store.save_answers(done.id, {"client_id": "another"})
    assert done.get("/turn-on").path.endswith(("/test", "/client-id", "/metadata"))


def test_a_setup_whose_secret_has_expired_is_renewed_too(done, op):
    op.secret = NEW
    done.check_again()
    assert done.get("/handover").path.endswith("/client-secret"), "the old one is refused"
    assert renew(done).h1 == "Paste the new secret into Syncro"
    assert done.get("/handover").path.endswith("/handover")


def test_another_new_secret_while_the_renewal_is_under_way(done, op):
    op.secret = NEW
    old = done.setup.values.secret_version
    renew(done)
    op.secret = "the/third~one of them"
    page = renew(done, secret=op.secret, page=done.get("/renew?another=yes"))
    assert page.h1 == "Paste the new secret into Syncro"
    assert done.setup.answers["renews"] == old


def test_the_tick_is_asked_for(done, op):
    op.secret = NEW
    page = done.app.visitor.submit(renew(done))
    assert done.app.visitor.submit(page).h1 == "Remove the old client secret"


def test_nobody_renews_what_was_never_handed_over(used):
    used.be_signed_in()
    assert used.get("/renew").status == 404
    assert "Renew secret" not in used.home().words


def test_after_a_restart_she_goes_on_where_she_was(done, op, tmp_path):
    op.secret = NEW
    renew(done)
    with wizard(tmp_path, vault=done.app.vault) as again:
        assert InUse(again, op, done.id).get("/renew").h1 == "Paste the new secret into Syncro"


# --- several people


def test_every_sign_in_is_kept_with_its_account_and_verdict(used, op):
    used.be_signed_in()
    op.on_claims.append(lambda c: {**c, "email": None, "preferred_username": "second@x.example"})
    page = used.sign_in()
    rows = page.root.where(lambda e: "data-run" in e)
    assert [row.get("data-run") for row in rows] == ["warn", "pass"]
    assert "second@x.example" in rows[0].text
    assert "perhaps not" in rows[0].text
    assert "user-with-an-address@example.com" in rows[1].text
    assert "accept" in rows[1].text
    assert "Would Syncro accept this user?" in page.words


def test_a_sign_in_with_other_values_is_marked(used, op):
    used.be_signed_in()
    used.app.store.save_answers(used.id, {"secret_version": "v2"})
    used.app.vault.put(used.id, "v2", op.secret)
    page = used.get("/test")
    (row,) = page.root.where(lambda e: "data-run" in e)
    assert "with other values" in row.text
    page = used.sign_in(page)
    rows = page.root.where(lambda e: "data-run" in e)
    assert ["with other values" in row.text for row in rows] == [False, True]


def test_somebody_who_is_denied_takes_no_proof_away(used, op):
    used.be_signed_in()
    denied = {"error": "access_denied", "error_description": "not assigned"}
    op.on_answer.append(lambda a: [*[p for p in a if p[0] == "state"], *denied.items()])
    page = used.sign_in()
    assert page.verdict == "fail"
    assert used.get("/handover").path.endswith("/handover")
    op.on_answer[:] = [lambda a: [(n, "x" if n == "code" else v) for n, v in a]]
    assert used.sign_in().verdict == "fail"
    assert used.get("/handover").path.endswith("/test"), "a failure of the values counts"


def test_a_first_denial_proves_nothing(used, op):
    op.on_answer.append(lambda a: [*[p for p in a if p[0] == "state"], ("error", "access_denied")])
    used.be_signed_in()
    assert used.get("/handover").path.endswith("/test")


# --- delete


def test_deleting_says_what_goes_and_what_stays_and_then_it_is_gone(tmp_path, op):
    vault = Vault(tmp_path, backend=Cupboard())
    with wizard(tmp_path, vault=vault) as app:
        used = InUse(app, op)
        used.be_done()
        version = used.setup.values.secret_version
        page = used.get("/delete")
        assert page.h1 == "Delete this setup?"
        assert "The client secret in this computer's keyring" in page.words
        assert "The application registered at your identity provider stays" in page.words
        assert "If single sign-on is switched on there, it stays on" in page.words
        assert app.store.setup(used.id), "looking deletes nothing"
        home = app.visitor.submit(page)
        assert "The setup was deleted." in home.words
        assert app.store.setup(used.id) is None
        assert vault.get(used.id, version) is None
        assert not app.store.runs(used.id)
        assert used.get("/test").status == 404


def test_the_redirect_uri_for_the_test_is_named_while_it_may_be_there(used):
    used.to_test()
    assert OWN in used.get("/delete").words
