"""Sign-ins on their way: which answer is taken, when, by whom, and how often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faulty_op import CODE_QUERY, ID_TOKEN, FaultyProvider
from tests.oidc import tokens
from tests.support.made_up import made_up
from tests.support.odd_provider import CLIENT_ID, SECRET
from tests.support.round_trip import CALLBACK, SID, desk
from wizard import round_trip
from wizard.oidc.discovery import metadata_from
from wizard.oidc.finding import Status
from wizard.round_trip import LIFETIME, MOST_PENDING, Progress, SignIns, SignInUnknown


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture(scope="module")
def op():
    with FaultyProvider(CODE_QUERY, redirect_uri=CALLBACK) as provider:
        yield provider


@pytest.fixture(scope="module")
def setup(table, op):
    return table.setup(op.metadata_url, "code", "query")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sign_ins(clock):
    return SignIns(clock)


@pytest.fixture
def answer(sign_ins, setup, table):
    """The answer of a sign-in that was just begun."""
    return table.carry(sign_ins.start(setup, SID).url)


def refusal(call, *args):
    """The code of the finding that `call` ends with."""
    with pytest.raises(SignInUnknown) as caught:
        call(*args)
    finding = caught.value.finding
    assert finding.status is Status.FAIL
    assert str(caught.value) == finding.code
    return finding.code


def with_states(answer, *states):
    kept = [pair for pair in answer if pair[0] != "state"]
    return [*kept, *(("state", state) for state in states)]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([], "sign_in_state_missing"),
        ([""], "sign_in_state_missing"),
        (["never-given-out"], "sign_in_state_unknown"),
        (["{state} "], "sign_in_state_unknown"),
        (["{state}", "{state}"], "sign_in_state_repeated"),
        (["{state}", "another"], "sign_in_state_repeated"),
        (["", "{state}"], "sign_in_state_repeated"),
    ],
)
def test_an_answer_without_the_state_of_a_sign_in_is_refused_and_uses_nothing_up(
    sign_ins, answer, states, code
):
    right = dict(answer)["state"]
    forged = with_states(answer, *(state.replace("{state}", right) for state in states))
    assert refusal(sign_ins.arrive, forged) == code
    assert sign_ins.collect(sign_ins.arrive(answer), SID).setup_id


def test_an_answer_is_taken_once(sign_ins, answer):
    handle = sign_ins.arrive(answer)
    assert refusal(sign_ins.arrive, answer) == "sign_in_state_unknown"
    sign_ins.collect(handle, SID)
    assert refusal(sign_ins.collect, handle, SID) == "sign_in_state_unknown"
    assert refusal(sign_ins.arrive, answer) == "sign_in_state_unknown"


def test_a_replayed_answer_sends_nothing_to_the_provider(sign_ins, setup, answer, op):
    outcome = round_trip.finish(sign_ins.collect(sign_ins.arrive(answer), SID), setup)
    assert outcome.verdict == "pass"
    before = list(op.paths)
    assert refusal(sign_ins.arrive, answer) == "sign_in_state_unknown"
    assert op.paths == before


def test_a_state_is_used_up_by_an_answer_that_is_an_error_too(sign_ins, answer):
    sign_ins.arrive([("error", "access_denied"), ("state", dict(answer)["state"])])
    assert refusal(sign_ins.arrive, answer) == "sign_in_state_unknown"


def test_of_many_equal_answers_at_once_one_is_taken(sign_ins, answer):
    together = threading.Barrier(8)

    def arrive():
        together.wait(5)
        try:
            return sign_ins.arrive(answer)
        except SignInUnknown:
            return None

    with ThreadPoolExecutor(8) as pool:
        handles = [job.result() for job in [pool.submit(arrive) for _ in range(8)]]
    assert sum(handle is not None for handle in handles) == 1


def test_an_answer_comes_within_ten_minutes_or_not_at_all(sign_ins, answer, clock):
    clock.seconds += LIFETIME
    handle = sign_ins.arrive(answer)
    clock.seconds += 1
    assert refusal(sign_ins.collect, handle, SID) == "sign_in_state_unknown"


def test_after_ten_minutes_an_answer_is_unknown(sign_ins, answer, clock):
    clock.seconds += LIFETIME + 1
    assert refusal(sign_ins.arrive, answer) == "sign_in_state_unknown"


def test_at_most_twenty_sign_ins_wait_and_the_oldest_gives_way(sign_ins, setup, table):
    answers = [table.carry(sign_ins.start(setup, SID).url) for _ in range(MOST_PENDING + 1)]
    assert refusal(sign_ins.arrive, answers[0]) == "sign_in_state_unknown"
    for each in answers[1:]:
        sign_ins.collect(sign_ins.arrive(each), SID)


def test_the_waiting_tab_is_told_how_far_the_sign_in_is(sign_ins, setup, table, clock):
    assert sign_ins.progress(setup.id, SID) is None
    answer = table.carry(sign_ins.start(setup, SID).url)
    clock.seconds += 130
    assert sign_ins.progress(setup.id, SID) == Progress(130, answered=False)
    handle = sign_ins.arrive(answer)
    assert sign_ins.progress(setup.id, SID) == Progress(130, answered=True)
    pending = sign_ins.collect(handle, SID)
    assert sign_ins.progress(setup.id, SID) == Progress(130, answered=True)
    sign_ins.ended(pending)
    assert sign_ins.progress(setup.id, SID) is None


def test_nobody_else_is_told_how_far_it_is_and_after_ten_minutes_nobody(sign_ins, setup, clock):
    assert sign_ins.start(setup, SID).url
    assert sign_ins.progress(setup.id, "another-session") is None
    assert sign_ins.progress("another-setup", SID) is None
    clock.seconds += LIFETIME + 1
    assert sign_ins.progress(setup.id, SID) is None


def test_of_two_sign_ins_the_newest_is_told(sign_ins, setup, table, clock):
    first = table.carry(sign_ins.start(setup, SID).url)
    clock.seconds += 60
    assert sign_ins.start(setup, SID).url
    sign_ins.arrive(first)
    assert sign_ins.progress(setup.id, SID) == Progress(0, answered=False)


def test_it_is_kept_how_long_each_request_took(sign_ins, setup, answer):
    pending = sign_ins.collect(sign_ins.arrive(answer), SID)
    took = round_trip.finish(pending, setup, steady=lambda: pending.began + 14).took_ms
    assert set(took) == {"metadata", "keys", "tokens", "all"}
    assert took["all"] == 14000
    assert all(0 <= took[name] < 10_000 for name in ("metadata", "keys", "tokens"))


def test_answers_nobody_comes_for_count_among_the_twenty(sign_ins, setup, table):
    handles = [
        sign_ins.arrive(table.carry(sign_ins.start(setup, SID).url))
        for _ in range(MOST_PENDING + 1)
    ]
    assert refusal(sign_ins.collect, handles[0], SID) == "sign_in_state_unknown"
    for handle in handles[1:]:
        sign_ins.collect(handle, SID)


@pytest.mark.parametrize("other", ["", "another-session", SID + "x", "ß"])
def test_another_browser_session_neither_gets_the_sign_in_nor_uses_it_up(sign_ins, answer, other):
    handle = sign_ins.arrive(answer)
    assert refusal(sign_ins.collect, handle, other) == "sign_in_other_browser"
    assert sign_ins.collect(handle, SID).sid == SID


@pytest.mark.parametrize("handle", ["", "never-given-out"])
def test_an_unknown_handle_is_refused(sign_ins, answer, handle):
    sign_ins.arrive(answer)
    assert refusal(sign_ins.collect, handle, SID) == "sign_in_state_unknown"


def test_after_a_restart_an_answer_is_unknown(answer, op):
    before = list(op.paths)
    assert refusal(SignIns().arrive, answer) == "sign_in_state_unknown"
    assert op.paths == before


def test_a_sign_in_that_cannot_start_waits_for_nothing(table, op):
    sign_ins = SignIns()
    setup = table.setup(f"{op.issuer}/nothing-here", "code", "query")
    started = sign_ins.start(setup, SID)
    assert started.url == ""
    assert [f.code for f in started.findings if f.status is Status.FAIL] == ["metadata_not_found"]


def test_no_two_sign_ins_share_a_secret(sign_ins, setup, table):
    pendings = [
        sign_ins.collect(sign_ins.arrive(table.carry(sign_ins.start(setup, SID).url)), SID)
        for _ in range(3)
    ]
    texts = [text for p in pendings for text in (p.state, p.nonce, p.code_verifier)]
    assert len(set(texts)) == 9
    assert all(len(text) >= 43 for text in texts)  # 256 bits


def test_secrets_codes_and_tokens_are_in_no_repr(sign_ins, setup, table):
    started = sign_ins.start(setup, SID)
    answer = table.carry(started.url)
    handle = sign_ins.arrive(answer)
    pending = sign_ins.collect(handle, SID)
    outcome = round_trip.finish(pending, setup)
    assert outcome.verdict == "pass"
    shown = " ".join(map(repr, (sign_ins, started, pending, outcome, setup)))
    hidden = [SECRET, SID, dict(answer)["code"], handle]
    hidden += [pending.state, pending.nonce, pending.code_verifier]
    assert [text for text in hidden if text in shown] == []
    assert pending.setup_id in shown


def test_the_address_to_sign_in_at_holds_neither_secret_nor_verifier(sign_ins, setup, table):
    started = sign_ins.start(setup, SID)
    pending = sign_ins.collect(sign_ins.arrive(table.carry(started.url)), SID)
    assert pending.state in started.url
    assert SECRET not in started.url
    assert pending.code_verifier not in started.url


@made_up(200)
@given(
    st.lists(st.tuples(st.sampled_from(["state", "code", "iss", "error"]) | st.text(), st.text()))
)
def test_no_answer_of_a_stranger_raises_anything_else(params):
    with pytest.raises(SignInUnknown):
        SignIns().arrive(params)


# Entra's issuers. Their addresses are Microsoft's, so the document is put in place by hand; the
# token is judged as always. A document with {tenantid} is stopped before the sign-in: here is what
# would come of it.

TENANT = "10c419d4-4a50-45b2-aa4e-919fb84df24f"
OTHER_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
V2 = "https://login.microsoftonline.com/{}/v2.0"
V1 = "https://sts.windows.net/{}/"
US = "https://login.microsoftonline.us/{}/v2.0"
CHINA = "https://login.partner.microsoftonline.cn/{}/v2.0"
CHINA_V1 = "https://sts.chinacloudapi.cn/{}/"
ANY = "{tenantid}"

MATCHES, OTHER = "token_issuer_matches", "token_issuer_other"
ENTRA = {
    "v2": (V2.format(TENANT), V2.format(TENANT), TENANT, None, MATCHES),
    "v1": (V1.format(TENANT), V1.format(TENANT), TENANT, None, MATCHES),
    "US government": (US.format(TENANT), US.format(TENANT), TENANT, None, MATCHES),
    "China": (CHINA.format(TENANT), CHINA.format(TENANT), TENANT, None, MATCHES),
    "China, v1": (CHINA_V1.format(TENANT), CHINA_V1.format(TENANT), TENANT, None, MATCHES),
    "v1 without its slash": (
        *(V1.format(TENANT), V1.format(TENANT)[:-1], TENANT, None, "token_issuer_slash"),
    ),
    "a v1 token for a v2 document": (V2.format(TENANT), V1.format(TENANT), TENANT, None, OTHER),
    "a v2 token for a v1 document": (V1.format(TENANT), V2.format(TENANT), TENANT, None, OTHER),
    "a global token for a US document": (US.format(TENANT), V2.format(TENANT), TENANT, None, OTHER),
    "another tenant's token": (
        *(V2.format(TENANT), V2.format(OTHER_TENANT), OTHER_TENANT, None, OTHER),
    ),
    "any tenant": (V2.format(ANY), V2.format(TENANT), TENANT, V2.format(ANY), MATCHES),
    "any tenant, its own key": (
        *(V2.format(ANY), V2.format(TENANT), TENANT, V2.format(TENANT), MATCHES),
    ),
    "any tenant, another tenant's key": (
        *(V2.format(ANY), V2.format(TENANT), TENANT, V2.format(OTHER_TENANT)),
        "token_key_issuer_other",
    ),
    "any tenant, iss and tid differ": (
        *(V2.format(ANY), V2.format(TENANT), OTHER_TENANT, None, OTHER),
    ),
    "any tenant, no tid": (V2.format(ANY), V2.format(TENANT), ..., None, "tenant_missing"),
    "any tenant, tid is no ID": (
        *(V2.format(ANY), V2.format("common"), "common", None, "tenant_not_an_id"),
    ),
    "any tenant, iss is the text itself": (V2.format(ANY), V2.format(ANY), TENANT, None, OTHER),
}


@pytest.fixture(scope="module")
def waiting(table):
    """A sign-in by ID token that has its answer, and its setup."""
    with FaultyProvider(ID_TOKEN[0], redirect_uri=CALLBACK) as provider:
        setup = table.setup(provider.metadata_url, "id_token", "form_post")
        sign_ins = SignIns()
        answer = table.carry(sign_ins.start(setup, SID).url)
        yield sign_ins.collect(sign_ins.arrive(answer), SID), setup


@pytest.mark.parametrize(("issuer", "iss", "tid", "key_issuer", "code"), ENTRA.values(), ids=ENTRA)
def test_entras_issuers_are_taken_exactly(waiting, issuer, iss, tid, key_issuer, code):
    pending, setup = waiting
    here = pending.provider_clock.time
    claims = tokens.claims(
        iss=iss,
        tid=tid,
        aud=CLIENT_ID,
        nonce=pending.nonce,
        iat=int(here),
        exp=int(here) + 3600,
        email="user-with-an-address@example.com",
    )
    key = tokens.rsa_key()
    as_if = replace(
        pending,
        metadata=metadata_from({**pending.metadata.raw, "issuer": issuer}),
        keys=tokens.key_set(key.jwk(issuer=key_issuer)),
        params=[("id_token", tokens.token(claims))],
    )
    outcome = round_trip.finish(as_if, setup)
    failed = [finding.code for finding in outcome.findings if finding.status is Status.FAIL]
    passes = code == "token_issuer_matches"
    assert failed == ([] if passes else [code])
    assert code in [finding.code for finding in outcome.findings]
    assert outcome.verdict == ("pass" if passes else "fail")
