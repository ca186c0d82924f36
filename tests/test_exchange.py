"""A setup as a file: what is in it, what is not, and that a hostile one changes nothing."""

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.app import REDIRECT_URI, wizard
from tests.support.made_up import made_up
from wizard import exchange, setups
from wizard.exchange import ExchangeError
from wizard.oidc.finding import passed, warned
from wizard.setups import as_rows

NOW = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"
ANSWERS = {
    "redirect_uri": REDIRECT_URI,
    "client_id": "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a",
    "metadata_url": "https://op.example/.well-known/openid-configuration",
    "secret_expires": "2027-05-01",
}
FOUND = [
    passed("issuer_matches", actual="https://op.example"),
    warned("product_email_missing", expected="an email claim", actual="none"),
]


def loaded(app, setup_id):
    return setups.load(app.store, app.vault, setup_id, 8765)


@pytest.fixture
def whole(wiz):
    """A setup with everything: answers, a secret, ticks, and two test sign-ins."""
    setup_id = wiz.store.create_setup("syncro", "oidc", "First customer 👩‍🔧")
    wiz.store.save_answers(setup_id, ANSWERS | {"secret_version": "v1"})
    wiz.vault.put(setup_id, "v1", SECRET)
    wiz.visitor.secrets.append(SECRET)
    wiz.store.set_ticks(setup_id, "before", {"ready": True})
    wiz.store.set_ticks(setup_id, "turn-on", {"enable": True})
    mark = loaded(wiz, setup_id).fingerprint()
    claims = {"claims": {"sub": "a1b2"}, "issuer": "https://op.example"}
    wiz.store.add_run(setup_id, mark, "fail", [], claims)
    details = claims | {"account": "admin@example.org"}
    wiz.store.add_run(setup_id, mark, "warn", as_rows(FOUND), details)
    return loaded(wiz, setup_id)


def import_file(app, data: bytes, name: str = "setup.json"):
    home = app.visitor.get("/")
    return app.visitor.submit(home, "import", file=(io.BytesIO(data), name))


def test_it_holds_answers_ticks_and_runs_and_neither_secret_nor_claims(whole):
    data = exchange.write(whole, NOW)
    file = json.loads(data)
    assert file["latchkey_setup"] == 1
    assert file["answers"] == ANSWERS
    assert file["ticks"] == ["enable"]
    assert [run["verdict"] for run in file["runs"]] == ["warn", "fail"]
    assert file["runs"][0]["account"] == "admin@example.org"
    assert SECRET not in data.decode()
    assert "a1b2" not in data.decode()
    assert whole.values.secret_version not in json.dumps(file["answers"])


def test_on_another_computer_it_is_the_same_setup_and_waits_for_its_secret(
    wiz, whole, tmp_path_factory
):
    data = wiz.visitor.get(f"/setups/{whole.id}/export").text.encode()
    with wizard(tmp_path_factory.mktemp("elsewhere")) as other:
        page = import_file(other, data)
        assert page.path.endswith("/before"), "she reads what she needs there first"
        setup = loaded(other, page.path.split("/")[2])
        assert setup.row.name == whole.row.name
        assert (setup.product.slug, setup.provider.slug) == ("syncro", "oidc")
        for field, value in ANSWERS.items():
            assert getattr(setup.values, field) == value
        assert setup.values.client_secret == ""
        assert set(setup.ticks["turn-on"]) == {"enable"}
        page = other.visitor.submit(page)
        assert page.path.endswith("/client-secret")


def test_the_runs_are_history_there_and_no_proof(wiz, whole):
    page = import_file(wiz, exchange.write(whole, NOW))
    setup = loaded(wiz, page.path.split("/")[2])
    assert [run.verdict for run in setup.runs] == ["warn", "fail"]
    newest = setup.runs[0]
    assert newest.details["imported"] is True
    assert newest.ended_at == whole.runs[0].ended_at
    assert newest.findings[1]["code"] == "product_email_missing"
    assert setup.run is None
    assert setup.imported_run == newest
    assert setup.withdrawn_run is None
    home = wiz.visitor.get("/")
    assert "made on another computer, no proof here" in home.words
    record = wiz.visitor.get(f"/setups/{setup.id}/record").words
    assert "made on another computer, so no proof here" in record
    assert "no test sign-in counts for them" in record


def test_a_product_without_a_secret_has_no_proof_from_elsewhere_either(wiz):
    setup_id = wiz.store.create_setup("connectwise", "oidc", "")
    wiz.store.save_answers(setup_id, {k: v for k, v in ANSWERS.items() if k != "secret_expires"})
    wiz.store.add_run(setup_id, loaded(wiz, setup_id).fingerprint(), "pass", [], {})
    page = import_file(wiz, exchange.write(loaded(wiz, setup_id), NOW))
    page = wiz.visitor.submit(page)
    assert page.path.endswith("/test")
    assert "The test sign-in was made on another computer" in page.words
    assert page.verdict is None


def test_an_imported_setup_can_be_exported_again_with_its_times_kept(wiz, whole):
    page = import_file(wiz, exchange.write(whole, NOW))
    again = json.loads(exchange.write(loaded(wiz, page.path.split("/")[2]), NOW))
    assert again == json.loads(exchange.write(whole, NOW))


def test_what_is_written_can_always_be_read(wiz):
    """Long texts, many runs, control characters: what is too much is left out, the oldest first."""
    setup_id = wiz.store.create_setup("syncro", "entra", "n" * 80)
    long = {"redirect_uri": "https://a.example/" + "é" * 2030, "client_id": "c" * 512}
    wiz.store.save_answers(setup_id, long | {"secret_version": "v1"})
    wiz.vault.put(setup_id, "v1", "nnnnnn")  # a secret that is in the name, many times
    noise = as_rows([warned("product_email_strange", actual="\x1b[31m\n\u202e☂" * 200)] * 9)
    for _ in range(30):
        wiz.store.add_run(setup_id, "x", "warn", noise, {"account": "é" * 900})
    many = as_rows([warned("product_email_strange", actual="a")] * 120)
    wiz.store.add_run(setup_id, "x", "warn", many, {"account": "a user"})
    data = exchange.write(loaded(wiz, setup_id), NOW)
    assert len(data) <= exchange.MAX_BYTES
    file = exchange.read(data)
    assert file.answers.client_id == "c" * 512
    assert len(file.name) <= 80
    newest, *others = file.runs
    assert (newest.account, len(newest.findings)) == ("a user", 100)
    assert 0 < len(others) < 19
    assert all(len(run.findings) == 9 for run in others)


@pytest.mark.parametrize(
    ("product", "given"),
    [
        (
            "argocd",
            {
                "product_address": "https://argo.example.com",
                "redirect_uri": "https://argo.example.com/auth/callback",
            },
        ),
        (
            "gitea",
            {
                "product_address": "https://git.example.com",
                "part_auth_name": "Our%20SSO",
                "redirect_uri": "https://git.example.com/user/oauth2/Our%20SSO/callback",
            },
        ),
        ("grafana", {"redirect_uri": f"https://{'a' * 1100}/login/generic_oauth"}),
    ],
)
def test_what_a_redirect_uri_was_made_from_comes_along(product, given, wiz):
    setup_id = wiz.store.create_setup(product, "oidc", "")
    wiz.store.save_answers(setup_id, given)
    before = loaded(wiz, setup_id)
    page = import_file(wiz, exchange.write(before, NOW))
    after = loaded(wiz, page.path.split("/")[2])
    assert after.values == before.values
    assert after.other_uris() == before.other_uris()


def good() -> dict:
    return {
        "latchkey_setup": 1,
        "exported_at": "2026-11-03T09:05:00+00:00",
        "product": "syncro",
        "provider": "entra",
        "name": "",
        "answers": dict(ANSWERS),
        "ticks": ["enable"],
        "runs": [{"verdict": "pass", "made_at": "2026-11-03T09:05:00+00:00"}],
    }


def with_(path: str, value: object) -> bytes:
    """The good file with one value set: `with_("answers.client_id", 5)`."""
    file = good()
    *above, last = path.split(".")
    place = file
    for name in above:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[int(last) if isinstance(place, list) else last] = value
    return json.dumps(file).encode()


BAD = {
    "nothing at all": (b"", "is empty"),
    "no text": (b"\xff\xfe\x00", "is not text"),
    "no JSON": (b"PK\x03\x04 a zip", "is not JSON"),
    "a list": (b"[1, 2]", "holds no setup"),
    "a name twice": (b'{"latchkey_setup": 1, "latchkey_setup": 1}', "names a value twice"),
    "no number": (b'{"latchkey_setup": NaN}', "holds no setup"),
    "too deep": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "holds no setup"),
    "too large": (b'{"a": "' + b"x" * exchange.MAX_BYTES + b'"}', "larger than 48 KiB"),
    "another format": (b'{"latchkey_setup": "1"}', "no setup that Latchkey exported"),
    "an older format": (with_("latchkey_setup", 0), "no setup that Latchkey exported"),
    "a truth for a number": (with_("latchkey_setup", True), "no setup that Latchkey exported"),
    "a newer format": (b'{"latchkey_setup": 2, "surprise": {}}', "A newer Latchkey"),
    "a key nobody knows": (with_("client_secret", SECRET), "no setup that Latchkey exported"),
    "a secret among the answers": (with_("answers.client_secret", SECRET), "look at answers"),
    "a number for a text": (with_("answers.client_id", 5), "look at answers.client_id"),
    "a text too long": (with_("answers.client_id", "x" * 513), "look at answers.client_id"),
    "a line break": (with_("answers.redirect_uri", "https://a\nb"), "line breaks"),
    "a control character": (with_("name", "a\x1b[31m"), "line breaks or control characters"),
    "a half character": (b'{"latchkey_setup": 1, "name": "\\ud800"}', "is not text"),
    "a product nobody knows": (with_("product", "nobody"), "no guide for the product “nobody”"),
    "a path for a product": (with_("product", "../entra"), "look at product"),
    "a provider nobody knows": (with_("provider", "nobody"), "no guide for the provider"),
    "no date": (with_("answers.secret_expires", "tomorrow"), "no date"),
    "no such date": (with_("answers.secret_expires", "2027-02-30"), "no date"),
    "a date in another spelling": (with_("answers.secret_expires", "20270501"), "no date"),
    "a time before all times": (with_("runs.0.made_at", "0001-01-01T00:00:00+23:00"), "no time"),
    "an address of no product": (
        with_("answers.product_address", "javascript://x"),
        "an address of the product that is none",
    ),
    "no time": (with_("runs.0.made_at", "yesterday"), "a time that is no time"),
    "a time of nowhere": (with_("runs.0.made_at", "2026-11-03T09:05:00"), "no time"),
    "a verdict of its own": (with_("runs.0.verdict", "proved"), "look at runs[0].verdict"),
    "a finding of no code": (
        with_("runs.0.findings", [{"code": "<b>", "status": "pass"}]),
        "look at runs[0].findings[0].code",
    ),
    "too many runs": (with_("runs", good()["runs"] * 21), "look at runs"),
    "a tick that is no name": (with_("ticks", ["</script>"]), "look at ticks[0]"),
}


@pytest.fixture(scope="module")
def without_setups(tmp_path_factory):
    with wizard(tmp_path_factory.mktemp("data")) as app:
        yield app


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_none_is_refused_in_a_sentence_and_changes_nothing(kind, without_setups):
    data, sentence = BAD[kind]
    page = import_file(without_setups, data)
    assert page.status == 400
    assert page.h1 == "This file was not imported"
    assert sentence in page.words
    assert "invalid" not in page.words.lower()
    assert without_setups.store.setups() == []


def test_the_good_file_is_one(wiz):
    assert import_file(wiz, json.dumps(good()).encode()).path.endswith("/before")
    assert len(wiz.store.setups()) == 1


def test_a_file_too_large_for_a_form_is_refused_too(wiz):
    page = import_file(wiz, b"x" * 200_000)
    assert page.status == 413
    assert wiz.store.setups() == []


def test_no_file_is_said_to_be_none(wiz):
    page = wiz.visitor.submit(wiz.visitor.get("/"), "import")
    assert page.status == 400
    assert "No file was chosen" in page.words


@pytest.mark.parametrize(
    "uri", ["data:text/html,x", "http://169.254.169.254/latest", "<script>alert(1)</script>"]
)
def test_values_that_cannot_be_right_are_judged_like_pasted_ones(uri, wiz):
    values = {"redirect_uri": uri, "metadata_url": uri, "client_id": uri}
    page = import_file(wiz, with_("answers", values))
    page = wiz.visitor.submit(page)
    assert page.path.endswith("/redirect-uri"), "the flow stops at the first that is wrong"


def test_an_import_that_cannot_be_saved_leaves_nothing(wiz):
    rows = exchange.read(json.dumps(good()).encode()).rows()
    rows.append({"verdict": None, "findings": [], "details": {}, "ended_at": ""})
    with pytest.raises(Exception, match=r"NOT NULL|could not"):
        wiz.store.import_setup("syncro", "entra", "", ANSWERS, {"turn-on": ["enable"]}, rows)
    assert wiz.store.setups() == []


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@made_up(200)
@given(st.sampled_from(sorted(good())), _VALUES)
def test_any_value_anywhere_is_read_or_refused_and_nothing_else(name, value):
    file = json.dumps(good() | {name: value}).encode()
    sentence = ""
    try:
        exchange.read(file)
    except ExchangeError as error:
        sentence = error.sentence
    assert sentence == "" or sentence.endswith(".")


@made_up(100)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_nothing_else(data):
    with pytest.raises(ExchangeError):
        exchange.read(data)
