"""Finding one's product: by name and alias, most used first, with and without script."""

import pytest

from tests.support.app import wizard
from tests.support.visitor import fields_of
from wizard import catalogue, choosing
from wizard.catalogue import search
from wizard.catalogue.guides import Entry, SamlOnly

FOUND = {
    "Azure AD": "entra",
    "azuread": "entra",
    "AAD": "entra",
    "m365": "entra",
    "office 365": "entra",
    "Entra": "entra",
    "manage": "connectwise",
    "ScreenConnect": "connectwise",
    "psa": "connectwise",
    "sync": "syncro",
    "SYNCRO": "syncro",
}


@pytest.mark.parametrize("query", FOUND)
def test_a_name_in_use_finds_its_guide(query):
    entries = [*catalogue.product_entries(), *catalogue.provider_entries()]
    found = {e.slug for e in entries if search.matches(query, search.names(e.name, e.aliases))}
    assert FOUND[query] in found
    assert len(found) < len(entries) / 2


@pytest.mark.parametrize(
    ("query", "name", "found"),
    [
        ("", "Wiki.js", True),
        ("  ", "Wiki.js", True),
        ("wikijs", "Wiki.js", True),
        ("wiki js", "Wiki.js", True),
        ("js", "Wiki.js", True),
        ("ikijs", "Wiki.js", False),
        ("wiki.js 2", "Wiki.js", False),
        ("cafe", "Café", True),
        ("CAFÉ", "Cafe", True),
        ("strasse", "Straße", True),
        ("wiki" + "x" * 500, "Wiki.js", False),
    ],
)
def test_a_query_finds_by_the_beginnings_of_words(query, name, found):
    assert search.matches(query, search.names(name, [])) is found


def test_a_query_does_not_run_from_one_name_into_the_next():
    assert not search.matches("ad en", search.names("AzureAD", ["Xentra"]))
    assert not search.matches("adentra", search.names("Azure AD", ["Entra"]))


def entry(slug: str, rank: int = 50, **more: object) -> Entry:
    return Entry(slug=slug, name=slug.title(), choose=f"Choose {slug}.", rank=rank, **more)


ENTRIES = [
    *(entry(slug, rank) for rank, slug in enumerate(["zulu", "yankee", "xray", "whisky"])),
    entry("victor"),
    entry("alpha", 60),
    entry("other", 80, general=True),
]


def shown(lists: choosing.Lists) -> list[list[str]]:
    groups = [group for group in lists.groups if not group.hidden]
    return [[c.entry.slug for c in group.choices if not c.hidden] for group in groups]


def test_the_most_used_stand_on_top_and_the_rest_by_name():
    lists = choosing.lists(ENTRIES, "", "", choosing.PRODUCTS)
    assert shown(lists) == [["zulu", "yankee", "xray", "whisky"], ["alpha", "victor"], ["other"]]
    assert lists.told == ""


def test_what_is_chosen_and_what_is_for_everything_else_stays_in_sight():
    lists = choosing.lists(ENTRIES, "vic", "zulu", choosing.PRODUCTS)
    assert shown(lists) == [["zulu"], ["victor"], ["other"]]
    assert lists.told == "1 product found"


SAML = SamlOnly(
    name="Hotel", sentence="By SAML.", certainty="D", where="https://docs.example.com/saml"
)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("nobody", choosing.PRODUCTS.none),
        ("hotel", choosing.SAML_FOUND),
        ("a", "1 product found"),
    ],
)
def test_how_much_was_found_is_said(query, told):
    assert choosing.lists(ENTRIES, query, "", choosing.PRODUCTS, [SAML]).told == told


@pytest.fixture
def visitor(tmp_path):
    with wizard(tmp_path) as app:
        yield app.visitor


def in_sight(page, name: str) -> set[str]:
    """The values of the radio buttons of this name that are not hidden."""
    inputs = page.form().all("input", name=name)
    hidden = [e for e in page.form().walk() if "hidden" in e]
    return {i.get("value") for i in inputs if not any(i in h.walk() for h in hidden)}


def press_search(visitor, page, **answers: str):
    """What a browser without script sends when Search is pressed; the page that comes of it."""
    held = [(n, v) for n, v in fields_of(page.form()) if n not in answers]
    fields = [*held, *answers.items(), ("search", "Search products")]
    answer = visitor.fetch("POST", "/setups", fields)
    assert answer.status == 303
    assert "csrf" not in answer.location
    return visitor.follow(answer)


def test_every_guide_can_be_chosen_without_a_search(visitor):
    page = visitor.get("/setups/new")
    assert in_sight(page, "product") == {e.slug for e in catalogue.product_entries()}
    assert in_sight(page, "provider") == {e.slug for e in catalogue.provider_entries()}


def test_without_script_a_search_keeps_what_was_chosen_and_goes_on_from_there(visitor):
    page = visitor.get("/setups/new")
    page = press_search(visitor, page, product="syncro", name="A customer", find_provider="aad")
    assert in_sight(page, "provider") & {"entra", "okta", "google"} == {"entra"}
    assert {"oidc", "practice"} <= in_sight(page, "provider")
    page = press_search(visitor, page, provider="entra", find_product="nothing like it")
    assert "syncro" in in_sight(page, "product")
    assert choosing.PRODUCTS.none in page.words
    made = visitor.submit(page)
    assert made.path.endswith("/before")
    assert "A customer" in visitor.get("/").words


def test_enter_in_another_field_presses_search_and_goes_on_all_the_same(visitor):
    page = visitor.get("/setups/new")
    held = dict(fields_of(page.form()))
    fields = {**held, "product": "syncro", "provider": "oidc", "search": "Search products"}
    assert visitor.fetch("POST", "/setups", list(fields.items())).location.endswith("/before")


def test_products_with_saml_only_are_named_found_and_not_choosable(visitor):
    page = visitor.get("/setups/new")
    names = [product.name for product in catalogue.saml_only()]
    assert {"Hudu", "Snipe-IT", "Datto RMM", "Zabbix"} <= set(names)
    listed = page.root.one("details", id="saml-only")
    assert all(name in listed.text for name in names)
    assert not listed.all("input")
    found = visitor.get("/setups/new?find_product=snipeit").root.one("details", id="saml-only")
    assert "open" in found
    assert [li.text.split()[0] for li in found.all("li") if "hidden" not in li] == ["Snipe-IT"]


@pytest.mark.parametrize("text", ["<b>x</b>", "x" * 5000, "\u202e", "{product}", "%00", '"'])
def test_what_was_searched_for_is_text(text, visitor):
    page = visitor.fetch("GET", "/setups/new?find_product=" + text.replace("%", "%25"))
    assert page.status == 200
    assert len(page.form().one("input", name="find_product").get("value")) <= 80


def test_an_unknown_choice_in_the_address_chooses_nothing(visitor):
    page = visitor.get("/setups/new?product=nobody&provider=entra")
    checked = {i.get("value") for i in page.form().all("input", type="radio") if "checked" in i}
    assert checked == {"entra"}
