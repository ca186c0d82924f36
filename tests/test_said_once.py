"""What a finding says already does not stand in it once more."""

import pytest
from flask import render_template_string

from wizard.oidc.finding import failed, passed
from wizard.probes.token_reply import TokenReply
from wizard.wording import Shown

PAGE = '{% from "components/findings.html" import findings %}{{ findings(shown, none) }}'


@pytest.mark.parametrize("finding", [passed, failed])
@pytest.mark.parametrize("advice", ["All is as it was on 2026-11-22.", "All is as it was.", ""])
def test_what_it_is_about_is_said_once(wiz, finding, advice):
    shown = Shown(finding("any_code", about="2026-11-22"), "Nothing has changed", advice, "")
    with wiz.app.test_request_context():
        page = render_template_string(PAGE, shown=[shown])
    assert page.replace('data-about="2026-11-22"', "").count("2026-11-22") == 1


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("AADSTS7000215: No such secret.", "401 invalid_client, AADSTS7000215: No such secret."),
        ("No such secret.", "401 invalid_client, AADSTS7000215: No such secret."),
        ("", "401 invalid_client, AADSTS7000215"),
    ],
)
def test_entras_number_is_said_once(description, said):
    reply = TokenReply(401, "invalid_client", description, numbers=(7000215,))
    assert reply.said == said
