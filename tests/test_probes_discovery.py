"""Discovery over real HTTP: the document, the keys, the clock."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.oidc.tokens import rsa_key
from tests.support.odd_provider import OddProvider, Said, page
from wizard.fetch import Fetcher
from wizard.oidc.discovery import WELL_KNOWN, Needs
from wizard.oidc.finding import Status
from wizard.probes import ask_discovery

NEEDS = Needs("code", None, "openid")


def as_json(value, status=200, content_type="application/json", **headers):
    return Said(status, value, headers, content_type)


def serving(*, document=None, keys=None):
    """A provider with a good document and good keys, but for what is given."""
    good_keys = {"keys": [rsa_key().jwk()]}
    pages = {
        WELL_KNOWN: document or (lambda asked: as_json(asked.provider.document)),
        "/keys": keys
        or (lambda asked: as_json(good_keys, content_type="application/jwk-set+json")),
    }
    return OddProvider(pages=pages, token=lambda asked: Said())


def discover(provider, now=None, path=WELL_KNOWN):
    with Fetcher() as fetcher:
        clock = now or (lambda: datetime.now(UTC).timestamp())
        return ask_discovery(fetcher, provider.issuer + path, NEEDS, clock)


def failures(found):
    return [f.code for f in found.findings if f.status is Status.FAIL]


def test_a_good_provider_passes_with_evidence_and_time():
    with serving() as provider:
        found = discover(provider)
        assert found.metadata.issuer == provider.issuer
    assert found.jwks["keys"]
    assert failures(found) == []
    passes = {f.code for f in found.findings if f.status is Status.PASS}
    assert {
        "metadata_content_type",
        "metadata_issuer_matches",
        "keys_usable",
        "clock_agrees",
    } <= passes
    for finding in found.findings:
        if finding.code.startswith(("metadata_issuer", "keys_")):
            assert re.fullmatch(r"GET http://\S+: 200 in \d+ ms", finding.evidence[0])
            assert isinstance(finding.took_ms, int)


def said(status, **headers):
    return lambda asked: Said(status, "no", headers)


DOCUMENTS = [
    (said(404), "metadata_not_found"),
    (said(410), "metadata_not_found"),
    (said(401), "metadata_forbidden"),
    (said(403), "metadata_forbidden"),
    (said(302, Location="https://login.example/portal?s=1"), "metadata_redirected"),
    (said(301), "metadata_redirected"),
    (said(429, **{"Retry-After": "7"}), "metadata_too_many_requests"),
    (said(500), "metadata_server_error"),
    (said(503), "metadata_server_error"),
    (said(400), "metadata_http_status"),
    (said(204), "metadata_http_status"),
    (lambda asked: page("Welcome to the Wi-Fi"), "metadata_web_page"),
    (lambda asked: as_json("<?xml version='1.0'?><x/>"), "metadata_xml"),
    (lambda asked: as_json("nonsense"), "metadata_not_json"),
    (lambda asked: as_json(""), "metadata_empty"),
    (lambda asked: as_json({**asked.provider.document, "issuer": "https://other.example"}),
     "metadata_issuer_other"),
    (lambda asked: as_json({**asked.provider.document, "jwks_uri": None}),
     "metadata_member_missing"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "code"), DOCUMENTS)
def test_each_answer_but_the_right_one_has_its_finding(document, code):
    with serving(document=document) as provider:
        assert failures(discover(provider)) == [code]


def test_when_to_come_back_and_where_it_leads_are_said():
    with serving(document=said(429, **{"Retry-After": "7"})) as provider:
        (finding,) = [f for f in discover(provider).findings if f.status is Status.FAIL]
    assert finding.actual == "HTTP 429, Retry-After: 7 s"
    target = "https://login.example/portal?session=secret"
    with serving(document=said(302, Location=target)) as provider:
        (finding,) = [f for f in discover(provider).findings if f.status is Status.FAIL]
    assert finding.actual == "HTTP 302, to https://login.example/portal"


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", None])
def test_a_document_of_another_content_type_is_a_warning(content_type):
    with serving(
        document=lambda asked: as_json(asked.provider.document, content_type=content_type)
    ) as provider:
        found = discover(provider)
    assert found.metadata is not None
    (finding,) = [f for f in found.findings if f.code == "metadata_content_type_other"]
    assert finding.status is Status.WARN


KEYS = [
    (said(404), "keys_http_status"),
    (said(302, Location="/elsewhere"), "keys_http_status"),
    (said(429), "keys_unavailable"),
    (said(503), "keys_unavailable"),
    (lambda asked: as_json("nonsense"), "keys_not_json"),
    (lambda asked: as_json({"keys": []}), "keys_none_usable"),
    (lambda asked: as_json({"keys": [rsa_key().private_jwk()]}), "keys_private"),
]


@pytest.mark.parametrize(("keys", "code"), KEYS)
def test_keys_that_cannot_be_used_are_named_with_their_address(keys, code):
    with serving(keys=keys) as provider:
        found = discover(provider)
        (finding,) = [f for f in found.findings if f.status is Status.FAIL]
        assert (finding.code, finding.about) == (code, f"{provider.issuer}/keys")
    assert found.jwks is None
    assert found.metadata is not None


def test_an_address_that_may_not_be_asked_is_not_asked():
    with serving() as provider, Fetcher() as fetcher:
        for url in ("http://op.example/x", "https://me@op.example/x", "nonsense"):
            found = ask_discovery(fetcher, url, NEEDS, lambda: 0.0)
            assert found.metadata is None
            assert len(failures(found)) == 1
        assert provider.asked == []


def test_no_answer_is_a_failure_for_document_and_keys():
    with serving() as provider:
        gone = provider.issuer
    with Fetcher() as fetcher:
        found = ask_discovery(fetcher, gone + WELL_KNOWN, NEEDS, lambda: 0.0)
    assert failures(found) == ["network_refused"]
    moved = {"document": lambda asked: as_json({**asked.provider.document, "jwks_uri": gone})}
    with serving(**moved) as provider:
        assert failures(discover(provider)) == ["network_refused"]


CLOCKS = [
    (0, "clock_agrees"),
    (50, "clock_agrees"),
    (-50, "clock_agrees"),
    (120, "clock_off"),
    (-120, "clock_off"),
    (3600, "clock_far_off"),
    (-86400 * 400, "clock_far_off"),
]


@pytest.mark.parametrize(("ahead", "code"), CLOCKS)
def test_this_computers_clock_is_held_against_the_providers(ahead, code):
    with serving() as provider:
        found = discover(provider, lambda: datetime.now(UTC).timestamp() + ahead)
    (finding,) = [f for f in found.findings if f.about == "clock"]
    assert finding.code == code
    assert finding.status is (Status.PASS if code == "clock_agrees" else Status.WARN)
    if code != "clock_agrees":
        assert finding.actual.endswith("ahead" if ahead > 0 else "behind")


def test_without_a_date_nothing_is_said_of_the_clock():
    with serving() as provider:
        provider.date = ""
        assert not [f for f in discover(provider).findings if f.about == "clock"]


def test_an_answer_out_of_a_cache_does_not_make_the_clock_wrong():
    with serving(
        document=lambda asked: as_json(asked.provider.document, Age="7200"),
        keys=lambda asked: as_json({"keys": [rsa_key().jwk()]}, Age="7200"),
    ) as provider:
        provider.date = format_datetime(datetime.now(UTC) - timedelta(hours=2), usegmt=True)
        (finding,) = [f for f in discover(provider).findings if f.about == "clock"]
    assert finding.code == "clock_agrees"
