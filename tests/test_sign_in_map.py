"""The map of the sign-in: which finding belongs where, and that nothing more is called proved."""

import re
from pathlib import Path

import pytest

from tests.faulty_op import ALL, CODE, CODE_QUERY, FAULTS, Way
from wizard import catalogue, sign_in_map
from wizard.oidc.finding import Finding, Status, could_not_tell, failed, passed, warned
from wizard.sign_in_map import LEGS, State
from wizard.sign_in_map import Way as Drawn

WIZARD = Path(__file__).resolve().parent.parent / "wizard"
CODE_WAY = Drawn("Entra", "Syncro", "code", uses_secret=True)
TOKEN_WAY = Drawn("Entra", "ConnectWise", "id_token", uses_secret=False)
READ, ASK, ANSWER, REDEEM, JUDGE, PRODUCT = LEGS

CAME = [passed("sign_in_came_back")]
CODE_SENT = [*CAME, passed("callback_code_sent")]
REDEEMED = [*CODE_SENT, passed("id_token_sent"), passed("token_type_bearer")]
JUDGED = [*REDEEMED, passed("token_signature_holds"), passed("nonce_matches")]

# Where a sign-in makes its findings. Those that begin otherwise are no codes of theirs.
_MAKES = re.compile(r'(?:failed|passed|warned|could_not_tell|TokenRefused)\(\s*"([a-z0-9_]+)"')
_NAMED = re.compile(r'\("([a-z0-9_]+)", dialect\.')
SOURCES = (
    "oidc/sign_in.py",
    "oidc/token_answer.py",
    "oidc/id_token.py",
    "oidc/jose_guard.py",
    "oidc/entra.py",
    "oidc/key_rules.py",
    "probes/discovery.py",
    "matching.py",
    "round_trip/waiting.py",
    "round_trip/ending.py",
)


def states(way, findings, **more):
    return {leg.name: leg.state for leg in sign_in_map.draw(way, findings, **more)}


def codes_of_a_sign_in():
    made = {code for name in SOURCES for code in _MAKES.findall((WIZARD / name).read_text())}
    made |= set(_NAMED.findall((WIZARD / "probes/by_number.py").read_text()))
    made |= {row.code for row in FAULTS}
    made |= {code for code in catalogue.general_advice() if code.startswith("network_")}
    return sorted(made)


def test_every_code_that_a_sign_in_can_raise_belongs_to_a_leg():
    codes = codes_of_a_sign_in()
    assert len(codes) > 150
    assert [code for code in codes if not sign_in_map.legs_of(code)] == []


def test_no_code_of_another_page_is_on_the_map():
    assert sign_in_map.legs_of("paste_cleaned") == ()
    assert sign_in_map.legs_of("again_unchanged") == ()


def before(row, flow):
    """What held before the fault of a row of the faulty provider's tables."""
    if row.way is Way.START:
        return []
    if row.way is Way.CALLBACK:
        return CAME
    return REDEEMED if flow in CODE else [*CAME, passed("callback_id_token_sent")]


@pytest.mark.parametrize(
    "row", [row for row in FAULTS if row.status is Status.FAIL], ids=lambda row: row.what
)
def test_a_fault_marks_one_leg_and_nothing_after_it_is_proved(row):
    for flow in row.flows:
        way = CODE_WAY if flow in CODE else TOKEN_WAY
        held = before(row, flow)
        drawn = states(way, [*held, failed(row.code)])
        at = [leg for leg, state in drawn.items() if state is State.FAIL]
        assert len(at) == 1
        later = list(drawn)[list(drawn).index(at[0]) + 1 :]
        assert {drawn[leg] for leg in later} <= {State.OPEN, State.UNPROVED}
        assert at[0] in WHERE[row.way]


# With nothing listening at the token endpoint the callback is the last thing asked, too.
WHERE = {Way.START: {READ}, Way.CALLBACK: {ASK, ANSWER, REDEEM}, Way.TOKEN: {REDEEM, JUDGE}}


@pytest.mark.parametrize(
    ("findings", "at"),
    [
        ([failed("metadata_not_found")], READ),
        ([failed("network_refused")], READ),
        ([failed("keys_none_usable")], READ),
        ([failed("tenant_unknown")], READ),
        ([*CAME, failed("callback_access_denied")], ASK),
        ([*CAME, failed("callback_invalid_scope")], ASK),
        ([*CAME, failed("redirect_uri_refused")], ASK),
        ([*CAME, failed("tenant_unknown")], ASK),
        ([*CAME, failed("callback_error_and_more"), failed("callback_other_error")], ASK),
        ([*CAME, failed("callback_issuer_other")], ANSWER),
        ([*CAME, failed("callback_code_missing")], ANSWER),
        ([*CODE_SENT, failed("client_secret_expired")], REDEEM),
        ([*CODE_SENT, failed("redirect_uri_spa_platform")], REDEEM),
        ([*CODE_SENT, failed("token_answer_html")], REDEEM),
        ([*CODE_SENT, failed("network_timeout")], REDEEM),
        ([*CODE_SENT, failed("id_token_missing")], REDEEM),
        ([*REDEEMED, failed("network_timeout")], JUDGE),
        ([*REDEEMED, failed("keys_http_status")], JUDGE),
        ([*REDEEMED, failed("token_signature_wrong")], JUDGE),
        ([*JUDGED, failed("nonce_other"), failed("audience_other")], JUDGE),
        ([*CAME, failed("a_code_of_tomorrow")], ASK),
        ([*JUDGED, failed("a_code_of_tomorrow")], JUDGE),
    ],
)
def test_the_first_leg_that_failed_is_marked(findings, at):
    drawn = states(CODE_WAY, findings)
    assert [leg for leg, state in drawn.items() if state is State.FAIL] == [at]
    for leg in LEGS[LEGS.index(at) + 1 : -1]:
        assert drawn[leg] is State.OPEN
    assert drawn[PRODUCT] is State.UNPROVED


def test_a_leg_before_the_failure_is_proved_only_by_what_follows_from_it():
    drawn = states(CODE_WAY, [*CAME, failed("callback_issuer_other")])
    assert (drawn[READ], drawn[ASK]) == (State.PASS, State.OPEN)
    drawn = states(CODE_WAY, [*CODE_SENT, failed("client_secret_refused")])
    assert [drawn[leg] for leg in (READ, ASK, ANSWER)] == [State.PASS] * 3


def test_a_sign_in_that_passed_proves_all_but_the_products_own_legs():
    drawn = states(CODE_WAY, JUDGED)
    assert drawn.pop(PRODUCT) is State.UNPROVED
    assert set(drawn.values()) == {State.PASS}


@pytest.mark.parametrize(
    ("finding", "at", "state"),
    [
        (warned("sign_in_clock_differs"), JUDGE, State.WARN),
        (warned("token_type_missing"), REDEEM, State.WARN),
        (warned("product_email_missing"), PRODUCT, State.WARN),
        (could_not_tell("product_groups_left_out"), PRODUCT, State.WARN),
        (could_not_tell("token_b64"), JUDGE, State.UNKNOWN),
    ],
)
def test_a_warning_stands_at_its_own_leg_only(finding, at, state):
    legs = sign_in_map.draw(CODE_WAY, [*JUDGED, finding])
    assert {leg.name for leg in legs if leg.state not in (State.PASS, State.UNPROVED)} == {at}
    told = next(leg for leg in legs if leg.name == at)
    assert (told.state, [f.code for f in told.findings]) == (state, [finding.code])


def test_without_a_code_there_is_no_leg_that_redeems_one():
    drawn = states(TOKEN_WAY, [*CAME, passed("callback_id_token_sent"), *JUDGED[-2:]])
    assert REDEEM not in drawn
    assert [drawn[leg] for leg in (READ, ASK, ANSWER, JUDGE)] == [State.PASS] * 4
    assert "an ID token" in next(
        leg.says for leg in sign_in_map.draw(TOKEN_WAY) if leg.name == ANSWER
    )


def test_before_a_test_it_is_a_plan_that_claims_nothing():
    for way in (CODE_WAY, TOKEN_WAY):
        drawn = states(way, None)
        assert drawn.pop(PRODUCT) is State.UNPROVED
        assert set(drawn.values()) == {State.PLAN}


@pytest.mark.parametrize("flow", ALL, ids=str)
def test_nothing_is_proved_by_no_findings(flow):
    way = CODE_WAY if flow in CODE else TOKEN_WAY
    assert State.PASS not in states(way, []).values()
    assert CODE_QUERY in CODE


def test_no_state_is_told_by_its_colour_alone():
    assert set(sign_in_map.WORDS) == set(sign_in_map.MARKS) == set(State)
    assert len(set(sign_in_map.WORDS.values())) == len(State)


def test_how_long_each_request_took_stands_at_its_leg():
    took = {"metadata": 12, "keys": 8, "tokens": 120, "keys_again": 9}
    legs = {leg.name: leg for leg in sign_in_map.draw(CODE_WAY, JUDGED, took)}
    assert legs[READ].took == ["document read in 12 ms", "keys read in 8 ms"]
    assert legs[REDEEM].took == ["answered in 120 ms"]
    assert legs[JUDGE].took == ["keys read again in 9 ms"]
    assert legs[REDEEM].line == (
        "Proved: Latchkey → Entra. The code and the client secret for an ID token"
        " (answered in 120 ms)."
    )


def test_findings_are_only_read():
    findings = [Finding("nonce_matches", Status.PASS)]
    sign_in_map.draw(CODE_WAY, findings)
    assert findings == [Finding("nonce_matches", Status.PASS)]
