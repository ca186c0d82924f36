"""Sketches: every guide's screens are drawn, say in words what they show, and hold no secret."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.html import Element
from tests.support.lint import assert_clean
from tests.support.sketches import HERS, SECRET, TENANT, drawn, guides, html, page, setup_of
from wizard import catalogue, sketching
from wizard.catalogue import GuideError, read_guide, sketches
from wizard.catalogue.guides import Product, Provider
from wizard.catalogue.sketches import Form
from wizard.oidc.finding import failed, passed
from wizard.setups import Values
from wizard.wording import unmarked

ALL = [(guide, name) for guide in guides() for name in guide.sketches]
IDS = [f"{guide.slug}-{name}" for guide, name in ALL]
FOLDER = Path(catalogue.__file__).parent
SYNCRO = (FOLDER / "products" / "syncro.toml").read_text("utf-8")


def parts_of(text: str) -> Element:
    return assert_clean(page("Sketches", text), secrets=[SECRET]).one("figure")


def with_class(figure: Element, name: str) -> list[str]:
    return [e.text for e in figure.walk() if name in e.get("class").split()]


@pytest.mark.parametrize("values", [Values(), HERS], ids=["empty", "hers"])
@pytest.mark.parametrize(("guide", "name"), ALL, ids=IDS)
def test_a_sketch_is_drawn_and_its_words_say_the_same(guide, name, values):
    figure = parts_of(html(drawn(guide, name, values)))
    words = setup_of(*of(guide), values).words
    said = figure.one("figcaption").text
    for place in sketches.marked(guide.sketches[name]):
        assert catalogue.fill(place, words) in said
    for part in guide.sketches[name].parts:
        if isinstance(part, Form):
            assert all(label in said for label in fields_of(guide, part))
    assert "{" not in figure.text
    assert "**" not in figure.text


@pytest.mark.parametrize(("guide", "name"), ALL, ids=IDS)
def test_a_drawing_is_read_once_and_nothing_in_it_is_a_control(guide, name):
    figure = parts_of(html(drawn(guide, name, HERS)))
    (screen,) = [e for e in figure.walk() if e.get("aria-hidden") == "true"]
    assert screen.get("class") == "screen"
    assert figure.one("figcaption").parent is figure
    assert screen.parent is figure
    for element in figure.walk():
        assert element.tag in ("figure", "figcaption", "div", "span", "b")
        assert not {"tabindex", "href", "style", "id", "contenteditable"} & set(element.attributes)


@pytest.mark.parametrize(("guide", "name"), ALL, ids=IDS)
def test_marks_are_words_beside_the_outline_and_the_line_through(guide, name):
    figure = parts_of(html(drawn(guide, name, HERS)))
    for mark, sign in (("here", "←"), ("not", "✕")):
        said = with_class(figure, f"says-{mark}")
        assert len(said) == len(with_class(figure, mark))
        assert all(words.startswith(sign) and len(words) > 2 for words in said)


def of(guide: Product | Provider) -> tuple[Product, Provider]:
    if isinstance(guide, Product):
        return guide, catalogue.provider("entra")
    return catalogue.product("syncro"), guide


def fields_of(guide: Product, part: Form) -> list[str]:
    return part.fields or [f.label for f in guide.hand_over.fields if not f.if_asked]


LOOK_ALIKES = {
    ("entra", "overview"): ("Object ID", "Directory (tenant) ID"),
    ("entra", "secrets"): ("Secret ID",),
    ("entra", "new-registration"): ("Single-page application (SPA)",),
    ("entra", "id-tokens"): ("Access tokens (used for implicit flows)",),
    ("entra", "id-tokens-older"): ("Access tokens (used for implicit flows)",),
    ("entra", "token-configuration"): ("Access", "SAML"),
    ("entra", "endpoints"): (
        "OAuth 2.0 authorization endpoint (v2)",
        "OAuth 2.0 authorization endpoint (v1)",
        "SAML-P sign-on endpoint",
    ),
    ("syncro", "login-settings"): ("Logout URL",),
}


@pytest.mark.parametrize(("slug", "name"), LOOK_ALIKES)
def test_what_looks_like_it_is_marked_as_not_it(slug, name):
    (guide,) = guides(slug)
    figure = parts_of(html(drawn(guide, name, HERS)))
    for label in LOOK_ALIKES[slug, name]:
        assert label in figure.one("figcaption").text
    assert len(with_class(figure, "not")) >= len(LOOK_ALIKES[slug, name])


HER_VALUES = {
    ("entra", "new-registration"): ("Syncro single sign-on", HERS.redirect_uri),
    ("entra", "overview"): (HERS.client_id, TENANT),
    ("entra", "endpoints"): (TENANT,),
    ("entra", "redirect-uris"): (HERS.redirect_uri, "http://localhost:8765/callback"),
    ("entra", "redirect-uris-older"): (HERS.redirect_uri, "http://localhost:8765/callback"),
    ("entra", "test-uri-out"): ("http://localhost:8765/callback",),
    ("syncro", "login-settings-form"): (HERS.client_id, HERS.metadata_url, HERS.secret_expires),
    ("connectwise", "add-login-provider-form"): (HERS.client_id, HERS.metadata_url, "id_token"),
}


@pytest.mark.parametrize(("slug", "name"), HER_VALUES)
def test_her_own_values_stand_in_it_and_made_up_ones_are_called_so(slug, name):
    (guide,) = guides(slug)
    hers = parts_of(html(drawn(guide, name, HERS)))
    shown = " ".join(e.text for e in hers.walk() if e.get("class") == "screen")
    assert all(value in shown for value in HER_VALUES[slug, name])
    empty = drawn(guide, name, Values())
    assert empty.has_fakes == bool(with_class(parts_of(html(empty)), "fake"))
    assert ("is made up" in parts_of(html(empty)).text) is empty.has_fakes


def test_the_secret_is_dots():
    (guide,) = guides("syncro")
    drawing = drawn(guide, "login-settings-form", HERS)
    (line,) = [line for line in drawing.lines if line.label.text == "Client Secret"]
    assert [text.text for text in line.holds] == [sketching.DOTS]
    assert SECRET not in repr(drawing)


def test_an_id_nobody_has_confirmed_is_not_drawn_where_the_right_one_is():
    setup = setup_of(catalogue.product("syncro"), catalogue.provider("entra"), HERS)
    unconfirmed = replace(setup, checks={})
    drawing = sketching.draw(unconfirmed, setup.provider.sketches["overview"])
    assert HERS.client_id not in repr(drawing)
    assert TENANT not in repr(drawing)
    assert drawing.has_fakes


def test_a_screen_nobody_has_confirmed_is_called_so(tmp_path):
    changed = SYNCRO.replace(
        "[sketches.login-settings]", '[sketches.login-settings]\ncertainty = "U"'
    )
    path = tmp_path / "syncro.toml"
    path.write_text(changed, "utf-8")
    guide = read_guide(path, Product)
    setup = setup_of(guide, catalogue.provider("entra"), HERS)
    drawings = sketching.draw_all(setup, guide, ["login-settings", "enable-sso"])
    told = ["Nobody has confirmed" in parts_of(html(drawing)).text for drawing in drawings]
    assert told == [True, False]


MENDED_AT = {
    "client_id_unknown": ["overview"],
    "client_secret_is_secret_id": ["secrets"],
    "id_tokens_not_enabled": ["id-tokens", "id-tokens-older"],
    "redirect_uri_refused": ["redirect-uris", "redirect-uris-older"],
    "app_disabled": ["properties"],
    "product_email_missing": ["token-configuration"],
    "provider_error_50105": ["users-and-groups"],
    "provider_error_7000215": ["secrets"],
    "provider_error_1": [],
    "metadata_not_found": [],
}


@pytest.mark.parametrize("code", MENDED_AT)
def test_a_finding_shows_where_it_is_mended(code):
    guide = catalogue.provider("entra")
    setup = setup_of(catalogue.product("syncro"), guide, HERS)
    expected = [sketching.draw(setup, guide.sketches[name]) for name in MENDED_AT[code]]
    assert sketching.for_finding(setup, failed(code)) == expected
    assert sketching.for_finding(setup, passed(code)) == []


def test_a_number_explained_by_anothers_guide_draws_none_of_its_screens():
    setup = setup_of(catalogue.product("syncro"), catalogue.provider("practice"), HERS)
    assert sketching.for_finding(setup, failed("provider_error_50105")) == []


@pytest.mark.parametrize("guide", list(guides()), ids=lambda guide: guide.slug)
def test_every_sketch_is_shown_somewhere(guide):
    assert {name for _, name in sketches.named(guide)} == set(guide.sketches)


BROKEN = {
    "a name nobody drew": (
        ('sketches = ["login-settings"]', 'sketches = ["settings"]'),
        "settings",
    ),
    "nothing marked": (
        ('label = "Enable SSO", mark = "here"', 'label = "Enable SSO"'),
        ('label = "Save", main = true, mark = "here"', 'label = "Save", main = true'),
        "nothing is marked",
    ),
    "words that leave a mark out": (("set **Enable SSO** to on", "set it to on"), "'Enable SSO'"),
    "a menu without the entry that is on": (
        ('title = "Login Settings"\n', 'title = "Login Settings"\nmenu = ["A"]\nmenu_on = "B"\n'),
        "'B'",
    ),
    "a placeholder nobody fills in": (("Drawing of **Login", "{drawing} of **Login"), "{drawing}"),
    "a value that may be missing": (
        ('fake = "https://…/logout"', 'text = "{tenant_id}"'),
        "a fake",
    ),
    "a field the form does not have": (
        ('kind = "hand-over"', 'kind = "hand-over", fields = ["No"]'),
        "'No'",
    ),
    "a kind nobody draws": (('kind = "switch"', 'kind = "slider"'), "slider"),
    "words without a text": (('says = "Drawing', 'say = "Drawing'), "say"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_wrong_sketch_is_an_error_that_names_it(kind, tmp_path):
    *changes, why = BROKEN[kind]
    text = SYNCRO
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "syncro.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(GuideError) as caught:
        read_guide(path, Product)
    assert "syncro.toml" in str(caught.value)
    assert why in str(caught.value)


TABLE = (
    '{ kind = "table", label = "T", columns = ["A", "B"], rows = [["1", "2"]], here = "A" }',
    '{ kind = "choice", label = "C", options = ["A", "B"], chosen = "A", mark = "here" }',
)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('rows = [["1", "2"]]', 'rows = [["1"]]', "cells"),
        ('here = "A"', 'here = "C"', "'C'"),
        ('chosen = "A"', 'chosen = "C"', "'C'"),
        ('mark = "here"', 'look_alikes = ["C"], mark = "here"', "'C'"),
    ],
)
def test_tables_and_choices_name_only_what_they_have(old, new, why, tmp_path):
    more = f'\n[sketches.more]\ntitle = "T"\nsays = "A C"\nparts = [{", ".join(TABLE)}]\n'
    path = tmp_path / "syncro.toml"
    path.write_text(SYNCRO + more, "utf-8")
    assert "more" in read_guide(path, Product).sketches
    assert old in more
    path.write_text(SYNCRO + more.replace(old, new), "utf-8")
    with pytest.raises(GuideError, match=r"sketches\.more") as caught:
        read_guide(path, Product)
    assert why in str(caught.value)


def test_the_pages_show_them_and_findings_fold_them(wiz):
    """A Secret ID pasted as the secret: the page says so, and shows where the value is."""
    page = wiz.walk_to(
        "client-secret", product="syncro", provider="entra", client_id=HERS.client_id
    )
    assert [e.get("class") for e in page.root.all("figure")] == ["sketch"]
    page = wiz.visitor.submit(page, client_secret=TENANT)
    assert page.status_of("client_secret_is_secret_id") == ["fail"]
    (row,) = page.root.where(lambda e: e.get("data-code") == "client_secret_is_secret_id")
    assert row.one("figure").inside("details") is not None
    assert unmarked("Show me where: Certificates & secrets") in row.text


def test_the_products_own_pages_draw_the_products_own_screens(wiz):
    page = wiz.walk_to("redirect-uri", product="connectwise", provider="entra")
    assert "Add Login Provider" in page.root.one("figure").text
    # The implicit flow has one screen more to set, in both layouts.
    page = wiz.walk_to("client-id", product="connectwise", provider="entra")
    folded = [e.text for e in page.root.all("summary") if e.text.startswith("Show me where")]
    assert [each for each in folded if "Authentication" in each] == [
        "Show me where: Authentication (Preview) (today's layout)",
        "Show me where: Authentication (the older layout)",
    ] * 2
