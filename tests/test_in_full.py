"""Within a sentence an identity provider has a name that can stand there."""

from datetime import UTC, datetime

import pytest

from tests.support.app import PORT
from wizard import markdown, record, setups

PLACES = ("before", "delete", "record")


@pytest.mark.parametrize(
    ("provider", "said", "never"),
    [
        ("oidc", "your identity provider", "Another OpenID Provider"),
        ("practice", "the practice provider", "Practice identity provider"),
        ("entra", "Microsoft Entra ID", "Another OpenID Provider"),
    ],
)
def test_a_guide_for_many_is_not_called_by_the_words_it_is_chosen_by(wiz, provider, said, never):
    setup_id = wiz.saved_before("test", provider=provider)
    setup = setups.load(wiz.store, wiz.vault, setup_id, PORT)
    written = markdown.write(record.build(setup, datetime.now(UTC)))
    assert f"is being connected to {said}" in written
    assert never not in written
    for place in PLACES:
        page = wiz.visitor.get(f"/setups/{setup_id}/{place}")
        words = " ".join(each.text for each in page.root.one("main").all("p"))
        assert never not in words, place
