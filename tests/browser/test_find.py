"""Finding a product and an identity provider in a real browser, as she types and without script."""

from playwright.sync_api import expect

from tests.support.walk import Walk
from wizard import catalogue, choosing


def visible(page, name: str) -> list[str]:
    shown = page.locator(f'form#answer input[name="{name}"]:visible')
    return shown.evaluate_all("all => all.map((each) => each.value)")


def test_the_lists_narrow_as_she_types_and_the_keyboard_goes_on(opened, started):
    walk = Walk(opened(), started())
    walk.enter()
    walk.go("/setups/new")
    page, told = walk.page, walk.page.locator("#provider [role=status]")
    everything = visible(page, "product")
    expect(page.get_by_role("button", name="Search")).to_have_count(0)

    page.locator("#find_provider").fill("Azure AD")
    expect(told).to_contain_text("found")
    assert "entra" in visible(page, "provider")
    assert "okta" not in visible(page, "provider")
    page.keyboard.press("Enter")  # to the first that was found, chosen by space
    expect(page.locator("#provider-entra")).to_be_focused()
    page.keyboard.press("Space")

    page.locator("#find_product").fill("hudu")
    expect(page.locator("#product [role=status]")).to_have_text(
        "It signs in by SAML only: see below."
    )
    expect(page.locator("#saml-only li:visible")).to_have_count(1)
    page.locator("#find_product").fill("syn")
    page.keyboard.press("Tab")  # the key does what it does everywhere
    expect(page.locator("#product input[type=radio]:focus")).to_have_count(1)
    page.locator("#product-syncro").check()
    page.locator("#find_product").fill("nothing of the kind")
    expect(page.locator("#product-syncro")).to_be_visible()  # what is chosen stays in sight
    page.locator("#find_product").fill("")
    assert visible(page, "product") == everything
    walk.look("found")

    page.locator("#name").press("Enter")
    page.wait_for_url("**/before")
    assert walk.step == "before"


def test_without_script_search_is_a_button_and_choices_survive_it(opened, started):
    walk = Walk(opened(javascript=False, size=(360, 780)), started(), javascript=False)
    walk.enter()
    walk.go("/setups/new")
    page = walk.page
    page.locator("#product-syncro").check()
    page.locator("#find_provider").fill("m365")
    walk.press(page.get_by_role("button", name="Search identity providers"))
    walk.look("found")
    assert "csrf" not in page.url
    assert page.locator("#product-syncro").is_checked()
    assert "entra" in visible(page, "provider")
    assert "okta" not in visible(page, "provider")
    walk.fill(provider="oidc")
    walk.press_continue()
    assert walk.step == "before"


def test_script_finds_what_the_server_finds(opened, started):
    walk = Walk(opened(), started())
    walk.enter()
    walk.go("/setups/new")
    entries = catalogue.product_entries()
    for query in (
        "",
        " ",
        "gi",
        "PSA",
        "Café",
        "wiki",
        "manage",
        "connect wise",
        "hudu",
        "straße",
        "\u202e",
    ):
        walk.page.locator("#find_product").fill(query)
        groups = choosing.lists(entries, query, "", choosing.PRODUCTS).groups
        expected = [c.entry.slug for group in groups for c in group.choices if not c.hidden]
        assert visible(walk.page, "product") == expected, query
