"""`python app.py check`: the same verdicts as on the pages, by exit code, sentences and JSON."""

import json
import os
import subprocess
import sys
from contextlib import closing

import pytest

from tests.practice.portal import Portal
from tests.support import commands
from tests.support.odd_provider import OddProvider, page
from tests.support.processes import free_port_pair
from tests.support.shared_provider import CANARY as SECRET
from tests.support.visitor import Visitor
from wizard import catalogue
from wizard.practice import PracticeServer

URI = "https://product.example/sso/callback"
OTHER_URI = "https://product.example/sso/other"
PATH = "/.well-known/openid-configuration"


class Ended(commands.Ended):
    """How a run ended and what it found."""

    @property
    def findings(self) -> list[dict[str, str]]:
        told = json.loads(self.out)
        assert set(told) == {"findings"}
        for finding in told["findings"]:
            assert set(finding) == {
                *("code", "status", "about", "expected", "actual", "title", "advice")
            }
            assert finding["title"]
            assert finding["status"] in ("pass", "warn", "fail", "unknown")
        return told["findings"]

    @property
    def statuses(self) -> dict[str, str]:
        return {finding["code"]: finding["status"] for finding in self.findings}

    def failed(self) -> set[str]:
        return {code for code, status in self.statuses.items() if status == "fail"}

    def about(self, code: str) -> list[str]:
        return [finding["about"] for finding in self.findings if finding["code"] == code]


@pytest.fixture
def check(tmp_path):
    """Runs the command with a secret in the environment; it is nowhere in what it writes, and
    nothing is written to a file."""
    home = tmp_path / "home"
    home.mkdir()

    def run(
        *arguments: str,
        secret: str | None = SECRET,
        as_json: bool = True,
        encoding: str = "utf-8",
        program: bool = False,
    ) -> Ended:
        kept = {k: v for k, v in os.environ.items() if k != "LATCHKEY_CLIENT_SECRET"}
        environment = kept | {n: str(home) for n in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA")}
        if secret is not None:
            environment["LATCHKEY_CLIENT_SECRET"] = secret
        run = commands.run_program if program else commands.run_here
        ended = run(
            ["check", *arguments, *(["--json"] if as_json else [])],
            environment=environment,
            cwd=home,
            encoding=encoding,
        )
        if secret:
            assert secret not in ended.out + ended.err
        assert list(home.rglob("*")) == []
        return Ended(ended.code, ended.out, ended.err)

    return run


@pytest.fixture
def provider(npm_provider):
    """It has "product" and "token-product", both with `URI` alone."""
    return npm_provider


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    server = PracticeServer(free_port_pair() + 1, tmp_path_factory.mktemp("practice"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def registered(practice):
    portal = Portal(Visitor.of_server(practice.url.rstrip("/")))
    return portal.register(URI, expires="180")


def practice_arguments(registered, *more):
    url = f"{registered.metadata['issuer']}{PATH}"
    ids = ["--client-id", registered.client_id]
    return ["--provider", "practice", "--metadata-url", url, *ids, *more]


# -- a real provider


def test_right_values_end_with_0(check, provider):
    ended = check(
        *("--metadata-url", provider.metadata_url, "--client-id", "product", "--redirect-uri", URI),
        program=True,
    )
    assert ended.failed() == set()
    assert ended.code == 0
    for code in ("client_id_known", "redirect_uri_accepted", "client_secret_accepted"):
        assert ended.statuses[code] == "pass"


def test_each_redirect_uri_has_its_own_finding(check, provider):
    ended = check(
        *("--metadata-url", provider.metadata_url, "--client-id", "product"),
        *("--redirect-uri", URI, "--redirect-uri", OTHER_URI),
    )
    assert ended.code == 1
    assert ended.about("redirect_uri_accepted") == [URI]
    assert ended.about("redirect_uri_refused") == [OTHER_URI]
    assert ended.failed() == {"redirect_uri_refused"}


def test_a_wrong_secret_ends_with_1(check, provider):
    ended = check(
        *("--metadata-url", provider.metadata_url, "--client-id", "product"),
        secret="canary-of-a-wrong-secret",
    )
    assert ended.code == 1
    assert ended.failed() == {"client_secret_or_id_refused"}


def test_an_id_token_product_is_asked_for_no_secret(check, provider):
    ended = check(
        *("--metadata-url", provider.metadata_url, "--client-id", "token-product"),
        *("--redirect-uri", URI, "--response-type", "id_token"),
        secret=None,
    )
    assert ended.code == 0
    assert ended.statuses["response_type_accepted"] == "pass"
    assert not [code for code in ended.statuses if code.startswith("client_secret")]


def test_what_was_not_given_is_said_not_to_have_been_asked(check, provider):
    ended = check("--metadata-url", provider.metadata_url, "--client-id", "product", secret=None)
    assert ended.code == 0, "could not tell is no failure"
    assert ended.statuses["client_secret_not_asked"] == "unknown"
    assert ended.statuses["registration_not_asked"] == "unknown"
    assert "client_id_known" not in ended.statuses


def test_for_people_it_is_a_line_a_finding_with_what_to_do_beneath(check, provider):
    ended = check(
        *("--metadata-url", provider.metadata_url, "--client-id", "product"),
        *("--redirect-uri", f" {OTHER_URI}\u200b"),
        as_json=False,
    )
    assert ended.code == 1
    lines = ended.out.splitlines()
    at = lines.index("✕ Failed: Your identity provider refuses this redirect URI")
    assert lines[at + 1] == f"    About: {OTHER_URI}"
    assert any(line.startswith("    To do: Register ") for line in lines[at:])
    assert "✓ Passed: Your identity provider accepts the client secret" in lines
    assert any(line.startswith("✓ Passed: Taken away from what was pasted:") for line in lines)
    assert "**" not in ended.out
    assert ended.err == ""


def test_a_terminal_without_the_signs_gets_words(check, provider):
    ended = check(
        *("--metadata-url", provider.metadata_url, "--client-id", "product"),
        as_json=False,
        encoding="ascii",
    )
    assert ended.code == 0
    assert "Passed: Your identity provider accepts the client secret" in ended.out.splitlines()
    assert "Could not tell: " in ended.out


# -- the practice provider, which answers as Entra does


def test_the_practice_provider_takes_right_values(check, registered):
    ended = check(
        *practice_arguments(registered, "--redirect-uri", URI), secret=registered.secret_value
    )
    assert (ended.code, ended.failed()) == (0, set())
    assert ended.statuses["client_secret_accepted"] == "pass"
    assert ended.statuses["redirect_uri_accepted"] == "pass"


def test_the_practice_provider_refuses_as_entra_does(check, registered):
    ended = check(
        *practice_arguments(registered, "--redirect-uri", OTHER_URI, URI),
        secret=registered.secret_value[:-4] + "0000",
    )
    assert ended.code == 1
    assert ended.failed() == {"redirect_uri_refused", "client_secret_refused"}
    assert ended.about("redirect_uri_refused") == [OTHER_URI]


def test_a_secret_id_is_named_and_not_sent(check, registered):
    ended = check(*practice_arguments(registered), secret=registered.secret_id)
    assert ended.code == 1
    assert ended.failed() == {"client_secret_is_secret_id"}


def test_id_tokens_that_are_switched_off_are_seen(check, registered):
    ended = check(
        *practice_arguments(registered, "--redirect-uri", URI, "--response-type", "id_token"),
        secret=None,
    )
    assert ended.code == 1
    assert ended.failed() == {"id_tokens_not_enabled"}


# -- no provider at all


def test_a_web_page_in_the_place_of_the_document_ends_with_1(check):
    with OddProvider(pages={PATH: lambda _: page("Welcome")}) as server:
        ended = check("--metadata-url", f"{server.issuer}{PATH}", "--client-id", "product")
        assert ended.failed() == {"metadata_web_page"}
        assert ended.code == 1
        assert [asked.path for asked in server.asked] == [PATH], "the secret was sent nowhere"


def test_a_port_where_nobody_listens_ends_with_1(check):
    url = f"http://127.0.0.1:{free_port_pair()}{PATH}"
    ended = check("--metadata-url", url, "--client-id", "product")
    assert (ended.code, ended.failed()) == (1, {"network_refused"})


def test_another_address_in_its_place_gets_a_suggestion(check):
    ended = check(
        *("--metadata-url", "login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize"),
        *("--client-id", "11111111-2222-4333-8444-555555555555", "--provider", "entra"),
        secret=None,
    )
    assert ended.code == 1
    assert ended.statuses["metadata_url_suggested"] == "warn"
    assert "metadata_url_not_a_url" in ended.failed()


# -- unusable arguments

UNUSABLE = {
    "nothing": ([], "--metadata-url"),
    "no client ID": (["--metadata-url", "https://op.example"], "--client-id"),
    "an empty client ID": (["--metadata-url", "x", "--client-id", " "], "--client-id"),
    "an empty metadata URL": (["--metadata-url", "", "--client-id", "x"], "--metadata-url"),
    "an empty redirect URI": (
        ["--metadata-url", "x", "--client-id", "x", "--redirect-uri", ""],
        "--redirect-uri",
    ),
    "a response type we do not do": (
        ["--metadata-url", "x", "--client-id", "x", "--response-type", "token"],
        "token",
    ),
    "a provider without a guide": (
        ["--metadata-url", "x", "--client-id", "x", "--provider", "../oidc"],
        "../oidc",
    ),
    "an option nobody knows": (
        ["--metadata-url", "x", "--client-id", "x", "--client-secret", "y"],
        "--client-secret",
    ),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_arguments_end_with_2_and_a_sentence(check, kind):
    arguments, named = UNUSABLE[kind]
    ended = check(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert named in ended.err


def test_an_unknown_provider_is_told_which_there_are(check):
    ended = check("--metadata-url", "x", "--client-id", "x", "--provider", "entraid")
    there = ", ".join(entry.slug for entry in catalogue.provider_entries())
    assert there.startswith("entra, ")
    assert ended.err == (
        f"There is no guide for the identity provider 'entraid'. There are guides for: {there}.\n"
    )


# -- asked for in a terminal

# The command, once for each secret that is typed.
IN_A_TERMINAL = """
import os, runpy, sys
os.open(os.ttyname(0), os.O_RDWR)  # becomes the terminal of this session
times, *sys.argv = sys.argv[1:]
for _ in range(int(times)):
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as ended:
        print(f"ended with {ended.code}", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal of POSIX systems")
def test_in_a_terminal_the_secret_is_asked_for_and_not_shown(provider):
    terminal, ours = os.openpty()
    arguments = ["--metadata-url", provider.metadata_url, "--client-id", "product", "--json"]
    environment = {k: v for k, v in os.environ.items() if k != "LATCHKEY_CLIENT_SECRET"}
    typed = {SECRET: "client_secret_accepted", "": "client_secret_not_asked"}
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, str(len(typed)), commands.APP, "check", *arguments],
        stdin=ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment,
    )
    os.close(ours)
    with closing(os.fdopen(terminal, "r+b", buffering=0)) as keyboard, process:
        seen = b""
        for secret in typed:
            asked = b""
            while b"leave it out): " not in asked:
                asked += keyboard.read(1)
            keyboard.write(secret.encode() + b"\n")
            seen += asked
        out, err = process.communicate(timeout=60)
        told = out.split(b"ended with 0\n")
        assert told.pop() == b"", err
        for code, one in zip(typed.values(), told, strict=True):
            assert code in {finding["code"] for finding in json.loads(one)["findings"]}
        os.set_blocking(keyboard.fileno(), False)
        echoed = seen + (_rest(keyboard) or b"")
        assert SECRET.encode() not in echoed + out + err


def _rest(keyboard) -> bytes:
    try:
        return keyboard.read(10_000) or b""
    except OSError:  # the other end is closed, and nothing was left
        return b""
