"""The provider stops on its own page: she copies it, and is led to the answer that was wrong."""

import re

from playwright.sync_api import expect

from tests.support.practice_walk import Portal
from tests.support.walk import Walk

REDIRECT_URI = "https://syncro.example/openid_connect/callback"


def test_a_copied_error_page_leads_to_the_step_that_mends_it(opened, started):
    latchkey = started(practice=True)
    # The provider's own error page is a 400, which the browser notes in its console.
    context = opened(tolerated=["Failed to load resource"])
    walk = Walk(context, latchkey)
    walk.enter()
    walk.new_setup("connectwise", "practice")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    portal = Portal(context, latchkey.practice)
    registered = portal.register("Latchkey practice", [REDIRECT_URI], id_tokens=True)
    walk.answer("client-id", client_id=registered.client_id)
    # Latchkey's own address is not registered: she is told, and goes on all the same.
    walk.try_answer("metadata", metadata_url=registered.metadata_url)
    walk.page.locator("[name=go_on_anyway]").check()
    walk.press_continue()
    while walk.step != "test":
        walk.page.locator("[name=go_on_anyway]").check()
        walk.press_continue()

    with context.expect_page() as tab:
        walk.page.locator("#start-sign-in").click()
    expect(tab.value.locator("main")).to_contain_text("AADSTS50011")
    copied = tab.value.locator("main").inner_text()
    correlation = re.search(r"Correlation Id: ([0-9a-f-]{36})", copied).group(1)
    tab.value.close()
    walk.page.locator("[name=provider_error]").fill(copied)
    walk.press(walk.page.get_by_role("button", name="Explain this error"))
    walk.look("test-error-explained")

    explained = walk.page.locator("[data-code=provider_error_50011]")
    expect(explained).to_have_attribute("data-status", "fail")
    expect(explained).to_have_attribute("data-about", latchkey.callback)
    assert walk.copyable("correlation_id") == correlation
    expect(walk.page.locator("[name=provider_error]")).to_have_value(re.compile("AADSTS50011"))
    walk.press(explained.get_by_role("link", name="Go to "))
    assert walk.step == "redirect-uri"
