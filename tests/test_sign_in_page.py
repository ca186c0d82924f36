"""The test sign-in's page: the map, the waiting tab, earlier sign-ins, and asking what was not."""

import json

import pytest

from tests.support.in_use import CLIENT_ID, InUse, StrictProvider
from wizard import markdown, record, setups, wording
from wizard.oidc.finding import failed, passed
from wizard.setups import as_rows

NOBODY = "http://localhost:1/.well-known/openid-configuration"  # nothing listens there
TIMES = ("expiry_passed", "not_before_ahead", "issued_at_ahead", "issued_at_too_old")


@pytest.fixture
def use(wiz):
    with StrictProvider() as op:
        yield InUse(wiz, op)


def legs(page):
    shown = page.root.where(lambda e: "data-leg" in e)
    return {e.get("data-leg"): e.get("data-state") for e in shown}


def leg(page, name):
    return page.root.one("li", data_leg=name).text


# --- the map


def test_before_a_test_the_map_is_a_plan_that_claims_nothing(use):
    page = use.to_test()
    found = legs(page)
    assert found.pop("product") == "unproved"
    assert set(found.values()) == {"plan"}
    assert "What will happen" in page.words


def test_after_a_pass_every_leg_is_proved_but_the_products_own(use):
    page = use.to_signed_in()
    assert page.verdict in ("pass", "warn")
    found = legs(page)
    assert (found.pop("product") in ("unproved", "warn"), set(found.values())) == (True, {"pass"})
    assert "Answered in " in leg(page, "redeem")
    assert "keys read in " in leg(page, "read")
    assert "from the button to this verdict" in page.words


def test_the_leg_that_failed_is_marked_with_its_reason_and_nothing_after_it(use):
    page = use.to_test()
    use.op.secret = "another-secret-than-entered"
    use.app.visitor.secrets.append(use.op.secret)
    page = use.sign_in(page)
    assert page.verdict == "fail"
    found = legs(page)
    assert [name for name, state in found.items() if state == "fail"] == ["redeem"]
    assert (found["answer"], found["judge"], found["product"]) == ("pass", "open", "unproved")
    assert "Failed here: " in leg(page, "redeem")
    title = next(s.title for s in shown_of(use) if s.finding.status == "fail")
    assert title in leg(page, "redeem")


def shown_of(use):
    return wording.show(use.setup, setups.from_rows(use.setup.runs[0].findings))


def test_a_sign_in_that_could_not_start_fails_at_its_first_leg(use):
    use.to_test()
    use.app.store.save_answers(use.id, {"metadata_url": NOBODY})
    page = use.app.visitor.submit(use.get("/test"), "go")
    assert "The sign-in was not started" in page.words
    assert legs(page)["read"] == "fail"
    assert set(legs(page).values()) == {"fail", "open", "unproved"}


def test_the_record_has_the_map_and_its_markdown_the_same_as_lines(use):
    use.to_signed_in()
    page = use.get("/record")
    assert legs(page)["judge"] == "pass"
    text = markdown.write(record.build(use.setup, now(use)))
    assert "What the test sign-in of " in text
    lines = [line for line in text.splitlines() if line.startswith("- Proved: ")]
    assert len(lines) == 5
    assert any(line.startswith("- Not proved here: ") for line in text.splitlines())


def now(use):
    from datetime import datetime

    return datetime.fromisoformat(use.setup.runs[0].ended_at)


# --- what a number and a clock say


def test_a_number_that_comes_back_is_told_as_its_pasted_page_would_be(wiz):
    setup = setup_with(wiz, "entra")
    said = "access_denied: AADSTS65004: User declined to consent to access the app."
    [shown] = wording.show(setup, [failed("callback_access_denied", actual=said)])
    known = setup.provider.codes["65004"]
    assert shown.title == known.title
    assert known.fix.split("**")[0].strip() in shown.advice
    assert shown.finding.code == "callback_access_denied"


@pytest.mark.parametrize(
    "finding",
    [
        failed("callback_access_denied", actual="access_denied: the user said no"),
        failed("callback_other_error", actual="odd: AADSTS99999999: of tomorrow"),
        passed("callback_code_sent", actual="AADSTS65004"),
        failed("nonce_other", actual="AADSTS65004"),
    ],
)
def test_without_a_number_that_is_known_the_words_are_those_of_the_code(wiz, finding):
    setup = setup_with(wiz, "entra")
    [shown] = wording.show(setup, [finding])
    assert shown.title != setup.provider.codes["65004"].title


@pytest.mark.parametrize("code", TIMES)
def test_a_clock_that_was_found_right_is_not_blamed(wiz, code):
    setup = setup_with(wiz, "oidc")
    late = failed(code, actual="2026-11-03 09:05:00 UTC, 3 h ago")
    [unknown] = wording.show(setup, [late])
    assert "Check this computer's clock" in unknown.advice
    [agrees, told] = wording.show(setup, [passed("sign_in_clock_agrees"), late])
    assert "Check this computer's clock" not in told.advice
    assert "it is not the clock" in told.advice
    assert agrees.finding.code == "sign_in_clock_agrees"


def setup_with(wiz, provider):
    setup_id = wiz.store.create_setup("syncro", provider, "")
    return setups.load(wiz.store, wiz.vault, setup_id, 8765)


# --- the tab that waits


def test_it_says_from_the_start_what_she_will_see_and_what_to_do_when_nothing_comes_back(use):
    page = use.to_test()
    for words in ("What your identity provider shows you", "Nothing came back after 2 minutes"):
        assert words in page.words
    assert page.root.one("a", href="#provider_error").text
    assert page.root.one(id="waiting").text == ""


def test_a_page_opened_meanwhile_says_that_a_sign_in_is_under_way(use):
    page = use.to_test()
    use.app.start_sign_in(page)
    again = use.get("/test")
    assert "has not come back yet" in again.root.one(id="waiting").text
    assert "data-under-way" in again.form("go")
    told = json.loads(use.get("/test/newest").text)
    assert told["run"] == 0
    assert told["seconds"] in (0, 1, 2)
    assert told["answered"] is False
    use.sign_in(again)
    # The first is still waited for; the second is over.
    assert json.loads(use.get("/test/newest").text)["run"] > 0


def test_when_it_is_over_nothing_is_waited_for(use):
    use.to_signed_in()
    assert json.loads(use.get("/test/newest").text)["seconds"] is None
    assert use.get("/test").root.one(id="waiting").text == ""


# --- earlier sign-ins


def test_each_sign_in_is_opened_with_what_it_proved_at_its_time(use):
    page = use.to_test()
    _, sent = use.app.start_sign_in(page)
    use.app.come_back(state=sent["state"], error="access_denied", iss=use.op.issuer)
    use.sign_in()
    links = [e.get("href") for e in use.get("/test").root.where(lambda e: e.tag == "a")]
    runs = [href for href in links if "/test/" in href]
    assert len(runs) == 2
    newest, first = (use.app.visitor.get(href) for href in runs)
    assert (newest.verdict, first.verdict) == ("pass", "fail")
    assert first.status_of("callback_access_denied") == ["fail"]
    assert first.h1.startswith("Failed: the test sign-in of ")
    assert "This is history" in first.words
    assert legs(first)["ask"] == "fail"
    assert "This is the newest test sign-in" in newest.words


def test_with_a_changed_value_an_earlier_sign_in_is_said_to_prove_nothing(use):
    use.to_signed_in()
    run = use.setup.runs[0]
    use.app.store.save_answers(use.id, {"client_id": f"{CLIENT_ID}x"})
    page = use.get(f"/test/{run.id}")
    assert "proves nothing about the values as they are now" in page.words


def test_a_sign_in_of_another_setup_or_none_is_not_found(use, wiz):
    use.to_signed_in()
    other = wiz.store.create_setup("syncro", "oidc", "")
    run = use.setup.runs[0].id
    assert wiz.visitor.get(f"/setups/{other}/test/{run}").status == 404
    assert use.get(f"/test/{run + 1}").status == 404


# --- asking what was not asked


def test_what_was_not_asked_is_asked_from_the_test_page(use):
    use.to_test()
    use.app.store.save_answers(use.id, {"went_on:metadata": use.setup.values.metadata_url})
    other = "https://product.example/sso/other"
    use.op.redirect_uris = (*use.op.redirect_uris, other)
    use.app.store.save_answers(use.id, {"redirect_uri": other})
    page = use.get("/test")
    assert page.root.where(lambda e: "data-to-be-asked" in e)
    asked = use.app.visitor.submit(page, ask_form(page))
    assert "was asked: nothing is refused" in asked.words
    assert not asked.root.where(lambda e: "data-to-be-asked" in e)
    assert use.setup.current_check("registration")


def test_what_is_refused_then_leads_to_the_step_that_mends_it(use):
    use.to_test()
    use.app.store.save_answers(use.id, {"redirect_uri": "https://product.example/sso/other"})
    page = use.get("/test")
    asked = use.app.visitor.submit(page, ask_form(page))
    assert asked.path.endswith("/redirect-uri")


def test_a_provider_out_of_reach_has_said_nothing(use):
    use.to_test()
    use.app.store.save_answers(use.id, {"metadata_url": NOBODY})
    page = use.get("/test")
    asked = use.app.visitor.submit(page, ask_form(page))
    assert asked.status_of("again_not_reached") == ["unknown"]
    assert use.setup.current_check("registration") is None


def ask_form(page):
    return next(f for f in page.root.all("form") if f.get("action").endswith("/test/ask"))


# --- the record names a renewal


def test_the_record_says_that_the_secret_was_renewed_and_how_far_that_is(wiz):
    setup_id = wiz.store.create_setup("syncro", "oidc", "")
    values = {"client_id": "c", "metadata_url": "https://op.example/x", "secret_version": "v2"}
    wiz.store.save_answers(setup_id, {**values, "renews": "v1"})
    setup = setups.load(wiz.store, wiz.vault, setup_id, 8765)
    wiz.store.save_answers(setup_id, {"renewed:test": setup.fingerprint()})
    said = done(wiz, setup_id)
    assert "The client secret was renewed after the test sign-in." in said
    assert "Nobody has signed in here with the new one." in said
    assert "still has to be put into Syncro" in said
    wiz.store.set_ticks(setup_id, "renew", {"handed-over": True})
    assert "The old one is still to be removed" in done(wiz, setup_id)
    wiz.store.save_answers(setup_id, {"renews": None})
    said = done(wiz, setup_id)
    assert "was renewed after the test sign-in" in said
    assert "old one" not in said
    run = as_rows([passed("sign_in_came_back")])
    wiz.store.add_run(setup_id, setup.fingerprint(), "pass", run, {"account": "admin@example.org"})
    assert "Nobody has signed in" not in done(wiz, setup_id)


def done(wiz, setup_id):
    from datetime import UTC, datetime

    built = record.build(setups.load(wiz.store, wiz.vault, setup_id, 8765), datetime.now(UTC))
    return " ".join(next(s for s in built.sections if s.title == "What was done").points)


def test_a_setup_whose_secret_was_never_renewed_says_nothing_of_it(use):
    use.to_signed_in()
    assert "renewed" not in done(use.app, use.id)
