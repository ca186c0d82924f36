"""A map of the sign-in: who speaks to whom, and which of it a test sign-in proved. Pure.

Each finding belongs to a leg, by one table. A leg is proved when a finding that only follows from
it held; of failures the first leg counts, and nothing after it is called proved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.oidc.finding import Finding, Status, worst


class State(StrEnum):
    """What is known of a leg: PLAN before any test, UNPROVED where no test of ours can tell."""

    PLAN = "plan"
    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    OPEN = "open"
    UNPROVED = "unproved"


MARKS = {
    State.PLAN: "",
    State.PASS: "✓",
    State.WARN: "!",
    State.FAIL: "✕",
    State.UNKNOWN: "?",
    State.OPEN: "·",
    State.UNPROVED: "·",
}
WORDS = {
    State.PLAN: "To come",
    State.PASS: "Proved",
    State.WARN: "Works, needs a look",
    State.FAIL: "Failed here",
    State.UNKNOWN: "Could not tell",
    State.OPEN: "Not proved by this test",
    State.UNPROVED: "Not proved here",
}

READ, ASK, ANSWER, REDEEM, JUDGE, PRODUCT = LEGS = (
    "read",
    "ask",
    "answer",
    "redeem",
    "judge",
    "product",
)

_REFUSED = (ASK, REDEEM)  # what the number in a refusal names: the request, or the code's
# By what a code begins with, the longest beginning counts. Where it may belong to several legs, it
# is of the first one that nothing has proved.
_LEGS_OF = {
    "metadata_": (READ,),
    "keys_": (READ, JUDGE),
    "clock_": (READ,),
    "network_": (READ, REDEEM, JUDGE),
    "tenant_": (READ, *_REFUSED),
    "callback_": (ASK,),
    "callback_code_": (ANSWER,),
    "callback_id_token_": (ANSWER,),
    "callback_access_token_": (ANSWER,),
    "callback_issuer_": (ANSWER,),
    "callback_parameter_twice": (ANSWER,),
    "callback_value_unasked": (ANSWER,),
    "callback_error_and_more": (ANSWER,),
    "sign_in_came_back": (READ,),  # it could only be begun once the document had held
    "sign_in_state_": (ANSWER,),
    "sign_in_other_browser": (ANSWER,),
    "client_id_": _REFUSED,
    "app_": _REFUSED,
    "redirect_uri_": _REFUSED,
    "response_type_": _REFUSED,
    "response_mode_": _REFUSED,
    "id_tokens_not_enabled": _REFUSED,
    "scope_refused": _REFUSED,
    "client_secret_": _REFUSED,
    "token_answer_": (REDEEM,),
    "token_type_": (REDEEM,),
    "access_token_missing": (REDEEM,),
    "access_token_not_text": (REDEEM,),
    "id_token_": (REDEEM,),
    "sign_in_clock_": (JUDGE,),
    "token_": (JUDGE,),
    "key_": (JUDGE,),
    "tenant_missing": (JUDGE,),
    "tenant_not_an_id": (JUDGE,),
    "audience_": (JUDGE,),
    "authorized_party_": (JUDGE,),
    "expiry_": (JUDGE,),
    "not_before_": (JUDGE,),
    "issued_at_": (JUDGE,),
    "nonce_": (JUDGE,),
    "subject_": (JUDGE,),
    "auth_time_": (JUDGE,),
    "access_token_hash_": (JUDGE,),
    "code_hash_": (JUDGE,),
    "product_": (PRODUCT,),
}
_PROVED_BY = {
    READ: ("sign_in_came_back",),
    ASK: ("callback_code_sent", "callback_id_token_sent"),
    ANSWER: ("callback_code_sent", "callback_id_token_sent"),
    REDEEM: ("id_token_sent",),
    JUDGE: ("token_signature_holds",),
}


@dataclass(frozen=True, slots=True)
class Way:
    """What there is to draw: the names on the page, and what the product's sign-in consists of."""

    provider: str
    product: str
    response_type: str = "code"
    uses_secret: bool = True


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: `route` names who speaks to whom, `says` what; `findings` need action."""

    name: str
    route: Sequence[str]
    says: str
    state: State
    took: Sequence[str] = ()
    findings: Sequence[Finding] = field(default=())

    @property
    def mark(self) -> str:
        """The state as a sign."""
        return MARKS[self.state]

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    @property
    def line(self) -> str:
        """The leg as one sentence without a drawing."""
        took = f" ({', '.join(self.took)})" if self.took else ""
        return f"{self.words}: {' → '.join(self.route)}. {self.says}{took}."


def legs_of(code: str) -> tuple[str, ...]:
    """The legs a finding of that code may belong to; empty for a code of no sign-in."""
    fitting = [start for start in _LEGS_OF if code.startswith(start)]
    return _LEGS_OF[max(fitting, key=len)] if fitting else ()


def draw(
    way: Way, findings: Iterable[Finding] | None = None, took_ms: dict[str, int] | None = None
) -> list[Leg]:
    """The legs in their order, each with what `findings` of one test sign-in prove of it.

    None: no test was made, and the map is a plan. `took_ms` are milliseconds by "metadata",
    "keys", "tokens" and "keys_again".
    """
    legs = [leg for leg in LEGS if leg != REDEEM or way.response_type == "code"]
    states = dict.fromkeys(legs, State.PLAN)
    of: dict[str, list[Finding]] = {leg: [] for leg in legs}
    if findings is not None:
        states, of = _judge(legs, list(findings))
    states[PRODUCT] = _of_product(of[PRODUCT])
    took = _took(took_ms or {})
    return [
        Leg(
            leg,
            _route(leg, way),
            _says(leg, way),
            states[leg],
            took.get(leg, ()),
            [f for f in of[leg] if f.status is not Status.PASS],
        )
        for leg in legs
    ]


def _judge(
    legs: list[str], findings: list[Finding]
) -> tuple[dict[str, State], dict[str, list[Finding]]]:
    held = {f.code for f in findings if f.status is Status.PASS}
    proved = {leg for leg in legs if held.intersection(_PROVED_BY.get(leg, ()))}
    of: dict[str, list[Finding]] = {leg: [] for leg in legs}
    for finding in findings:
        of[_leg_of(finding, legs, proved)].append(finding)
    failed = next((leg for leg in legs if worst(of[leg]) is Status.FAIL), None)
    states = {}
    for leg in legs:
        if failed and legs.index(leg) > legs.index(failed):
            states[leg] = State.OPEN
        elif leg == failed or leg in proved:
            states[leg] = State(worst(of[leg]).value)
        else:
            states[leg] = State.OPEN
    return states, of


def _leg_of(finding: Finding, legs: list[str], proved: set[str]) -> str:
    """The leg of one finding. What is of no leg we know stands at the first that is not proved."""
    may_be = [leg for leg in legs_of(finding.code) if leg in legs]
    if not may_be:
        may_be = [leg for leg in legs if leg != PRODUCT]
    return next((leg for leg in may_be if leg not in proved), may_be[-1])


def _of_product(findings: list[Finding]) -> State:
    """No test of ours uses the product's own redirect URI: at best this is not proved."""
    return State.UNPROVED if worst(findings) is Status.PASS else State.WARN


def _took(took_ms: dict[str, int]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for name, leg, words in (
        ("metadata", READ, "document read"),
        ("keys", READ, "keys read"),
        ("tokens", REDEEM, "answered"),
        ("keys_again", JUDGE, "keys read again"),
    ):
        if name in took_ms:
            said.setdefault(leg, []).append(f"{words} in {took_ms[name]} ms")
    return said


def _route(leg: str, way: Way) -> tuple[str, ...]:
    here, there = "Latchkey", way.provider[:1].upper() + way.provider[1:]
    return {
        READ: (here, there),
        ASK: ("Your browser", there),
        ANSWER: (there, "your browser", here),
        REDEEM: (here, there),
        JUDGE: ("In Latchkey",),
        PRODUCT: (there, way.product),
    }[leg]


def _says(leg: str, way: Way) -> str:
    code = way.response_type == "code"
    return {
        READ: "It reads the metadata document and the keys",
        ASK: "It asks for a sign-in with the client ID, and you sign in",
        ANSWER: f"Back to the redirect URI, with {'a code' if code else 'an ID token'}",
        REDEEM: f"The code{' and the client secret' * way.uses_secret} for an ID token",
        JUDGE: "The ID token is judged, rule by rule",
        PRODUCT: f"The same again for {way.product}, with its own redirect URI and settings",
    }[leg]
