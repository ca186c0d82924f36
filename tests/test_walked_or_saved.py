"""A test that begins at a step may have what comes before it saved: as if it had been walked."""

from dataclasses import replace

import pytest

from wizard import setups

ENTRA = {"provider": "entra", "client_id": "00001111-aaaa-2222-bbbb-3333cccc4444"}
WAYS = [
    ("redirect-uri", {}),
    ("client-id", {}),
    ("client-secret", {}),
    ("metadata", {}),
    ("metadata", {"client_secret": "another-secret-by-mistake"}),
    ("client-secret", ENTRA),
    ("metadata", ENTRA),
    ("metadata", {"product": "connectwise", **ENTRA}),  # it wants no secret
]


@pytest.mark.parametrize(("step", "values"), WAYS)
def test_what_is_saved_is_what_a_walk_leaves_and_shows_the_same_page(wiz, step, values):
    found = []
    for way in (wiz.walk_by_its_pages_to, wiz.saved_at):
        page = way(step, **values)
        saved = setups.load(wiz.store, wiz.vault, page.path.split("/")[2], 8765)
        assert page.path == f"/setups/{saved.id}/{step}"
        version = saved.values.secret_version
        found.append(
            (
                (saved.row.product, saved.row.provider, saved.row.name),
                replace(saved.values, secret_version=bool(version)),
                {n: v.replace(version or "-", "version") for n, v in saved.answers.items()},
                saved.checks,
                saved.runs,
                {each: set(ticked) for each, ticked in saved.ticks.items()},
                page.words,
            )
        )
    assert found[0] == found[1]
