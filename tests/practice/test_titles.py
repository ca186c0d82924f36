"""The title of a practice page tells its state, as the wizard's do."""

import pytest


@pytest.mark.parametrize(
    ("path", "button", "name", "place"),
    [
        ("/apps/new", "Register", "Register an application", "Practice portal"),
        ("/product/settings", "Save & verify", "Single sign-on", "Practice product"),
    ],
)
def test_what_was_refused_is_in_the_title(visitor, path, button, name, place):
    page = visitor.get(path)
    assert page.root.one("title").text == f"{name} – {place}"
    (form,) = [each for each in page.root.all("form") if button in each.text]
    refused = visitor.submit(page, form)
    assert "Look at this first" in refused.words
    assert refused.root.one("title").text == f"{name} – error – {place}"
