"""The probes against identity providers that this project did not write, and the practice one.

Right and wrong values each; whatever is said for certain must be true.
"""

import importlib.util
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.practice.portal import Portal
from tests.support.processes import Process, free_port_pair
from tests.support.shared_provider import OPENID_URI as PRODUCT_URI
from tests.support.shared_provider import SPACED
from tests.support.tools import PROVIDERS
from tests.support.visitor import Visitor
from wizard.fetch import Fetcher
from wizard.oidc.discovery import WELL_KNOWN, Needs
from wizard.oidc.finding import Status
from wizard.practice import PracticeServer
from wizard.probes import Registration, ask_discovery, ask_registration, ask_secret, settle

TEST_URI = "http://localhost:8765/callback"
WRONG_URI = "https://product.example/openid/callbakc"


@dataclass
class Running:
    """A provider with one client for a code and (where it has that) one for ID tokens."""

    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    id_token_client: str = ""
    question: str = "bogus_code"
    scope: str | None = None
    auth_method: str = "client_secret_basic"


@pytest.fixture
def npm_oidc_provider(npm_provider):
    """npm oidc-provider, certified."""
    return Running(npm_provider.metadata_url, "code-client", SPACED, "token-client")


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """The practice provider, which speaks Entra's dialect."""
    server = PracticeServer(free_port_pair() + 1, tmp_path_factory.mktemp("practice"))
    server.start()
    portal = Portal(Visitor.of_server(server.url.rstrip("/")))
    registered = portal.register(PRODUCT_URI, TEST_URI)
    with_id_tokens = portal.register(PRODUCT_URI, TEST_URI, id_tokens=True)
    yield Running(
        registered.metadata["issuer"] + WELL_KNOWN,
        registered.client_id,
        registered.secret_value,
        with_id_tokens.client_id,
        question="client_credentials",
        scope="https://graph.microsoft.com/.default",
        auth_method="client_secret_post",
    )
    server.stop()


@pytest.fixture(scope="module")
def mock(tmp_path_factory):
    """PyPI oidc-provider-mock."""
    yield from python_provider("mock", "oidc_provider_mock", tmp_path_factory.mktemp("mock"))


@pytest.fixture(scope="module")
def canaille(tmp_path_factory):
    """PyPI canaille."""
    yield from python_provider("canaille", "canaille", tmp_path_factory.mktemp("canaille"))


def python_provider(kind: str, package: str, folder: Path):
    missing = importlib.util.find_spec(package) is None
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{package} is missing: it is in requirements-dev.txt", pytrace=False)
    if missing:
        pytest.skip(f"{package} is not installed; `make test` installs it")
    process = Process(
        [sys.executable, str(PROVIDERS / "python_op.py"), kind], log=folder / "stderr.log"
    )
    try:
        metadata_url = process.wait_for_line("ready ") + WELL_KNOWN
        endpoint = requests.get(metadata_url, timeout=10).json()["registration_endpoint"]
        wanted = {
            "client_name": "Made for a test",
            "redirect_uris": [PRODUCT_URI, TEST_URI],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "client_secret_basic",
        }
        made = requests.post(endpoint, json=wanted, timeout=10).json()
        yield Running(metadata_url, made["client_id"], made["client_secret"])
    finally:
        process.kill()


PROVIDER_NAMES = ["npm_oidc_provider", "practice", "mock", "canaille"]
# Canaille takes a second to start, so it is asked in `make test-products`.
IN_MAKE_TEST = PROVIDER_NAMES[:3]


@pytest.fixture(
    params=[
        pytest.param(name, marks=() if name in IN_MAKE_TEST else pytest.mark.products)
        for name in PROVIDER_NAMES
    ]
)
def running(request):
    return request.getfixturevalue(request.param)


def ask(running, *, client_id="", secret=None, uris=(PRODUCT_URI, TEST_URI), kind="code"):
    """Everything that can be asked, as the wizard does it."""
    needs = Needs(kind, "form_post" if kind == "id_token" else None, "openid")
    registration = Registration(
        client_id or running.client_id,
        tuple(("a URI", uri) for uri in uris),
        kind,
        needs.response_mode,
        needs.scopes,
        secret,
    )
    with Fetcher() as fetcher:
        found = ask_discovery(
            fetcher, running.metadata_url, needs, lambda: datetime.now(UTC).timestamp()
        )
        asked = ask_registration(fetcher, found.metadata, registration)
        answer = ask_secret(fetcher, found.metadata, registration, running.question, running.scope)
    return found, *settle(asked, answer.findings), answer.auth_method


def codes(findings):
    return {finding.about: finding.code for finding in findings}


def test_its_document_and_keys_pass(running):
    found, *_ = ask(running)
    assert [f.code for f in found.findings if f.status is Status.FAIL] == []
    assert found.jwks["keys"]


def test_right_values_are_confirmed(running):
    _, asked, on_secret, method = ask(running, secret=running.client_secret)
    assert codes(asked) == {
        running.client_id: "client_id_known",
        PRODUCT_URI: "redirect_uri_accepted",
        TEST_URI: "redirect_uri_accepted",
        "code": "response_type_accepted",
    }
    assert [f.code for f in on_secret] == ["client_secret_accepted"]
    assert method == running.auth_method


def test_a_wrong_secret_is_refused(running):
    for wrong in (running.client_secret[:-1], "x" + running.client_secret[1:]):
        _, asked, on_secret, method = ask(running, secret=wrong)
        assert codes(asked)[running.client_id] == "client_id_known"
        assert [f.code for f in on_secret] == ["client_secret_refused"]
        assert method is None


ODD_LOOKS = ["§ no ASCII", "a\"b<c>'d&e;f=g", " ", "%41%zz", "a:b:c", "\u0660"]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        pytest.param(
            wrong,
            name,
            marks=() if name == IN_MAKE_TEST[n % len(IN_MAKE_TEST)] else pytest.mark.products,
        )
        for n, wrong in enumerate(ODD_LOOKS)
        for name in PROVIDER_NAMES
    ],
)
def test_a_wrong_secret_of_an_odd_look_is_never_accepted(request, wrong, name):
    _, _, on_secret, method = ask(request.getfixturevalue(name), secret=wrong)
    assert Status.PASS not in {f.status for f in on_secret}
    assert method is None


def test_a_wrong_redirect_uri_is_refused_and_the_right_one_is_not(running):
    _, asked, *_ = ask(running, uris=(WRONG_URI, TEST_URI))
    assert codes(asked)[running.client_id] == "client_id_known"
    assert codes(asked)[WRONG_URI] == "redirect_uri_refused"
    assert codes(asked)[TEST_URI] == "redirect_uri_accepted"


def test_a_wrong_client_id_is_refused_and_nothing_else_is(running):
    wrong = "7f3a9c2e-aaaa-4bbb-8ccc-000000000001"
    _, asked, on_secret, _ = ask(running, client_id=wrong, secret=running.client_secret)
    refused = {f.code for f in asked if f.status is Status.FAIL}
    assert refused in ({"client_id_unknown"}, {"client_id_or_redirect_uri_refused"})
    assert Status.PASS not in {f.status for f in (*asked, *on_secret)}
    assert "client_secret_refused" not in {f.code for f in on_secret}


@pytest.mark.parametrize("name", ["npm_oidc_provider", "practice"])
def test_id_tokens_that_are_switched_on_are_never_refused(name, request):
    running = request.getfixturevalue(name)
    _, asked, *_ = ask(running, client_id=running.id_token_client, kind="id_token")
    found = codes(asked)
    assert found[running.id_token_client] == "client_id_known"
    assert found[PRODUCT_URI] == found[TEST_URI] == "redirect_uri_accepted"
    # Entra's dialect says first that nobody is signed in, so that cannot be told.
    expected = "could_not_tell" if name == "practice" else "accepted"
    assert found["id_token"] == f"response_type_{expected}"


@pytest.mark.parametrize(
    ("name", "code"),
    [("npm_oidc_provider", "response_type_refused"), ("practice", "id_tokens_not_enabled")],
)
def test_id_tokens_that_are_not_switched_on_are_told(name, code, request):
    _, asked, *_ = ask(request.getfixturevalue(name), kind="id_token")
    assert codes(asked)["id_token"] == code
    assert codes(asked)[PRODUCT_URI] == "redirect_uri_accepted"


def test_the_canaries_are_few(npm_provider, npm_oidc_provider):
    before = len(npm_provider.requests())
    ask(npm_oidc_provider, secret=SPACED)
    paths = [each["path"] for each in npm_provider.requests()[before:]]
    assert paths.count("/auth") == 4
    assert paths.count("/token") == 2
