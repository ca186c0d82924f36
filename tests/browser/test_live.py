"""The live check in a real browser: a wrong value is told, and turns when it is corrected."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tours import CLIENT_ID, ENTRA_SECRET, REDIRECT_URI, TENANT
from tests.support.walk import Walk, assert_fits
from tests.support.whole_provider import DOCUMENT, Gate

OTHER_ID = "6e2b1f1f-3f7c-4d2f-8b66-1d2f3e4c5b6b"

AGAIN_MS = 12_000  # a refused secret is asked about again after five seconds

OVERVIEW = f"""Display name
Example
Application (client) ID
{CLIENT_ID}
Object ID
a87ff679-a2f3-471d-8d9e-3b2c1a0f9e8d
Directory (tenant) ID
{TENANT}
"""


@pytest.fixture
def walk(latchkey, entra, opened):
    """At the metadata step with Entra's guide; the clipboard may be used."""
    context = opened()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = Walk(context, latchkey, secrets=[ENTRA_SECRET])
    found.enter()
    found.new_setup("syncro", "entra")
    found.answer("before")
    found.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    return found


def paste(page: Page, name: str, text: str) -> None:
    """Paste as people do: the field's own text is selected and replaced."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    field = page.locator(f'form#answer [name="{name}"]')
    field.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+v")


def finding(page: Page, code: str):
    return page.locator(f'#checks [data-code="{code}"]')


def until_held(page: Page, gate: Gate) -> None:
    """Until an answer is held back. The browser's requests pass through this thread."""
    until = time.monotonic() + 15
    while not gate.reached.is_set():
        assert time.monotonic() < until, "nobody has asked"
        page.wait_for_timeout(20)


def to(walk: Walk, step: str, **values: str) -> Page:
    """With these values saved and the metadata URL known, back at `step`."""
    walk.answer("client-id", client_id=values.get("client_id", CLIENT_ID))
    walk.answer("client-secret", client_secret=ENTRA_SECRET)
    walk.try_answer("metadata", metadata_url=values["metadata_url"])
    walk.go(f"{walk.setup_path}/{step}")
    return walk.page


def test_a_wrong_value_is_told_when_it_is_pasted_and_turns_when_it_is_corrected(walk, entra):
    page = to(walk, "client-id", metadata_url=entra.metadata_url)
    paste(page, "client_id", OTHER_ID)
    expect(finding(page, "client_id_unknown")).to_have_attribute("data-status", "fail")
    walk.look()
    paste(page, "client_id", CLIENT_ID)
    expect(finding(page, "client_id_known")).to_have_attribute("data-status", "pass")
    expect(finding(page, "client_id_unknown")).to_have_count(0)
    walk.look()


def test_nothing_is_asked_and_nothing_is_red_while_somebody_types(walk, entra):
    page = to(walk, "client-id", metadata_url=entra.metadata_url)
    entra.asked.clear()
    field = page.locator("[name=client_id]")
    field.fill("")
    field.press_sequentially("5d1a0f0e-2f6b-4c1e-9a55", delay=15)
    assert page.locator("#checks [data-status]").count() == 0
    field.blur()
    expect(finding(page, "client_id_cut")).to_be_visible()
    assert entra.asked == [], "its shape is wrong: nobody is asked"


def test_the_rows_arrive_one_by_one(walk, entra):
    page = to(walk, "client-id", metadata_url=entra.metadata_url)
    gate = entra.hold("/authorize")
    busy = page.locator("#checks .busy")
    paste(page, "client_id", OTHER_ID)
    until_held(page, gate)
    expect(busy).to_have_count(1)
    expect(busy).to_have_text("Asking Entra about the client ID and the redirect URIs…")
    expect(page.locator("#checks")).to_contain_text("Entra was asked for the metadata document.")
    gate.open()
    expect(busy).to_have_count(0)
    expect(finding(page, "client_id_unknown").first).to_be_visible()
    first = page.locator("#checks .rows > ul").first
    expect(first.locator("li").first).to_have_attribute("data-status", "fail")
    spoken = page.locator("#said p").all_inner_texts()
    assert len(spoken) == len(set(spoken))
    assert sum("Failed" in text for text in spoken) >= 1


def test_a_slow_answer_to_the_old_value_does_not_win(walk, entra):
    page = to(walk, "client-id", metadata_url=entra.metadata_url)
    gate = entra.hold("/authorize", lambda asked: asked.client_id == OTHER_ID)
    paste(page, "client_id", OTHER_ID)
    until_held(page, gate)
    paste(page, "client_id", CLIENT_ID)
    expect(finding(page, "client_id_known")).to_be_visible()
    told = page.locator("#checks").inner_text()
    gate.open()
    page.wait_for_load_state("networkidle")
    assert page.locator("#checks").inner_text() == told
    expect(finding(page, "client_id_unknown")).to_have_count(0)


def test_continue_waits_for_the_check_under_way_and_asks_nothing_twice(walk, entra):
    page = to(walk, "client-id", client_id=OTHER_ID, metadata_url=entra.metadata_url)
    entra.asked.clear()
    gate = entra.hold("/authorize")
    paste(page, "client_id", CLIENT_ID)
    until_held(page, gate)
    button = page.locator("form#answer button[type=submit]")
    with page.expect_navigation():
        button.click(no_wait_after=True)
        gate.open()
    assert walk.step == "test"
    assert entra.count(DOCUMENT) == 1
    assert entra.count("/authorize") <= 10


def test_continue_does_not_move_while_it_is_pressed(walk, entra):
    page = to(walk, "client-id", metadata_url=entra.metadata_url)
    gate = entra.hold("/authorize")
    paste(page, "client_id", OTHER_ID)
    until_held(page, gate)
    expect(page.locator("#checks .busy")).to_have_count(1)
    button = page.locator("form#answer button[type=submit]")
    button.hover()
    page.mouse.down()
    pressed = button.bounding_box()
    with page.expect_response(re.compile("/check/")):
        gate.open()
    assert button.bounding_box() == pressed
    page.mouse.move(5, 5)
    page.mouse.up()
    expect(finding(page, "client_id_unknown").first).to_be_visible()


def test_a_whole_overview_block_is_offered_and_taken(walk, latchkey):
    page = walk.page
    paste(page, "client_id", OVERVIEW)
    offer = page.locator("[data-offer]")
    expect(offer).to_contain_text(CLIENT_ID)
    expect(offer).to_contain_text(f"{TENANT}/v2.0/.well-known/openid-configuration")
    assert page.locator("[name=client_id]").input_value() != CLIENT_ID, "offered, not put in"
    walk.look()
    walk.press(offer.get_by_role("button"))
    assert walk.step == "client-id"
    expect(page.locator("[name=client_id]")).to_have_value(CLIENT_ID)
    walk.look()
    walk.go(f"{walk.setup_path}/client-secret")


def test_enter_puts_a_pasted_block_in_its_fields_and_the_next_page_says_so(walk, entra):
    page = walk.page
    paste(page, "client_id", f"Client ID\n{CLIENT_ID}\nMetadata URL\n{entra.metadata_url}\n")
    offer = page.locator("[data-offer]")
    expect(offer).to_contain_text("Save and continue puts them in their fields")
    expect(page.locator("#checks .fail")).to_have_count(0)
    walk.look()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert walk.step == "client-secret"
    taken = page.locator("[data-taken]")
    expect(taken).to_contain_text(CLIENT_ID)
    expect(taken).to_contain_text(entra.metadata_url)
    walk.look()
    assert entra.count("/authorize"), "Continue has asked as ever"


def test_without_script_too_a_pasted_block_is_put_in_its_fields(latchkey, opened):
    walk = Walk(opened(javascript=False), latchkey, javascript=False, secrets=[ENTRA_SECRET])
    walk.enter()
    walk.new_setup("syncro", "entra")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    output = f'{{\n  "appId": "{CLIENT_ID}",\n  "password": "{ENTRA_SECRET}"\n}}'
    walk.answer("client-id", client_id=output)
    assert walk.step == "metadata"
    taken = walk.page.locator("[data-taken]")
    expect(taken).to_contain_text(CLIENT_ID)
    expect(taken).to_contain_text("40 characters, not shown")


def test_a_block_that_was_changed_after_the_paste_is_not_taken_for_it(walk, entra):
    page = walk.page
    paste(page, "client_id", f"Client ID\n{CLIENT_ID}\nMetadata URL\n{entra.metadata_url}\n")
    expect(page.locator("[data-offer]")).to_be_visible()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(OTHER_ID)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert walk.step == "client-secret"
    page.goto(page.url.replace("client-secret", "client-id"))
    expect(page.locator("[name=client_id]")).to_have_value(OTHER_ID)
    expect(page.locator("[data-taken]")).to_have_count(0)


def test_a_secret_that_was_too_fresh_turns_by_itself(walk, entra):
    entra.apps[CLIENT_ID].secrets.clear()
    page = to(walk, "client-secret", metadata_url=entra.metadata_url)
    paste(page, "client_secret", ENTRA_SECRET)
    expect(finding(page, "client_secret_refused")).to_be_visible()
    expect(page.locator("#checks")).to_contain_text("If you made it just now")
    walk.look()
    entra.apps[CLIENT_ID].secrets[ENTRA_SECRET] = ""
    expect(finding(page, "client_secret_accepted")).to_be_visible(timeout=AGAIN_MS)
    expect(finding(page, "client_secret_refused")).to_have_count(0)
    walk.press_continue()
    assert walk.step == "test"


def test_after_continue_too_a_fresh_secret_turns_and_the_way_is_free(walk, entra):
    entra.apps[CLIENT_ID].secrets.clear()
    walk.answer("client-id", client_id=CLIENT_ID)
    walk.answer("client-secret", client_secret=ENTRA_SECRET)
    walk.try_answer("metadata", metadata_url=entra.metadata_url)
    page = walk.page
    assert walk.step == "metadata"
    expect(finding(page, "client_secret_refused")).to_be_visible()
    expect(page.locator("[name=go_on_anyway]")).to_have_count(1)
    entra.apps[CLIENT_ID].secrets[ENTRA_SECRET] = ""
    expect(finding(page, "client_secret_accepted")).to_be_visible(timeout=AGAIN_MS)
    expect(page.locator("[name=go_on_anyway]")).to_have_count(0)
    walk.press_continue()
    assert walk.step == "test"


def test_on_a_narrow_screen_rows_and_offers_fit(walk, entra):
    page = walk.page
    page.set_viewport_size({"width": 360, "height": 780})
    paste(page, "client_id", OVERVIEW)
    expect(page.locator("[data-offer]")).to_be_visible()
    assert_fits(page)
