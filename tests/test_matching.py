"""Would the product let this user in? Every verdict is reached by a real, signed token.

The whole sign-in is made against a provider whose ID token says one thing about the user, and the
page of its outcome names it.
"""

import msgspec
import pytest

from tests.faulty_op import CODE_QUERY, FaultyProvider
from tests.faulty_op.changes import claims, nothing
from tests.support.round_trip import CALLBACK, desk
from wizard import catalogue, matching
from wizard.oidc.finding import Status

HOME = "10c419d4-4a50-45b2-aa4e-919fb84df24f"
ELSEWHERE = "5f0c3a51-64a2-4b0c-93c9-0f5c6a0a7b11"
GUEST = "user_elsewhere.example#EXT#@home.example"

# The claims of the user, the verdict, and what the finding shows of it.
USERS = {
    "an address in small letters": (
        claims(email="user@home.example"),
        ["product_email_present"],
        "user@home.example",
    ),
    "no email claim": (
        claims(email=..., preferred_username="user@home.example"),
        ["product_email_missing"],
        "none; preferred_username is user@home.example",
    ),
    "an empty email claim": (claims(email=""), ["product_email_missing"], "none"),
    "an email claim that is no address": (
        claims(email="user"),
        ["product_email_strange"],
        "user",
    ),
    "an email claim that is a list": (
        claims(email=["user@home.example"]),
        ["product_email_strange"],
        "user@home.example",
    ),
    "an address with capital letters": (
        claims(email="First.User@Home.example"),
        ["product_email_present", "product_email_capitals"],
        "First.User@Home.example",
    ),
    "an address that is not verified": (
        claims(email="user@home.example", email_verified=False),
        ["product_email_present", "product_email_unverified"],
        "user@home.example",
    ),
    "an address that is verified": (
        claims(email="user@home.example", email_verified=True),
        ["product_email_present"],
        "user@home.example",
    ),
    "a guest by name": (
        claims(email="user@elsewhere.example", preferred_username=GUEST),
        ["product_email_present", "product_user_is_guest"],
        GUEST,
    ),
    "a guest whose made-up name is the address": (
        claims(email=GUEST, preferred_username="user@elsewhere.example"),
        ["product_email_of_guest"],
        GUEST,
    ),
    "a guest by acct": (
        claims(email="user@elsewhere.example", acct=1),
        ["product_email_present", "product_user_is_guest"],
        "acct is 1",
    ),
    "a member by acct": (
        claims(email="user@home.example", acct=0),
        ["product_email_present"],
        "user@home.example",
    ),
    "a guest by the home of the account": (
        claims(
            email="user@elsewhere.example",
            tid=HOME,
            idp=f"https://sts.windows.net/{ELSEWHERE}/",
        ),
        ["product_email_present", "product_user_is_guest"],
        ELSEWHERE,
    ),
    "a member who has a home too": (
        claims(email="user@home.example", tid=HOME, idp=f"https://sts.windows.net/{HOME}/"),
        ["product_email_present"],
        "user@home.example",
    ),
    "groups by reference": (
        claims(
            email="user@home.example",
            _claim_names={"groups": "src1"},
            _claim_sources={"src1": {"endpoint": "https://graph.example/getMemberObjects"}},
        ),
        ["product_email_present", "product_groups_left_out"],
        "_claim_names refers to groups",
    ),
    "groups left out of a token through the browser": (
        claims(email="user@home.example", hasgroups=True),
        ["product_email_present", "product_groups_left_out"],
        "hasgroups is true",
    ),
    "another claim by reference": (
        claims(email="user@home.example", _claim_names={"address": "src1"}),
        ["product_email_present"],
        "user@home.example",
    ),
    "an account of another tenant": (
        claims(email="user@elsewhere.example", tid=ELSEWHERE),
        ["product_email_present", "product_user_of_other_tenant"],
        ELSEWHERE,
    ),
    "an account of the customer's tenant": (
        claims(email="user@home.example", tid=HOME.upper()),
        ["product_email_present"],
        "user@home.example",
    ),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("data")) as made:
        yield made


def sign_in(table, change, tenant=""):
    with FaultyProvider(CODE_QUERY, redirect_uri=CALLBACK) as op:
        change(op)
        setup = table.setup(op.metadata_url, "code", "query")
        if tenant:
            table.store.save_answers(setup.id, {"seen:tenant_id": tenant})
            setup = table.again(setup)
        return table.sign_in(setup)


@pytest.mark.parametrize("user", USERS)
def test_the_user_is_judged_by_what_the_token_says(table, user):
    change, codes, said = USERS[user]
    ending = sign_in(table, change, tenant=HOME)
    found = [f for f in ending.findings if f.code.startswith("product_")]
    assert [f.code for f in found] == codes
    assert said in f"{found[-1].about} {found[-1].actual}"
    passes = [f.code for f in found if f.status is Status.PASS]
    assert passes == [code for code in codes if code == "product_email_present"]
    assert ending.verdict == ("pass" if codes == ["product_email_present"] else "warn")
    assert ending.codes(Status.FAIL) == [], "the sign-in itself is proved"


def test_of_a_tenant_nobody_named_nothing_is_said(table):
    ending = sign_in(table, claims(email="user@elsewhere.example", tid=ELSEWHERE))
    codes = [f.code for f in ending.findings if f.code.startswith("product_")]
    assert codes == ["product_email_present"]


def test_a_sign_in_that_failed_says_nothing_of_the_user(table):
    ending = sign_in(table, claims(email=..., aud="somebody-else"))
    assert ending.verdict == "fail"
    assert not [f for f in ending.findings if f.code.startswith("product_")]


def test_the_providers_own_user_passes(table):
    assert sign_in(table, nothing).verdict == "pass"


STRANGE = [None, True, 0, 10**5000, 1e308, "", "\u202e#EXT#", [], {}, [[1]]]


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_no_value_of_a_claim_is_a_stumbling_block(value):
    names = ("email", "preferred_username", "upn", "acct", "tid", "idp", "_claim_names")
    for product in catalogue.products():
        for name in (*names, "hasgroups", "email_verified"):
            found = matching.judge(product, {"tid": HOME, name: value}, HOME)
            assert all(len(f"{f.about}{f.actual}{f.expected}") < 2000 for f in found)
            assert "\u202e" not in "".join(f"{f.about}{f.actual}{f.expected}" for f in found)


# --- products that find their users by another claim

PRACTICE = catalogue.product("practice")
ENTRA = {"tid": HOME, "oid": ELSEWHERE, "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ"}

# The claim, what the token says, the findings, and what the first one shows.
OTHER_CLAIMS = {
    "sub": ("sub", {"sub": "user-1"}, ["product_claim_present"], "user-1"),
    "a sub of Entra's": (
        "sub",
        ENTRA,
        ["product_claim_present", "product_sub_is_pairwise"],
        ENTRA["sub"],
    ),
    "oid": ("oid", ENTRA, ["product_claim_present"], ELSEWHERE),
    "no oid": (
        "oid",
        {"sub": "1", "email": "user@home.example"},
        ["product_claim_missing"],
        "none; email is user@home.example",
    ),
    "preferred_username": (
        "preferred_username",
        {"preferred_username": "user@home.example"},
        ["product_claim_present", "product_claim_may_change"],
        "user@home.example",
    ),
    "an empty upn": ("upn", {"upn": "", "sub": "1"}, ["product_claim_missing"], "none; sub is 1"),
    "a guest's upn": (
        "upn",
        {"upn": GUEST, "tid": HOME},
        ["product_claim_of_guest", "product_user_is_guest"],
        GUEST,
    ),
    "a name that is a list": ("name", {"name": ["A"]}, ["product_claim_strange"], "A"),
    "a name with a space at the end": (
        "name",
        {"name": "User "},
        ["product_claim_strange"],
        "User",
    ),
    "no claim at all": ("none", {"email": 1}, [], ""),
}


@pytest.mark.parametrize("kind", OTHER_CLAIMS)
def test_a_user_is_judged_by_the_claim_the_product_goes_by(kind):
    claim, said, codes, shown = OTHER_CLAIMS[kind]
    protocol = msgspec.structs.replace(PRACTICE.protocol, match=claim)
    product = msgspec.structs.replace(PRACTICE, protocol=protocol)
    found = matching.judge(product, said)
    assert [f.code for f in found] == codes
    if codes:
        assert (found[0].about, found[0].actual.strip()) == (claim, shown)
        assert found[0].status is (Status.PASS if "present" in codes[0] else Status.WARN)
        for finding in found:
            assert catalogue.general_advice()[finding.code].advice
