"""What a guide is not certain of is said on its pages, where it stands and before she starts."""

from dataclasses import replace

import msgspec
import pytest

from tests.support.app import wizard
from tests.support.in_use import InUse, StrictProvider
from wizard import catalogue, certain
from wizard.catalogue import reading, rules, statements
from wizard.catalogue.guides import Product


@pytest.fixture
def used(tmp_path):
    with StrictProvider() as op, wizard(tmp_path) as app:
        yield InUse(app, op)


def unsure(page) -> list[str]:
    return [e.text for e in page.root.where(lambda e: "data-unsure" in e)]


def test_before_she_starts_it_is_said_what_is_not_certain_and_where_all_comes_from(used):
    page = used.app.setup("connectwise", "oidc")
    guide = catalogue.product("connectwise")
    open_points = [source for source in guide.sources if source.certainty == "U"]
    assert len(unsure(page)) == len(open_points) == 1
    assert open_points[0].what in unsure(page)[0]
    links = {a.get("href") for a in page.root.one("details", id="sources").all("a")}
    assert links == {source.address for source in guide.sources}


def test_a_guide_for_anything_says_so_in_its_own_words_only(used):
    page = used.app.setup("other", "oidc")
    assert unsure(page) == []
    assert not page.root.where(lambda e: e.get("id") == "sources")


def test_a_doubtful_field_says_so_beside_its_value_and_a_sure_one_does_not(used):
    used.sign_in(used.to_test(product="outline"))
    before = used.get("/before")
    assert "What is not certain" in before.words
    assert unsure(used.get("/handover")) == []
    used.app.visitor.submit(used.get("/handover"))
    page = used.get("/turn-on")
    doubtful = [e.parent.parent for e in page.root.where(lambda e: "data-unsure" in e)]
    assert [tick.one("input").get("value") for tick in doubtful] == ["who-may", "private-window"]


def doubtful(**changes: object) -> Product:
    """The example guide with certainties at these keys, such as hand_over__fields__0."""
    data = reading.toml(catalogue.HERE / "example-wiki.toml")
    for key, certainty in changes.items():
        at = data
        for part in key.split("__"):
            at = at[int(part) if part.isdigit() else part]
        at["certainty"] = certainty
    return reading.convert(catalogue.HERE / "example-wiki.toml", data, Product)


def told(guide: Product) -> dict[str, str]:
    return {key: told.certainty for key, _, told in statements.statements(guide)}


def test_the_nearest_table_that_says_something_decides():
    plain = told(doubtful())
    assert plain["hand_over"] == plain["hand_over.fields[0]"] == "D"
    assert plain["hand_over.fields[3]"] == "U"  # its own word, over that of its source
    assert plain["hand_over.said[0]"] == "T"  # its source's
    around = told(doubtful(hand_over="U"))
    assert around["hand_over.where"] == around["hand_over.fields[0]"] == "U"
    assert around["hand_over.said[0]"] == "T"  # another source, another certainty
    assert around["turn_on.plan[0]"] == "D"


def test_a_certainty_is_told_of_the_very_table_and_not_of_one_like_it():
    guide = doubtful(hand_over__where="U")
    twin = msgspec.structs.replace(guide.hand_over.where)
    assert statements.told_of(guide, guide.hand_over.where).unsure
    assert statements.told_of(guide, twin) is None


def test_no_guide_that_ships_leaves_a_statement_without_source_or_certainty():
    for guide in [*catalogue.products(), *catalogue.providers()]:
        for key, _, found in statements.statements(guide) if not guide.general else ():
            assert found.certainty, f"{guide.slug}: {key}"
            assert found.source, f"{guide.slug}: {key}"
            assert found.source.address, f"{guide.slug}: {key}"


def test_every_guide_that_ships_is_right_in_full():
    for guide in [*catalogue.products(), *catalogue.providers()]:
        assert [f"{guide.slug}: {problem}" for problem in rules.unproved(guide)] == []


def test_what_is_uncertain_about_the_request_is_said_even_without_a_source_for_it(used):
    page = used.app.setup("syncro", "oidc")
    used.id = page.path.split("/")[2]
    setup = used.setup
    protocol = msgspec.structs.replace(setup.product.protocol, certainty="U")
    product = msgspec.structs.replace(setup.product, protocol=protocol)
    doubts = certain.uncertainties(replace(setup, product=product))
    assert doubts[0].what.startswith("What Syncro asks your identity provider for")
