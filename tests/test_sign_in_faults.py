"""A provider that does one thing wrong: the one finding it leads to, and nothing asked afterwards.

The whole round trip but the browser: the sign-in is started on a saved setup, the authorization
request is fetched, its answer handed over and judged. The tables are in tests/faulty_op/.
"""

import time
from collections import Counter

import pytest

from tests.faulty_op import ALL, CODE, CODE_QUERY, FAULTS, ID_TOKEN, VALID, FaultyProvider, Way
from tests.faulty_op.changes import both, claims, keys
from tests.faulty_op.provider import WELL_KNOWN
from tests.oidc import tokens
from tests.support.round_trip import CALLBACK, desk
from tests.support.turns import in_turn
from wizard import catalogue, clock
from wizard.oidc.finding import Status
from wizard.round_trip import SignIns

START = [WELL_KNOWN, "/keys", "/authorize"]
VERDICT = {Status.FAIL: "fail", Status.WARN: "warn"}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("data")) as made:
        yield made


def elapsed(seconds, put_right):
    """The clocks of `finish` after some seconds, this computer's put right by some more."""
    return {
        "now": lambda: time.time() + seconds + put_right,
        "steady": lambda: clock.steady() + seconds,
    }


def provider(flow, **more):
    return FaultyProvider(flow, redirect_uri=CALLBACK, **more)


def sign_in(table, op, **more):
    flow = op.flow
    return table.sign_in(
        table.setup(op.metadata_url, flow.response_type, flow.response_mode), **more
    )


def unworded(ending):
    """The codes that the catalogue has no words for."""
    known = catalogue.general_advice()
    return [finding.code for finding in ending.findings if finding.code not in known]


def asked_for(row, flow):
    """The paths that a sign-in with this fault asks for, to the end and no further."""
    redeemed = ["/token"] if row.way is Way.TOKEN and flow in CODE else []
    return [*START, *redeemed, *row.then]


FAULT_RUNS = [(row, flow) for row in FAULTS for flow in row.flows]
VALID_RUNS = [(row, flow) for row in VALID for flow in row.flows]


def in_all(rows):
    """Each row in one of all flows."""
    return in_turn(rows, lambda _: ALL, lambda row, flow: f"{row} ({flow})")


def of_table(rows):
    """Each row of a table, which says itself in which flows it can happen, in one of those."""
    return in_turn(rows, lambda row: row.flows, lambda row, flow: f"{row.what} ({flow})")


@pytest.mark.parametrize(("row", "flow"), of_table(FAULTS))
def test_a_fault_is_named_and_nothing_more_is_sent(table, row, flow):
    with provider(flow) as op:
        row.change(op)
        ending = sign_in(table, op)
    assert ending.codes(row.status) == [row.code, *row.also]
    assert ending.verdict == VERDICT[row.status]
    if row.status is Status.WARN:
        assert ending.codes(Status.FAIL) == []
    shown = ending.one(row.code)
    assert row.said in shown.actual
    assert op.objections == []
    if row.way is Way.START:
        assert not ending.went
        # Document and keys are public and asked for without a word about the client.
        assert op.paths in ([WELL_KNOWN], [WELL_KNOWN, "/keys"])
        assert all(asked.params == {} for asked in op.asked)
    else:
        assert ending.went
        assert op.paths == asked_for(row, flow)
    assert [text for text in op.secrets if text in repr(ending)] == []
    assert unworded(ending) == []


@pytest.mark.parametrize(("row", "flow"), of_table(VALID))
def test_an_oddity_that_is_right_passes(table, row, flow):
    with provider(flow) as op:
        row.change(op)
        ending = sign_in(table, op)
    assert [f for f in ending.findings if f.status is not Status.PASS] == []
    assert ending.verdict == "pass"
    assert row.passes in ending.codes(Status.PASS)
    assert unworded(ending) == []
    assert op.objections == []
    start = [path if path in START else "/keys" for path in op.paths[:3]]
    assert [*start, *op.paths[3:]] == [
        *START,
        *(["/token"] if flow in CODE else []),
        *row.then,
    ]


# What the conformance suite has for relying parties, as far as it can happen here.
CONNECT = """
    invalid-iss missing-sub invalid-aud missing-aud missing-iat kid-absent-single-jwks
    kid-absent-multiple-jwks idtoken-sig-rs256 idtoken-sig-none invalid-sig-rs256
    invalid-sig-hs256 invalid-sig-es256 nonce-invalid nonce-unless-code-flow scope-userinfo-claims
    client-secret-basic invalid-athash discovery-openid-config discovery-jwks-uri-keys
    discovery-issuer-mismatch signing-key-rotation-just-before-signing form-post-error
"""
FAPI = """
    invalid-secondary-aud valid-aud-as-array invalid-missing-iss invalid-missing-exp
    invalid-expired-exp invalid-missing-nonce invalid-null-alg invalid-alternate-alg
    iat-is-week-in-past ensure-authorization-response-with-invalid-state
    ensure-authorization-response-with-missing-state invalid-authorization-response-iss
    remove-authorization-response-iss token-type-case-insensitivity
    no-scope-in-token-endpoint-response
"""
IN_THE_SUITE = {
    "oidcc-client-test",
    *(f"oidcc-client-test-{name}" for name in CONNECT.split()),
    *(f"fapi-{name}" for name in FAPI.split()),
}
# signing-key-rotation is a test of its own below. at_hash and c_hash beside a code or an access
# token of the front channel (missing-athash, invalid-chash, missing-chash) belong to response types
# that no product here uses: their rules are held in tests/oidc/test_id_token.py. userinfo, refresh
# tokens, aggregated claims, dynamic registration, request objects and WebFinger are not used.


def test_every_fault_of_the_conformance_suite_that_can_happen_here_is_in_the_tables():
    covered = {name for row in (*FAULTS, *VALID) for name in row.suite}
    assert covered >= IN_THE_SUITE


def test_how_many_faults_there_are(request, record_property):
    assert max(Counter(row.what for row in (*FAULTS, *VALID)).values()) == 1
    runs = Counter(str(flow) for _, flow in FAULT_RUNS)
    assert set(runs) == {str(flow) for flow in ALL}
    chosen = Counter(getattr(item, "originalname", "") for item in request.session.items)
    here = chosen[test_a_fault_is_named_and_nothing_more_is_sent.__name__]
    oddities = chosen[test_an_oddity_that_is_right_passes.__name__]
    record_property(
        "tally",
        f"faulty provider: {len(FAULTS)} faults, {here} of {len(FAULT_RUNS)} runs"
        f" ({', '.join(f'{count} {flow}' for flow, count in runs.items())}),"
        f" {len({row.code for row in FAULTS})} different findings;"
        f" {len(VALID)} oddities that are right, {oddities} of {len(VALID_RUNS)} runs",
    )


@pytest.mark.parametrize("flow", ALL, ids=str)
def test_keys_that_change_between_two_sign_ins_are_simply_read_again(table, flow):
    with provider(flow) as op:
        assert sign_in(table, op).verdict == "pass"
        before = len(op.paths)
        new = tokens.rsa_key("rsa-new")
        op.publish(new, sign_with=new)
        assert sign_in(table, op).verdict == "pass"
        redeemed = ["/token"] if flow in CODE else []
        assert op.paths[before:] == [*START, *redeemed]


CLOCKS = [
    (0, "pass"),
    (30, "pass"),
    (-30, "pass"),
    (90, "warn"),
    (-90, "warn"),
    (180, "warn"),
    (-180, "warn"),
    (7200, "warn"),
    (-7200, "warn"),
]


@pytest.mark.parametrize(("off", "flow"), in_all(CLOCKS))
def test_a_clock_that_is_off_is_called_that_and_the_token_is_judged_by_the_providers(
    table, flow, off
):
    seconds, verdict = off
    with provider(flow, clock_ahead=seconds) as op:
        ending = sign_in(table, op)
    assert ending.verdict == verdict
    assert ending.codes(Status.FAIL) == []
    assert ending.codes(Status.WARN) == ["sign_in_clock_differs"] * (verdict == "warn")
    assert {"expiry_ahead", "issued_at_recent"} <= set(ending.codes(Status.PASS))
    if verdict == "warn":
        way = "behind" if seconds > 0 else "ahead"
        lengths = {90: ("89", "90", "91"), 180: ("3 minutes",), 7200: ("2 hours",)}[abs(seconds)]
        actual = ending.one("sign_in_clock_differs").actual
        assert actual.startswith(lengths)
        assert actual.endswith(way)


WRONG_TIMES = {
    "expiry_passed": claims(exp=lambda right: right - 3690),
    "issued_at_ahead": claims(iat=lambda right: right + 90),
    "issued_at_too_old": claims(iat=lambda right: right - 3600),
}


@pytest.mark.parametrize(("code", "flow"), in_all(WRONG_TIMES))
def test_a_wrong_clock_here_excuses_no_wrong_time_in_the_token(table, flow, code):
    with provider(flow, clock_ahead=7200) as op:
        WRONG_TIMES[code](op)
        ending = sign_in(table, op)
    assert ending.codes(Status.FAIL) == [code]
    assert ending.codes(Status.WARN) == ["sign_in_clock_differs"]


UNSHOWN = [
    (seconds, code, tells)
    for seconds, code in ((7200, "issued_at_ahead"), (-7200, "expiry_passed"))
    for tells in ("nothing", "the right time")
]


@pytest.mark.parametrize(("unshown", "flow"), in_all(UNSHOWN))
def test_without_a_date_that_shows_it_the_clock_is_not_called_wrong(table, flow, unshown):
    """Then nobody knows whose clock is off; the advice on these codes names both."""
    seconds, code, tells = unshown
    with provider(flow, clock_ahead=seconds) as op:
        op.tells_time = tells != "nothing"
        op.tells_right_time = True
        ending = sign_in(table, op)
    assert code in ending.codes(Status.FAIL)
    assert "sign_in_clock_differs" not in ending.codes(Status.WARN)


NO_CLOCKS = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Thu, 01 Jan 99999 00:00:00 GMT",
    "now",
]


@pytest.mark.parametrize(("date", "flow"), in_all(NO_CLOCKS))
def test_a_date_that_no_clock_shows_is_not_believed(table, flow, date):
    with provider(flow) as op:
        op.date_says = date
        ending = sign_in(table, op)
    assert ending.verdict == "pass"
    assert not [finding for finding in ending.findings if finding.about == "clock"]


def test_an_old_answer_out_of_a_cache_does_not_make_the_clock_wrong(table):
    """Code flow: the document is two hours old, the token endpoint's answer is of now."""
    with provider(CODE_QUERY, clock_ahead=-7200) as op:
        op.when["/authorize"] = lambda: setattr(op, "clock_ahead", 0)
        ending = sign_in(table, op)
    assert ending.verdict == "pass"
    assert "sign_in_clock_agrees" in ending.codes(Status.PASS)


@pytest.mark.parametrize("flow", ID_TOKEN, ids=str)
@pytest.mark.parametrize("minutes", [0, 5, 9])
def test_while_she_is_away_the_providers_time_goes_on_by_a_clock_nobody_sets(table, flow, minutes):
    """This computer is two hours behind, and is put right while she signs in."""
    away = minutes * 60
    with provider(flow, clock_ahead=7200) as op:
        op.when["sign"] = lambda: setattr(op, "clock_ahead", 7200 + away)
        kept_wrong = sign_in(table, op, **elapsed(away, put_right=0))
        op.clock_ahead = 7200
        op.when["sign"] = lambda: setattr(op, "clock_ahead", 7200 + away)
        put_right = sign_in(table, op, **elapsed(away, put_right=7200))
    assert (kept_wrong.verdict, put_right.verdict) == ("warn", "pass")


def test_the_claims_are_not_looked_at_before_the_signature_holds(table):
    with provider(CODE_QUERY) as op:
        both(claims(iss="https://example.org", nonce="other"), keys(tokens.rsa_key))(op)
        op.on_token.append(tokens.changed_signature)
        ending = sign_in(table, op)
    assert ending.codes(Status.FAIL) == ["token_signature_wrong"]
    assert not [finding for finding in ending.findings if finding.about in ("iss", "nonce", "aud")]


def test_two_sign_ins_at_once_do_not_take_each_others_answers(table):
    with provider(CODE_QUERY) as op:
        setup = table.setup(op.metadata_url, "code", "query")
        sign_ins = SignIns()
        first, second = sign_ins.start(setup, "one"), sign_ins.start(setup, "two")
        handles = [sign_ins.arrive(table.carry(each.url)) for each in (second, first)]
        one, two = sign_ins.collect(handles[1], "one"), sign_ins.collect(handles[0], "two")
        assert (one.nonce, one.state, one.code_verifier) != (
            two.nonce,
            two.state,
            two.code_verifier,
        )
        assert dict(one.params)["code"] != dict(two.params)["code"]
        assert op.paths.count("/token") == 0
