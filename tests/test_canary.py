"""A canary secret, code, verifier and tokens driven down every path: they are found nowhere.

Each path is a row. After it everything is searched: every page, header and cookie, everything
written and logged, and the raw octets of every file in the data directory. The one answer that may
hold the secret is the hand-over's, where she asked for it.
"""

import base64
import contextlib
import html
import io
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from keyring import errors
from keyring.backends.fail import Keyring as NoKeyring

from tests.oidc.tokens import claims, token
from tests.support.app import CALLBACK, REDIRECT_URI, App
from tests.support.canary import Canaries, watch
from tests.support.canary_walk import (
    ACCESS,
    CODE,
    SECRET,
    SECRET_ID,
    WRONG,
    Way,
    all_of_them,
    as_json,
    hear,
    honest,
    id_token,
    path,
    provider,
    setup_of,
)
from tests.support.commands import run_here, run_program
from tests.support.fault_server import FAULTS, LASTING, FaultServer
from tests.support.latchkey import Latchkey
from tests.support.odd_provider import CLIENT_ID, Asked, OddProvider, Said, oauth_error, page
from tests.support.turns import in_turn
from tests.support.visitor import Page, Visitor
from tests.test_vault import Cupboard, ShortCupboard
from wizard import setups
from wizard.answering import Candidate
from wizard.fetch import Fetcher, FetchError
from wizard.instance import Running
from wizard.offers import Offer
from wizard.oidc.discovery import WELL_KNOWN, metadata_from
from wizard.oidc.sign_in import judge_callback
from wizard.oidc.token_answer import judge_token_answer
from wizard.paste import clean
from wizard.paste.recognising import Recognised
from wizard.probes import Registration
from wizard.round_trip import Pending, Started
from wizard.setups import Values
from wizard.store import Store
from wizard.vault import Vault


@pytest.fixture
def quiet(capfd):
    """Everything written and logged while the test runs; searched at its end."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter("%(name)s %(pathname)s %(message)s %(args)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield log
    root.removeHandler(handler)
    root.setLevel(level)
    canaries = all_of_them()
    written = "".join(capfd.readouterr())
    assert canaries.found_in(written) == set(), "standard output or error"
    assert canaries.found_in(log.getvalue()) == set(), "the log"


# --- the paths

Walked = Callable[[Way], None]


def walk_all_of_it(at: Way) -> None:
    """Right from the start to the end, with the live checks, and the hand-over asked for twice."""
    here = at.to_metadata()
    url = f"{at.op.issuer}{WELL_KNOWN}"
    at.check(here, "metadata", metadata_url=url)
    here = at.wiz.visitor.submit(here, metadata_url=url)
    at.check(here, "client-secret", client_secret=SECRET)
    outcome = at.sign_in(here)
    assert outcome.verdict in ("pass", "warn"), outcome.findings
    here = at.wiz.visitor.get(outcome.path.replace("/test", "/handover"))
    ask_for_it(at, here, "handover/secret")
    here = at.wiz.visitor.submit(here)
    assert here.path.endswith("/turn-on")
    at.wiz.visitor.get("/")
    at.look_everywhere(here)


def ask_for_it(at: Way, here: Page, url: str) -> None:
    """The two answers that hold the secret, because she asked to see and to copy it."""
    for accept in ("text/html", "application/json"):
        shown = at.send(here, url, accept)
        assert at.canaries.found_in(shown.text), "she asked for it, and there it is"
        at.asked_for.add(id(shown))


def renew_it(at: Way) -> None:
    """From the wrong secret, gone on with, to the right one: refused, then accepted and shown."""
    here = at.to_test(WRONG)
    at.wiz.store.set_ticks(here.path.split("/")[2], "handover", {"handed-over": True})
    here = at.wiz.visitor.get(f"{setup_of(here)}/renew")
    at.check(here, "client-secret", client_secret=SECRET)
    at.send(here, "renew/check", client_secret=SECRET)
    refused = at.wiz.visitor.submit(here, client_secret=WRONG + "2")
    assert "was not saved" in refused.words
    here = at.wiz.visitor.submit(refused, client_secret=SECRET, secret_expires="2099-12-31")
    ask_for_it(at, here, "renew/secret")
    at.look_everywhere(here)
    at.send(here, "delete")


def paste_what_others_said(at: Way) -> None:
    """The provider's error page and the product's message, with everything secret in them."""
    text = (
        f"Error: client_secret={quote_plus(SECRET)} refused. {SECRET} code={quote_plus(CODE)}&x=y"
    )
    here = at.to_test()
    at.send(here, "test/error", provider_error=text)
    at.sign_in(here)
    here = at.wiz.visitor.get(f"{setup_of(here)}/handover")
    at.send(here, "handover/said", product_message=text)
    at.look_everywhere(here)


def paste_a_whole_output(at: Way) -> None:
    """A tool's output in the wrong field: offered by a handle, and put where it belongs."""
    text = json.dumps({"appId": SECRET_ID, "password": SECRET, "tenant": SECRET_ID})
    here = at.wiz.saved_at("client-id", provider="entra")
    piece = at.send(here, "client-id/check", client_id=text)
    (handle,) = piece.root.all("button", name="handle")
    at.send(here, "client-id/check", "application/json", client_id=text)
    taken = at.send(here, "offer", handle=handle.get("value"), back="client-id")
    assert taken.status == 303
    here = at.wiz.visitor.get(setup_of(here))
    assert at.wiz.vault.place == "memory"
    at.look_everywhere(here)


def wrong_secret(at: Way) -> None:
    here = at.stored(WRONG)
    at.check(here, "client-secret", client_secret=WRONG)
    here = at.to_test(WRONG)
    assert at.sign_in(here).verdict == "fail"


def secret_id_of_entra(at: Way) -> None:
    at.canaries.say("secret ID", SECRET_ID)
    here = at.wiz.saved_at("client-secret", provider="entra", client_id=CLIENT_ID)
    here = at.wiz.visitor.submit(here, client_secret=SECRET_ID)
    assert here.status_of("client_secret_is_secret_id") == ["fail"]
    at.check(here, "client-secret", client_secret=SECRET_ID)
    at.wiz.visitor.submit(here, go_on_anyway="y")


def secret_beside_a_wrong_date(at: Way) -> None:
    here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
    here = at.wiz.visitor.submit(here, client_secret=SECRET, secret_expires="31.12.2099")
    assert "Enter the date" in here.words


def secret_too_long(at: Way) -> None:
    here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
    here = at.wiz.visitor.submit(here, client_secret=SECRET * 100)
    assert "longer than" in here.words


def stale_form(at: Way) -> None:
    here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
    here = at.wiz.visitor.submit(here, client_secret=SECRET, csrf_token="stale")
    assert (here.status, here.h1) == (400, "This page is from an earlier start of Latchkey")


def too_much(at: Way) -> None:
    here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
    here = at.wiz.visitor.submit(here, client_secret=SECRET * 3000)
    assert here.status == 413


def sent_by_another_page(at: Way) -> None:
    here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
    fields = [("client_secret", SECRET)]
    refused = at.wiz.visitor.fetch("POST", here.path, fields, {"Sec-Fetch-Site": "cross-site"})
    assert refused.status == 403


def to_a_wrong_address(at: Way) -> None:
    here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
    csrf = here.form().one("input", name="csrf_token").get("value")
    for url in (f"/nowhere?client_secret={quote(SECRET)}", "/setups/x/client-secret"):
        fields = [("csrf_token", csrf), ("client_secret", SECRET)]
        assert at.wiz.visitor.fetch("POST", url, fields).status in (404, 405)


def forged_and_repeated_answers(at: Way) -> None:
    here = at.to_test()
    for answer in ({"state": "guess"}, {"state": ""}, {"state": "guess", "id_token": ACCESS}):
        assert at.wiz.come_back(code=CODE, **answer).status == 400
    _, params = at.wiz.start_sign_in(here)
    at.op.nonce = params["nonce"]
    for _ in range(2):
        at.wiz.come_back(code=CODE, state=params["state"])


ANSWERS = {
    "an error with code and description": {
        "error": "access_denied",
        "error_description": f"code {CODE}, secret {SECRET}",
    },
    "an error that is the secret": {"error": SECRET},
    "the secret as issuer": {"iss": SECRET},
    "an ID token nobody asked for": {"id_token": ACCESS, "access_token": ACCESS},
    "the code under another name": {"x": CODE, "code": ""},
}


def answers_of_the_callback(name: str) -> Walked:
    def walked(at: Way) -> None:
        assert at.sign_in(at.to_test(), **ANSWERS[name]).verdict in ("fail", "pass")

    return walked


def id_token_in_the_front(at: Way) -> None:
    """ConnectWise: the token comes by form_post. First one that is nothing, then a good one."""
    here = at.to_test(product="connectwise")
    for good in (False, True):
        _, params = at.wiz.start_sign_in(here)
        at.op.nonce = params["nonce"]
        text = id_token(Asked("", {}, CLIENT_ID, provider=at.op)) if good else ACCESS
        at.canaries.say("ID token", text)
        at.canaries.say("ID token's signature", text.rpartition(".")[2])
        fields = [("state", params["state"]), ("id_token", text)]
        came = at.wiz.visitor.fetch(
            "POST", "/callback", fields, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}
        )
        onward = came.root.one("meta", http_equiv="refresh").get("content").partition("url=")[2]
        assert at.wiz.visitor.get(onward).verdict == ("pass" if good else "fail")


PATHS: dict[str, Walked] = {
    "everything right": walk_all_of_it,
    "a wrong secret, gone on with": wrong_secret,
    "a secret renewed": renew_it,
    "pasted error pages and messages": paste_what_others_said,
    "a paste of everything at once": paste_a_whole_output,
    "Entra's Secret ID": secret_id_of_entra,
    "a secret beside a wrong date": secret_beside_a_wrong_date,
    "a secret that is too long": secret_too_long,
    "a stale form": stale_form,
    "a body that is too large": too_much,
    "sent by another page": sent_by_another_page,
    "to an address that is none": to_a_wrong_address,
    "forged and repeated answers": forged_and_repeated_answers,
    "an ID token by form_post": id_token_in_the_front,
    **{f"the callback brings {name}": answers_of_the_callback(name) for name in ANSWERS},
}


@pytest.mark.parametrize("name", PATHS)
def test_it_is_found_nowhere_after(quiet, tmp_path, name):
    with path(tmp_path) as at:
        PATHS[name](at)


# --- a provider that says back what it was sent


def said_back(asked: Asked) -> str:
    """Everything secret of a request, in the spellings a server might quote it in."""
    sent = [asked.secret, asked.params.get("code"), asked.params.get("code_verifier")]
    plain = [text for text in sent if text]
    spelled = [
        spell(text)
        for text in plain
        for spell in (str, quote, quote_plus, html.escape, lambda one: quote(one, safe=""))
    ]
    spelled += [base64.b64encode(text.encode()).decode() for text in plain]
    return " ".join([*spelled, asked.headers.get("Authorization", "")])


ECHOES: dict[str, Callable[[Asked], Said]] = {
    "in error_description": lambda a: oauth_error(
        "invalid_grant", error_description=said_back(a), error_uri=f"https://x/?{said_back(a)}"
    ),
    "in error": lambda a: oauth_error(said_back(a), 401),
    "in a title": lambda a: page(said_back(a), 200, title=html.escape(said_back(a))),
    "in an error page": lambda a: page(said_back(a), 500, title=html.escape(said_back(a))),
    "in a redirect": lambda a: Said(
        302, headers={"Location": f"https://x.example/{quote(said_back(a))}?{quote(said_back(a))}"}
    ),
    "in the content type": lambda a: Said(200, "{}", content_type=quote(said_back(a))),
    "in token_type": lambda a: as_json({"token_type": said_back(a), "id_token": "x"}),
    "in the names of members": lambda a: Said(
        200,
        "{%s: 1, %s: 2}" % ((json.dumps(said_back(a)),) * 2),
        content_type="application/json",
    ),
    "in JSON that breaks": lambda a: Said(
        200, '{"error": ' + json.dumps(said_back(a)) + " oops", content_type="application/json"
    ),
    "in headers": lambda a: Said(
        401,
        {"error": "invalid_client"},
        {"WWW-Authenticate": f'Basic realm="{quote(said_back(a))}"', "Retry-After": "1"},
        "application/json",
    ),
    "as ID token": lambda a: as_json(
        {"token_type": "Bearer", "access_token": said_back(a), "id_token": said_back(a)}
    ),
    "in the ID token's header": lambda a: as_json(
        {
            "token_type": "Bearer",
            "access_token": ACCESS,
            "id_token": token(claims(), kid=said_back(a), typ=said_back(a)),
        }
    ),
    "in the ID token's claims": lambda a: as_json(
        {
            "token_type": "Bearer",
            "access_token": ACCESS,
            "id_token": id_token(
                a,
                aud=said_back(a),
                sub=said_back(a),
                azp=a.secret or "",
                x=a.secret,
            ),
        }
    ),
    "in the claims of a good ID token": lambda a: as_json(
        {
            "token_type": "Bearer",
            "access_token": ACCESS,
            "id_token": id_token(a, name=a.secret, **{said_back(a): [said_back(a)]}),
        }
    ),
}


def named(name, way):
    return f"{name}, {way}"


@pytest.mark.parametrize(
    ("where", "since"),
    in_turn(ECHOES, lambda _: ("from the checks", "sign-in only"), named),
)
def test_a_provider_that_says_it_back_brings_it_nowhere(quiet, tmp_path, where, since):
    def answering(asked: Asked) -> Said:
        redeems = asked.params.get("code") == CODE
        return ECHOES[where](asked) if since == "from the checks" or redeems else honest(asked)

    with path(tmp_path, op=provider(token=answering)) as at:
        here = at.to_test()
        if since == "from the checks":
            at.check(here, "client-secret", client_secret=SECRET)
        assert at.sign_in(here).verdict
        at.wiz.visitor.get("/")
        assert any(asked.secret == SECRET for asked in at.op.asked)


# --- a network that fails


def while_the_document_is_read(at: Way, each: Iterator[str]) -> None:
    for faulty in each:
        here = at.wiz.visitor.submit(at.stored(), metadata_url=faulty + WELL_KNOWN)
        assert here.path.endswith("/metadata"), "it says why, and goes no further"


def while_the_secret_is_checked(at: Way, each: Iterator[str]) -> None:
    for faulty in each:
        with redeems_at(at.op, faulty):
            at.to_test()


def while_the_code_is_redeemed(at: Way, each: Iterator[str]) -> None:
    here = at.to_test()
    for faulty in each:
        with redeems_at(at.op, faulty):
            assert at.sign_in(here).verdict == "fail"


@contextlib.contextmanager
def redeems_at(op: OddProvider, token_endpoint: str) -> Iterator[None]:
    """Its document names another token endpoint for so long."""
    right = op.answers[WELL_KNOWN]
    document = {**op.document, "token_endpoint": token_endpoint}
    op.answers[WELL_KNOWN] = lambda asked: as_json(document)
    yield
    op.answers[WELL_KNOWN] = right


AT_ONCE = sorted(set(FAULTS) - LASTING)
# What goes wrong, and what of ours is in the request that it happens to.
MOMENTS = {
    while_the_document_is_read: b"GET ",
    while_the_secret_is_checked: b"Authorization: Basic ",
    while_the_code_is_redeemed: quote_plus(CODE).encode(),
}


@pytest.mark.parametrize(
    ("moment", "faults"),
    [(moment, AT_ONCE[n :: len(MOMENTS)]) for n, moment in enumerate(MOMENTS)],
    ids=[moment.__name__ for moment in MOMENTS],
)
def test_no_fault_of_the_network_brings_it_anywhere(quiet, tmp_path, moment, faults):
    """Each fault that is over at once, at one of the moments; all at all of them are below."""
    with FaultServer() as server, path(tmp_path) as at:
        moment(at, met(server, faults, MOMENTS[moment]))


def met(server: FaultServer, faults: Iterable[str], sent: bytes) -> Iterator[str]:
    """Where each fault is; when the next one is asked for, this one has heard what is `sent`."""
    for name in faults:
        before = len(server.requests)
        yield server.url(name, host="127.0.0.1")
        assert sent in b"".join(server.requests[before:]), f"{name} was not met"


@pytest.mark.products
@pytest.mark.parametrize("faults", [AT_ONCE, sorted(LASTING)], ids=["at once", "to the deadline"])
def test_no_fault_of_the_network_brings_it_anywhere_at_any_moment(quiet, tmp_path, faults):
    """Side by side, for the deadline is the real one."""
    with FaultServer() as server, ThreadPoolExecutor(len(faults)) as threads:
        walks = [
            threads.submit(walk_with_a_fault, tmp_path / name, server, name) for name in faults
        ]
        for walk in walks:
            walk.result()
    heard = b"".join(server.requests)
    assert [sent for sent in MOMENTS.values() if sent not in heard] == []


def walk_with_a_fault(folder: Path, server: FaultServer, name: str) -> None:
    folder.mkdir()
    with path(folder) as at:
        for moment in MOMENTS:
            moment(at, iter([server.url(name, host="127.0.0.1")]))


# --- our own mistakes, a keyring that will not, and a restart


class Broken(Vault):
    """Fails with the secret in its words, as a library might."""

    def get(self, setup_id: str, version: str) -> str | None:
        kept = super().get(setup_id, version)
        if kept:
            try:
                raise KeyError(kept)
            except KeyError as error:
                raise RuntimeError(f"could not do it with {kept!r}") from error
        return kept


def test_a_mistake_of_ours_gets_a_page_and_a_trace_without_it(quiet, tmp_path):
    with path(tmp_path, vault=Broken(tmp_path, NoKeyring())) as at:
        here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
        here = at.wiz.visitor.submit(here, client_secret=SECRET)
        assert (here.status, here.h1) == (500, "Latchkey made a mistake")
        at.wiz.visitor.get("/")
    told = quiet.getvalue()
    assert "RuntimeError" in told
    assert "KeyError" in told
    assert "test_canary.py" in told, "it says where"


KEYRINGS = {
    "locked": lambda: Cupboard(put=errors.KeyringLocked(f"with {SECRET}")),
    "refusing": lambda: Cupboard(put=errors.PasswordSetError(f"with {SECRET}")),
    "failing oddly": lambda: Cupboard(put=OSError(5, f"with {SECRET}")),
    "locked when asked": lambda: Cupboard(get=errors.KeyringLocked(f"with {SECRET}")),
    "cutting": ShortCupboard,
    "good": Cupboard,
}


@pytest.mark.parametrize("which", KEYRINGS)
def test_whatever_the_keyring_does_it_is_in_no_file_and_page(quiet, tmp_path, which):
    vault = Vault(tmp_path, KEYRINGS[which]())
    with path(tmp_path, vault=vault) as at:
        here = at.wiz.saved_at("client-secret", client_id=CLIENT_ID)
        here = at.wiz.visitor.submit(here, client_secret=SECRET)
        at.wiz.visitor.get(here.path.rsplit("/", 1)[0] + "/client-secret")
        vault.sweep(set())
        assert SECRET not in f"{vault!r} {vault.why_memory} {vault.why_not_found}"


def test_the_running_program_writes_it_nowhere_over_a_kill_and_a_restart(tmp_path):
    """Standard output, standard error, the data directory of `python app.py`; then once more."""
    with provider() as odd, Latchkey(tmp_path, keyring="file") as latchkey:
        odd.redirect_uris = (REDIRECT_URI, latchkey.callback)
        canaries = Canaries(client_secret=SECRET, code=CODE, access=ACCESS)
        canaries.say_credentials(CLIENT_ID, SECRET)
        pages = []
        for first in (True, False):
            visitor = Visitor.of_server(latchkey.base)
            pages += (seen := watch(visitor))
            visitor.get(latchkey.launch_url)
            app = App(None, None, None, visitor)
            if first:
                at = Way(app, odd, seen, canaries)
                setup = at.to_test(here=at.to_metadata()).path
            here = visitor.get(setup)
            at = Way(app, odd, seen, canaries)
            assert at.sign_in(here).verdict in ("pass", "warn")
            assert at.wiz.come_back(code=CODE, state="guess").status == 400
            visitor.fetch("GET", f"/nowhere?client_secret={quote(SECRET)}&code={quote(CODE)}")
            pages += seen
            hear(canaries, odd)
            latchkey.restart() if first else latchkey.stop()
            assert canaries.found_in_files(latchkey.data_dir) == {}
        assert canaries.found_in_pages(pages) == {}
        assert canaries.found_in("\n".join(latchkey.output)) == set()
        assert canaries.found_in(latchkey.errors) == set()


FORMS = {"sentences": [], "json": ["--json"]}


# As a program of its own it writes the same: tests/test_check_command.py has one of its runs so.
@pytest.mark.parametrize(
    "run",
    [run_here, pytest.param(run_program, marks=pytest.mark.products)],
    ids=["here", "program"],
)
@pytest.mark.parametrize(
    ("where", "form"),
    in_turn((None, "in error_description", "in error", "in an error page"), lambda _: FORMS, named),
)
def test_the_check_command_prints_it_nowhere(quiet, tmp_path, form, where, run):
    token_endpoint = ECHOES[where] if where else honest
    with provider(token=token_endpoint) as odd:
        done = run(
            ["check", *FORMS[form], "--client-id", CLIENT_ID, "--redirect-uri", REDIRECT_URI,
             "--metadata-url", f"{odd.issuer}{WELL_KNOWN}"],
            environment={**os.environ, "LATCHKEY_CLIENT_SECRET": SECRET}, cwd=tmp_path,
        )  # fmt: skip
        assert any(asked.secret == SECRET for asked in odd.asked)
    assert done.code in (0, 1), done.err
    canaries = Canaries(client_secret=SECRET)
    canaries.say_credentials(CLIENT_ID, SECRET)
    assert canaries.found_in(done.out + done.err) == set()
    assert list(tmp_path.iterdir()) == [], "nothing is stored"


# --- what a debugger or a log would show of our objects


def test_no_object_that_holds_it_shows_it(tmp_path):
    metadata = metadata_from({"issuer": "https://idp.example"})
    values = Values(client_id=CLIENT_ID, client_secret=SECRET, secret_version="v1")
    with Store(tmp_path) as store:
        vault = Vault(tmp_path, NoKeyring())
        setup_id = store.create_setup("syncro", "oidc")
        vault.put(setup_id, "v1", SECRET)
        store.save_answers(setup_id, {"secret_version": "v1"})
        setup = setups.load(store, vault, setup_id, 8765)
        assert setup.values.client_secret == SECRET
    pending = Pending(
        setup_id=setup_id, sid="s", fingerprint="f", redirect_uri=CALLBACK, response_type="code",
        client_id=CLIENT_ID, client_secret=SECRET, auth_method="client_secret_basic", alg="RS256",
        metadata_url="https://idp.example", metadata=metadata, keys={}, started=0.0,
        code_verifier=CODE, params=[("code", CODE), ("id_token", ACCESS)],
    )  # fmt: skip
    answer = json.dumps({"token_type": "Bearer", "access_token": ACCESS, "id_token": ACCESS})
    callback = judge_callback(
        [("code", CODE)], response_type="code", issuer="https://idp.example", iss_supported=False
    )
    with FaultServer() as server, Fetcher(typed_url=server.url("good")) as fetcher:
        got = fetcher.post_form(f"{server.url('good')}?code={CODE}", [("client_secret", SECRET)])
        with pytest.raises(FetchError) as failed:
            fetcher.post_form(f"{server.url('reset')}?code={quote(CODE)}", [("code", CODE)])
    objects = {
        "Values": values,
        "Setup": setup,
        "Candidate": Candidate(values, []),
        "Vault": vault,
        "Pending": pending,
        "Started": Started(url=f"https://idp.example/?state={CODE}"),
        "Callback": callback,
        "TokenAnswer": judge_token_answer(200, answer.encode(), "application/json"),
        "Registration": Registration(CLIENT_ID, (), "code", "query", "openid", SECRET),
        "Offer": Offer({"client_secret": SECRET}, {}),
        "Recognised": Recognised(client_secret=SECRET),
        "Cleaned": clean(f" {SECRET} ", keep_inside=True),
        "Answer": got,
        "FetchError": failed.value,
        "Fetcher": fetcher,
        "Running": Running(1, 2, f"http://localhost:1/launch?t={CODE}"),
    }
    canaries = Canaries(client_secret=SECRET, code=CODE, token=ACCESS)
    shown = {
        name: canaries.found_in(
            f"{one!r} {one!s} {[one]} {vars(one) if name == 'FetchError' else ''}"
        )
        for name, one in objects.items()
    }
    assert {name: what for name, what in shown.items() if what} == {}
