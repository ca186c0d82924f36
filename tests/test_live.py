"""Live checks: rows as they come, the newest value only, and Continue that asks nothing twice."""

import re
import threading
from dataclasses import replace

import msgspec
import pytest

from tests.support.app import CALLBACK, REDIRECT_URI, wizard
from tests.support.entra_like import App
from tests.support.odd_provider import Said
from tests.support.whole_provider import DOCUMENT, WholeProvider
from wizard import judging, setups
from wizard.live import Cancelled, Runs
from wizard.oidc.finding import Status

CLIENT_ID = "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a"
OTHER_ID = "6e2b1f1f-3f7c-4d2f-8b66-1d2f3e4c5b6b"
# Microsoft's own published example, its checksum right; and one made in the same way.
SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"
WRONG = "yyy8Q~yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"


@pytest.fixture
def provider():
    app = App(CLIENT_ID, (REDIRECT_URI, CALLBACK), {SECRET: ""})
    with WholeProvider(app) as op:
        yield op


@pytest.fixture
def runs():
    """Nobody waits here: a second of waiting takes two milliseconds."""
    found = Runs(pace=0.002)
    yield found
    found.close()


@pytest.fixture
def wiz(tmp_path, runs):
    with wizard(tmp_path, runs=runs) as app:
        app.visitor.secrets += [SECRET, WRONG]
        yield app


def saved(wiz, provider):
    """The id of a setup with the Entra guide, whose metadata URL is the provider's."""
    entra = {"provider": "entra", "client_id": CLIENT_ID, "client_secret": SECRET}
    setup_id = wiz.saved_before("metadata", **entra)
    wiz.store.save_answers(setup_id, {"metadata_url": provider.metadata_url})
    return setup_id


def at(wiz, step, provider):
    """The page of `step` in such a setup."""
    return wiz.visitor.get(f"/setups/{saved(wiz, provider)}/{step}")


def loaded(wiz):
    return setups.load(wiz.store, wiz.vault, wiz.store.setups()[0].id, 8765)


def asked(provider):
    return {path: provider.count(path) for path in (DOCUMENT, "/authorize", "/token")}


# --- the registry


def begin(runs, setup, slug="metadata", **changed):
    values = replace(setup.values, **changed)
    return runs.start(setup, slug, values, judging.TOPICS_OF_STEP[slug])


def heard(run, after=0):
    """Every topic in the order in which it was heard of."""
    topics = []
    while True:
        rows, _, after, over = run.news(after, 20)
        topics += [row.topic for row in rows]
        if over:
            return topics


def test_the_questions_about_the_client_do_not_wait_for_the_keys(wiz, provider, runs):
    saved(wiz, provider)
    keys, token = provider.hold("/keys"), provider.hold("/token")
    authorize = provider.hold("/authorize")
    run = begin(runs, loaded(wiz))
    for gate in (keys, token, authorize):
        assert gate.reached.wait(20), "it waits for another answer"
    token.open()
    authorize.open()
    keys.open()
    assert set(heard(run)) == {"discovery", "registration", "secret"}
    first = min(run.rows, key=lambda row: row.turn)
    assert first.topic == "discovery", "the others need it to be understood"


def test_keys_that_cannot_be_had_do_not_hide_what_is_said_of_the_client(wiz, provider, runs):
    saved(wiz, provider)
    provider.answers["/keys"] = lambda _: Said(404)
    run = begin(runs, loaded(wiz))
    assert set(heard(run)) == {"discovery", "registration", "secret"}
    codes = {f.code: f.status for found in run.asked.findings.values() for f in found}
    assert codes["keys_http_status"] is Status.FAIL
    assert codes["client_secret_accepted"] is Status.PASS


def test_where_the_document_fails_only_its_keys_are_asked_for(wiz, provider, runs):
    saved(wiz, provider)
    good = provider.answers[DOCUMENT]
    other = {**provider.document, "issuer": "https://another.example"}
    provider.answers[DOCUMENT] = lambda _: Said(200, other, content_type="application/json")
    assert heard(begin(runs, loaded(wiz))) == ["discovery"]
    assert asked(provider) == {DOCUMENT: 1, "/authorize": 0, "/token": 0}
    provider.answers[DOCUMENT] = good


def test_the_document_is_heard_of_first_then_whoever_answers_first(wiz, provider, runs):
    saved(wiz, provider)
    gate = provider.hold("/authorize")
    run = begin(runs, loaded(wiz))
    topics, turn = [], 0
    while topics != ["discovery", "secret"]:
        rows, _, turn, over = run.news(turn, 20)
        assert not over
        topics += [row.topic for row in rows]
        assert "registration" not in topics
    gate.open()
    assert heard(run, turn) == ["registration"]
    assert all(row.took_ms >= 0 for row in run.rows)
    assert [row.topic for row in run.rows] == ["discovery", "registration", "secret"]


def test_a_whole_run_is_frugal(wiz, provider, runs):
    saved(wiz, provider)
    asked_before = asked(provider)
    heard(begin(runs, loaded(wiz)))
    count = {path: n - asked_before[path] for path, n in asked(provider).items()}
    assert count[DOCUMENT] == 1
    assert 0 < count["/authorize"] <= 10
    assert 0 < count["/token"] <= 12


def test_a_newer_value_ends_the_older_check_which_asks_nothing_more(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    gate = provider.hold(DOCUMENT)
    older = begin(runs, setup, client_id=OTHER_ID)
    assert gate.reached.wait(20)
    newer = begin(runs, setup)
    assert older.cancelled
    assert older.news(0, 20)[0] == [], "whoever looks at it is told nothing"
    with pytest.raises(Cancelled):
        older.wait()
    gate.open()
    assert newer.wait().findings["registration"]
    assert not [each for each in provider.asked if each.client_id == OTHER_ID]
    assert older.rows == []


def test_checks_of_other_setups_and_steps_are_left_alone(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    gate = provider.hold(DOCUMENT)
    one = begin(runs, setup, "client-id", client_id=OTHER_ID)
    two = begin(runs, setup, "metadata")
    gate.open()
    assert one.wait().findings["registration"]
    assert two.wait().findings["registration"]


def test_the_same_values_under_way_are_asked_about_once(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    gate = provider.hold(DOCUMENT)
    one = begin(runs, setup)
    # The secret counts by itself: its version is made anew with every request.
    two = begin(runs, setup, secret_version="another")
    assert two is one
    gate.open()
    one.wait()
    assert begin(runs, setup) is one, "it ended a moment ago, and nothing failed"
    assert begin(runs, setup, client_secret=WRONG) is not one


def test_a_failure_that_was_seen_is_asked_about_afresh(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    provider.apps[CLIENT_ID].redirect_uris = (REDIRECT_URI,)
    one = begin(runs, setup)
    heard(one)
    assert {f.code for f in one.asked.findings["registration"] if f.status is Status.FAIL}
    provider.apps[CLIENT_ID].redirect_uris = (REDIRECT_URI, CALLBACK)
    two = begin(runs, setup)
    assert two is not one
    assert all(f.status is not Status.FAIL for f in two.wait().findings["registration"])


def test_a_result_is_not_taken_half_a_minute_later(wiz, provider):
    clock = [0.0]
    runs = Runs(now=lambda: clock[0])
    saved(wiz, provider)
    setup = loaded(wiz)
    one = begin(runs, setup)
    heard(one)
    clock[0] = 29.0
    assert begin(runs, setup) is one
    clock[0] = 31.0
    two = begin(runs, setup)
    assert two is not one
    heard(two)
    runs.close()


def test_a_check_that_somebody_waits_for_is_not_ended_by_another_tab(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    gate = provider.hold(DOCUMENT)
    answers = []
    topics = judging.TOPICS_OF_STEP["metadata"]
    waiting = threading.Thread(
        target=lambda: answers.append(runs.ask(setup, "metadata", setup.values, topics))
    )
    waiting.start()
    assert gate.reached.wait(20)
    begin(runs, setup, client_id=OTHER_ID)
    gate.open()
    waiting.join(20)
    assert [run.cancelled for run in answers] == [False]
    assert answers[0].asked.findings["secret"]


def test_only_so_many_are_under_way_at_once(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    gate = provider.hold(DOCUMENT)
    many = [
        runs.start(setup, f"step-{n}", replace(setup.values, client_id=f"client-{n}"), ["secret"])
        for n in range(9)
    ]
    assert [run.cancelled for run in many] == [True] * 3 + [False] * 6
    gate.open()


def test_no_repr_holds_the_secret(wiz, provider, runs):
    saved(wiz, provider)
    run = begin(runs, loaded(wiz))
    run.wait()
    assert SECRET not in repr(run)
    assert SECRET not in run.mark


# --- a secret that is only too fresh


def test_a_fresh_secret_is_asked_about_again_and_turns(wiz, provider, runs):
    saved(wiz, provider)
    setup = loaded(wiz)
    provider.apps[CLIENT_ID].secrets.clear()
    gate = provider.hold("/token", lambda _: provider.count("/token") > 2)
    run = begin(runs, setup)
    first = run.wait()
    assert [f.code for f in first.findings["secret"]] == ["client_secret_refused"]
    assert run.is_asking_again
    kept = []
    run.keep(first, kept.append)
    assert gate.reached.wait(20)
    provider.apps[CLIENT_ID].secrets[SECRET] = ""
    gate.open()
    heard(run)
    assert [f.code for f in run.asked.findings["secret"]] == ["client_secret_accepted"]
    assert run.turned
    assert kept == [run.asked]


def test_a_wrong_secret_is_asked_about_four_times_and_no_more(wiz, provider, runs):
    saved(wiz, provider)
    provider.apps[CLIENT_ID].secrets.clear()
    before = provider.count("/token")
    run = begin(runs, loaded(wiz))
    heard(run)
    assert provider.count("/token") - before == 8, "each time with a made-up one beside it"
    _, again, _, _ = run.news(0, 0)
    assert (again.seconds, again.asked) == (0, 4)
    assert not run.turned


@pytest.mark.parametrize("number", ["disabled", "guide without it"])
def test_only_a_refusal_that_may_pass_is_asked_about_again(wiz, provider, runs, number):
    saved(wiz, provider)
    setup = loaded(wiz)
    if number == "disabled":
        provider.apps[CLIENT_ID].enabled = False
    else:
        provider.apps[CLIENT_ID].secrets.clear()
        plain = replace_guide(setup.provider, fresh_seconds=0)
        setup = replace(setup, provider=plain)
    run = begin(runs, setup)
    heard(run)
    assert any(f.status is Status.FAIL for f in run.asked.findings["secret"])
    assert provider.count("/token") <= 4
    assert run.news(0, 0)[1] is None


def replace_guide(provider, **changed):
    check = msgspec.structs.replace(provider.secret_check, **changed)
    return msgspec.structs.replace(provider, secret_check=check)


# --- the pages


def token_of(page):
    return [("csrf_token", page.form().one("input", name="csrf_token").get("value"))]


def check(wiz, page, **answers):
    """What the page gets at once when this is pasted."""
    fields = [*token_of(page), *answers.items()]
    path = f"{page.path}/check"
    return wiz.visitor.fetch("POST", path, fields, {"Accept": "text/html"}, fragment=True)


def more(wiz, fragment):
    """What the page asks for next, until it asks no more."""
    found = []
    while poller := [e for e in fragment.root.walk() if "hx-get" in e]:
        fragment = wiz.visitor.fetch("GET", poller[0].get("hx-get"), fragment=True)
        found.append(fragment)
    return found


def test_the_page_gets_the_shape_at_once_and_then_a_row_a_topic(wiz, provider):
    page = at(wiz, "metadata", provider)
    gate = provider.hold(DOCUMENT)
    fragment = check(wiz, page, metadata_url=provider.metadata_url)
    busy = [e.text for e in fragment.root.all("li") if "busy" in e.get("class")]
    assert busy == [
        "Asking Entra for the metadata document…",
        "Asking Entra about the client ID and the redirect URIs…",
        "Asking Entra about the client secret…",
    ]
    assert fragment.findings, "what its shape says is there already"
    gate.open()
    parts = more(wiz, fragment)
    codes = {code for part in parts for code, _, _ in part.findings}
    assert {"client_id_known", "client_secret_accepted"} <= codes
    ids = [e.get("id") for e in fragment.root.all("ul") if e.get("id").startswith("row-")]
    late = [e.get("id") for p in parts for e in p.root.all("ul") if e.get("hx-swap-oob")]
    assert set(late) <= set(ids), "each goes where room was kept"
    assert len(late) == len(set(late)) == 3


def test_each_row_is_read_out_once(wiz, provider):
    page = at(wiz, "client-id", provider)
    parts = more(wiz, check(wiz, page, client_id=OTHER_ID))
    said = [
        p.text
        for part in parts
        for e in part.root.where(lambda e: e.get("hx-swap-oob").startswith("beforeend"))
        for p in e.all("p")
    ]
    assert len(said) == len(set(said)) == 3
    assert sum("Failed" in text for text in said) >= 1


def test_a_check_changes_nothing_on_the_disk(wiz, provider):
    page = at(wiz, "client-id", provider)
    before = (wiz.store.answers(loaded(wiz).id), wiz.store.checks(loaded(wiz).id))
    more(wiz, check(wiz, page, client_id=OTHER_ID))
    assert (wiz.store.answers(loaded(wiz).id), wiz.store.checks(loaded(wiz).id)) == before


def test_after_a_document_that_fails_the_rest_is_said_not_to_be_asked(wiz, provider):
    page = at(wiz, "client-id", provider)
    provider.answers[DOCUMENT] = lambda _: provider._json({"issuer": 1})
    parts = more(wiz, check(wiz, page, client_id=CLIENT_ID))
    words = " ".join(part.root.text for part in parts)
    assert "was not asked about the client secret: the metadata document has to be right" in words
    assert provider.count("/token") == 0


def test_continue_takes_up_the_check_of_the_same_values(wiz, provider):
    page = at(wiz, "client-secret", provider)
    provider.asked.clear()
    fragment = check(wiz, page, client_secret=SECRET)
    first = wiz.visitor.submit(page, client_secret=SECRET)
    assert first.path.endswith("/test")
    more(wiz, fragment)
    count = asked(provider)
    assert count[DOCUMENT] == 1
    assert count["/token"] <= 12
    assert judging.unasked(loaded(wiz)) == ["registration"], "which this step does not ask about"


def test_a_check_that_nobody_knows_any_more_says_so(wiz, provider):
    page = at(wiz, "client-id", provider)
    gone = wiz.visitor.fetch("GET", f"{page.path}/check/nothing?after=0", fragment=True)
    assert gone.headers["HX-Retarget"] == "#checks"
    assert "Save and continue asks again" in gone.root.text


def test_a_script_gets_the_whole_in_one_answer(wiz, provider):
    page = at(wiz, "metadata", provider)
    token = page.form().one("input", name="csrf_token").get("value")
    provider.apps[CLIENT_ID].secrets.clear()
    answer = wiz.visitor.fetch(
        "POST",
        f"{page.path}/check",
        [("csrf_token", token), ("metadata_url", provider.metadata_url)],
        {"Accept": "application/json"},
    )
    assert '"client_secret_refused"' in answer.text
    assert '"client_id_known"' in answer.text
    assert provider.count("/token") == 2, "and nothing again later"


def test_continue_shows_a_refused_secret_and_keeps_that_it_turned(wiz, provider):
    page = at(wiz, "client-secret", provider)
    provider.apps[CLIENT_ID].secrets = {}
    gate = provider.hold("/token", lambda _: provider.count("/token") > 2)
    page = wiz.visitor.submit(page, client_secret=SECRET)
    assert page.path.endswith("/client-secret")
    assert page.status_of("client_secret_refused") == ["fail"]
    assert "If you made it just now" in page.words
    assert loaded(wiz).current_check("secret").findings[0]["code"] == "client_secret_refused"
    assert gate.reached.wait(20)
    provider.apps[CLIENT_ID].secrets[SECRET] = ""
    gate.open()
    parts = more(wiz, page)
    assert "client_secret_accepted" in {code for part in parts for code, _, _ in part.findings}
    assert "Save and continue goes on" in parts[-1].root.text
    assert loaded(wiz).current_check("secret").findings[0]["code"] == "client_secret_accepted"
    page = wiz.visitor.submit(wiz.visitor.get(page.path))
    assert not page.path.endswith("/client-secret")


# --- what depends on a changed value


def test_what_nothing_is_known_about_is_said_and_asked_from_the_metadata_page(wiz, provider):
    page = wiz.visitor.submit(at(wiz, "metadata", provider))
    assert page.path.endswith("/test")
    assert not page.root.where(lambda e: "data-to-be-asked" in e)
    page = wiz.visitor.get(page.path.replace("/test", "/client-id"))
    wiz.store.save_answers(loaded(wiz).id, {"redirect_uri": "https://product.example/other"})
    page = wiz.visitor.get(page.path)
    assert page.status_of("client_id_known") == [], "it was about another redirect URI"
    page = wiz.visitor.get(page.path.replace("/client-id", "/test"))
    assert "has not been asked about the client ID and the redirect URIs" in page.words
    page = wiz.visitor.get(page.path.replace("/test", "/metadata"))
    assert "has not been asked about the client ID and the redirect URIs" in page.words
    page = wiz.visitor.submit(page)
    assert page.status_of("redirect_uri_refused") == ["fail"]


# --- what was pasted

OVERVIEW = f"""Display name
Example
Application (client) ID
{CLIENT_ID}
Object ID
a87ff679-a2f3-471d-8d9e-3b2c1a0f9e8d
Directory (tenant) ID
8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c
"""
AZ = f"""{{"appId": "{CLIENT_ID}", "displayName": "x", "password": "{SECRET}",
 "tenant": "8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c"}}"""
METADATA_URL = (
    "https://login.microsoftonline.com/8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c/v2.0"
    "/.well-known/openid-configuration"
)


def one_line(text):
    return re.sub(r"[\r\n]", "", text)


def offered(fragment):
    return [li.text for e in fragment.root.where(lambda e: "data-offer" in e) for li in e.all("li")]


def take(wiz, page, fragment):
    button = fragment.root.one("button", form="take")
    form = page.form("take")
    token = form.one("input", name="csrf_token").get("value")
    fields = [("csrf_token", token), ("back", "client-id"), ("handle", button.get("value"))]
    return wiz.visitor.follow(wiz.visitor.fetch("POST", form.get("action"), fields))


def test_a_whole_overview_block_is_offered_for_the_right_fields_and_taken_on_her_click(wiz):
    page = wiz.saved_at("client-id", provider="entra")
    fragment = check(wiz, page, client_id=one_line(OVERVIEW), pasted=OVERVIEW)
    assert offered(fragment) == [
        f"Application (client) ID: {CLIENT_ID}",
        f"OpenID Connect metadata document: {METADATA_URL}",
    ]
    assert loaded(wiz).values.client_id == "", "offered, not put in"
    page = take(wiz, page, fragment)
    assert page.path.endswith("/client-id")
    assert page.root.one("input", name="client_id").get("value") == CLIENT_ID
    assert loaded(wiz).values.metadata_url == METADATA_URL


def test_the_secret_in_a_paste_is_taken_without_being_in_any_page(wiz):
    page = wiz.saved_at("client-id", provider="entra")
    fragment = check(wiz, page, client_id=one_line(AZ), pasted=AZ)  # linted: no secret in it
    assert "Client secret value: 40 characters, not shown" in offered(fragment)
    take(wiz, page, fragment)
    assert loaded(wiz).values.client_secret == SECRET
    assert loaded(wiz).values.client_id == CLIENT_ID


def test_an_offer_is_taken_once_and_by_its_own_setup_only(wiz):
    page = wiz.saved_at("client-id", provider="entra")
    fragment = check(wiz, page, client_id="x", pasted=OVERVIEW)
    other = wiz.setup("connectwise", "entra")
    other_id = other.path.split("/")[2]
    handle = fragment.root.one("button", form="take").get("value")
    token = page.form().one("input", name="csrf_token").get("value")
    fields = [("csrf_token", token), ("handle", handle)]
    assert wiz.visitor.fetch("POST", f"/setups/{other_id}/offer", fields).status == 410
    assert take(wiz, page, fragment).status == 200
    again = take(wiz, page, fragment)
    assert again.status == 410
    assert "paste it again" in again.words


OUTPUT = f'{{"client_id": "{CLIENT_ID}", "client_secret": "{SECRET}"}}'
NOTES = f"Client ID\n{CLIENT_ID}\nExpires\n2099-12-31\nClient secret\n{SECRET}\n"
TENANT = "8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c"


def at_client_id(wiz, provider, **saved):
    """A setup at its client ID, nothing answered but the redirect URI and what is `saved`."""
    setup_id = wiz.saved_before("client-id", provider="entra")
    wiz.store.save_answers(setup_id, {"metadata_url": provider.metadata_url, **saved})
    return wiz.visitor.get(f"/setups/{setup_id}/client-id")


def told_taken(page):
    """What the page says has been put in its field."""
    return [li.text for e in page.root.where(lambda e: "data-taken" in e) for li in e.all("li")]


@pytest.mark.parametrize(
    "sent",
    [{"client_id": OUTPUT}, {"client_id": one_line(NOTES), "pasted": NOTES}, {"client_id": NOTES}],
    ids=["one line, without script", "several lines, with script", "several lines"],
)
def test_continue_puts_what_was_pasted_in_its_fields_where_nothing_is_left_to_ask(
    wiz, provider, sent
):
    page = at_client_id(wiz, provider)
    fragment = check(wiz, page, **sent)
    assert "Save and continue puts them in their fields" in fragment.root.text
    assert fragment.findings == [], "nothing red about a text that Continue takes apart"
    assert loaded(wiz).values.client_id == "", "until then nothing is saved"
    page = wiz.visitor.fetch("POST", page.path, [*token_of(page), *sent.items()])
    page = wiz.visitor.follow(page)
    values = loaded(wiz).values
    assert (values.client_id, values.client_secret) == (CLIENT_ID, SECRET)
    assert page.path.partition("?")[0].endswith("/test"), "nothing else is asked for"
    assert (
        told_taken(page)[0]
        == f"Application (client) ID: {CLIENT_ID} Change the Application (client) ID"
    )
    assert told_taken(page)[1].startswith("Client secret value: 40 characters, not shown")
    assert all(asked(provider).values()), "Continue asks as ever"


def test_what_is_sure_to_be_wrong_of_it_stops_her_with_what_was_put_where(wiz, provider):
    page = at_client_id(wiz, provider)
    text = NOTES.replace(CLIENT_ID, OTHER_ID)
    page = wiz.visitor.submit(page, client_id=text)
    assert page.path.endswith("/client-id")
    assert page.status_of("client_id_unknown") == ["fail"]
    assert page.root.one("input", name="client_id").get("value") == OTHER_ID
    assert told_taken(page)[0] == f"Application (client) ID: {OTHER_ID}"


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        (OUTPUT, {"client_id": OTHER_ID}),
        (NOTES, {"secret_expires": "2088-01-01"}),
        (f"{OUTPUT} {WRONG}", {}),
        (NOTES.replace("2099-12-31", "3/4/2099"), {}),
        (f"{NOTES}Directory (tenant) ID\n{TENANT}\n", {}),
        (f"{NOTES}Client ID\n{OTHER_ID}\n", {}),
        (f"Client secret\n{SECRET}\nExpires\n2099-12-31\n", {}),
    ],
    ids=[
        *("another client ID", "another date", "two secrets", "a day that reads as two"),
        *("another tenant", "two client IDs", "no client ID"),
    ],
)
def test_where_something_would_give_way_or_is_in_doubt_it_stays_an_offer(
    wiz, provider, text, saved
):
    page = at_client_id(wiz, provider, **saved)
    before = wiz.store.answers(loaded(wiz).id)
    fragment = check(wiz, page, client_id=one_line(text), pasted=text)
    assert offered(fragment)
    assert "Save and continue" not in fragment.root.text
    page = wiz.visitor.submit(page, client_id=text)
    assert page.path.endswith("/client-id")
    assert offered(page)
    assert not told_taken(page)
    assert wiz.store.answers(loaded(wiz).id) == before


def test_a_paste_into_the_midst_of_an_answer_stays_an_offer(wiz, provider):
    page = at_client_id(wiz, provider)
    sent = {"client_id": f"typed{one_line(NOTES)}", "pasted": NOTES}
    assert "Save and continue" not in check(wiz, page, **sent).root.text


def test_a_secret_by_itself_is_left_as_it_was_pasted(wiz, provider):
    page = at(wiz, "client-secret", provider)
    wiz.store.save_answers(loaded(wiz).id, {"secret_version": None})
    wiz.visitor.secrets.append("password=of-the-secret-itself")
    page = wiz.visitor.submit(page, client_secret="password=of-the-secret-itself")
    assert loaded(wiz).values.client_secret == "password=of-the-secret-itself"
    assert not told_taken(page)


def test_a_block_beside_a_day_she_typed_keeps_her_day(wiz, provider):
    page = at(wiz, "client-secret", provider)
    wiz.store.save_answers(loaded(wiz).id, {"secret_version": None})
    fields = {"client_secret": NOTES, "secret_expires": "2088-01-01"}
    assert "Save and continue" not in check(wiz, page, **fields).root.text
    del fields["secret_expires"]
    assert "Save and continue" in check(wiz, page, **fields).root.text


def test_a_secret_in_another_fields_place_is_sent_to_nobody(wiz, provider):
    # Any provider but Entra: there a client ID may be any text.
    setup_id = wiz.saved_before("metadata", client_id="client")
    wiz.store.save_answers(setup_id, {"metadata_url": provider.metadata_url})
    page = wiz.visitor.get(f"/setups/{setup_id}/client-id")
    text = '{"client_id": "client", "client_secret": "not-for-an-address"}'
    wiz.visitor.secrets.append("not-for-an-address")
    fragment = check(wiz, page, client_id=text)
    assert offered(fragment) == [
        "Client ID: client",
        "Client secret: 18 characters, not shown (in place of what is there)",
    ]
    assert more(wiz, fragment) == []
    assert wiz.visitor.submit(page, client_id=text).path.endswith("/client-id")
    assert provider.asked == []


@pytest.mark.parametrize("product", ["syncro", "connectwise"])
def test_a_secret_in_the_client_ids_place_is_named_and_goes_nowhere(wiz, product):
    page = wiz.saved_at("client-id", product=product, provider="entra")
    page = wiz.visitor.submit(page, client_id=SECRET)
    assert page.status_of("client_id_is_secret") == ["fail"]
    assert offered(page) == (
        ["Client secret value: 40 characters, not shown"] if product == "syncro" else []
    )
    assert SECRET not in str(wiz.store.answers(loaded(wiz).id))


def test_a_product_without_a_secret_is_offered_none(wiz):
    page = wiz.saved_at("client-id", product="connectwise", provider="entra")
    fragment = check(wiz, page, client_id=one_line(AZ), pasted=AZ)
    assert [line.partition(":")[0] for line in offered(fragment)] == [
        "Application (client) ID",
        "OpenID Connect metadata document",
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a87ff679-a2f3-471d-8d9e-3b2c1a0f9e8d", "client_id_is_other_value"),
        ("8f14e45f-ceea-467d-9a2b-7c5b1f0d2e3c", "client_id_is_tenant_id"),
    ],
)
def test_ids_that_came_with_a_paste_are_known_again_in_the_wrong_place(wiz, value, code):
    page = wiz.saved_at("client-id", provider="entra")
    page = take(wiz, page, check(wiz, page, client_id="x", pasted=OVERVIEW))
    assert check(wiz, page, client_id=value).status_of(code) == ["fail"]


@pytest.mark.parametrize(
    ("pasted", "offers"),
    [
        (CLIENT_ID, []),
        (f"Application (client) ID: {CLIENT_ID}", []),
        (CLIENT_ID.upper(), []),
        (METADATA_URL, [f"OpenID Connect metadata document: {METADATA_URL}"]),
    ],
)
def test_nothing_is_offered_that_is_in_its_field_already(wiz, pasted, offers):
    page = wiz.saved_at("client-id", provider="entra")
    assert offered(check(wiz, page, client_id=pasted)) == offers


def test_what_was_taken_away_from_a_paste_is_said(wiz):
    page = wiz.saved_at("client-id", provider="entra")
    pasted = f"\u200b{CLIENT_ID}\r\n"
    fragment = check(wiz, page, client_id=f"\u200b{CLIENT_ID}", pasted=pasted)
    assert fragment.status_of("paste_cleaned") == ["pass"]
    assert "line breaks" in fragment.root.text
    assert "invisible characters" in fragment.root.text
