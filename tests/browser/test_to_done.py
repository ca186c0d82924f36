"""From a proven sign-in to "done", with what the product says on the way; then a renewal."""

import re

from playwright.sync_api import expect

from tests.support.practice_walk import Portal, at_practice_sign_in, mistyped
from tests.support.walk import Walk, findings, verdict

REDIRECT_URI = "https://product.example/openid/callback"
DISCOVERY = "OpenID Connect Discovery: is invalid"
CONFIGURATION = "SSO configuration contains errors. Please check and verify again."


class Administrator:
    """She walks the wizard with the practice portal open beside it."""

    def __init__(self, context, latchkey, product):
        self.walk = Walk(context, latchkey)
        self.page = self.walk.page
        self.walk.enter()
        self.walk.new_setup(product, "practice")
        self.walk.answer("before")
        self.walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
        self.portal = Portal(context, latchkey.practice)
        self.app = self.portal.register(
            "Latchkey practice",
            [REDIRECT_URI, latchkey.callback],
            id_tokens=product == "connectwise",
        )
        self.walk.secrets.append(self.app.secret_value)
        self.walk.answer("client-id", client_id=self.app.client_id)
        if product != "connectwise":
            self.walk.answer("client-secret", client_secret=self.app.secret_value)
        self.walk.answer("metadata", metadata_url=self.app.metadata_url)
        self.sign_in()

    def sign_in(self):
        outcome = self.walk.sign_in(at_practice_sign_in())
        assert verdict(outcome) == "pass"
        self.walk.go(f"{self.walk.setup_path}/handover")

    def say(self, words):
        """Choose what the product said; the conclusion of the page that follows."""
        self.page.get_by_label(words).check()
        self.walk.press(self.page.get_by_role("button", name="Find out"))
        return self.conclusion

    def once_more(self):
        self.walk.press(self.page.get_by_role("button", name="Check it once more"))
        return self.conclusion

    @property
    def conclusion(self):
        self.walk.look("said")
        return self.page.locator("[data-conclusion]").get_attribute("data-conclusion")

    def back_to_the_values(self):
        self.follow("Back to the values")
        assert self.walk.step == "handover"

    def follow(self, words):
        self.walk.press(self.page.locator("main a").filter(has_text=words).first)
        self.walk.look()

    def new_secret(self):
        value = self.portal.add_secret(self.app.client_id)
        self.walk.secrets.append(value)
        return value, self.portal.copyable("secret_id")

    def turn_on_and_clean_up(self):
        """Everything ticked, Latchkey's redirect URI removed and found to be gone."""
        self.walk.hand_over()
        part = self.page.locator("fieldset.ticks").first
        boxes = part.get_by_role("checkbox")
        others = self.walk.ticks_left() - boxes.count()
        self.walk.press(part.get_by_role("button", name="All of these are done"))
        expect(part.locator("[data-all]")).to_have_count(0)
        assert [box.is_checked() for box in boxes.all()] == [True] * boxes.count()
        assert self.walk.ticks_left() == others
        self.walk.turn_on()
        gone = self.page.get_by_role("button", name="Check that it is gone")
        self.walk.press(gone)
        assert findings(self.walk.look())["test_redirect_uri_still_there"] == "warn"
        self.portal.save_authentication(self.app.client_id, redirect_uris=[REDIRECT_URI])
        self.walk.press(gone)
        assert findings(self.walk.look())["test_redirect_uri_gone"] == "pass"
        assert self.walk.ticks_left() == 0
        expect(self.page.get_by_text("All steps are ticked")).to_be_visible()
        assert "Done" in self.walk.go("/").text


def test_syncro_to_done_with_both_of_its_messages_settled_and_a_renewal(opened, started):
    latchkey = started(practice=True)
    context = opened()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    she = Administrator(context, latchkey, "syncro")
    page, walk = she.page, she.walk

    assert she.say(DISCOVERY) == "fine"
    assert walk.copyable("metadata_url") == she.app.metadata_url
    she.back_to_the_values()

    she.portal.delete_secret(she.app.client_id, she.app.secret_id)
    assert she.say(CONFIGURATION) == "refused"
    assert findings(walk.look())["client_secret_refused"] == "fail"
    she.follow("Go to Client secret")
    value, secret_id = she.new_secret()
    walk.answer("client-secret", client_secret=value, secret_expires="2099-12-31")
    walk.go(walk.setup_path)
    she.sign_in()
    assert she.say(CONFIGURATION) == "fine"
    expect(page.locator("[data-conclusion]")).to_contain_text("accepted the client secret just now")
    page.locator("button[data-copies=client_secret]").click()
    expect(page.locator("button[data-copies=client_secret]")).to_have_text("Copied ✓")
    assert page.evaluate("navigator.clipboard.readText()") == value
    she.back_to_the_values()
    she.turn_on_and_clean_up()

    renewed, _ = she.new_secret()
    walk.go("/")
    she.follow(re.compile("^Renew secret"))
    walk.try_answer("renew", client_secret=mistyped(renewed))
    expect(page.get_by_text("The new secret was not saved")).to_be_visible()
    walk.try_answer("renew", client_secret=renewed, secret_expires="2100-06-30")
    expect(page.get_by_role("heading", level=1)).to_have_text("Paste the new secret into Syncro")
    assert page.locator("[data-copy=client_secret]").count() == 0
    walk.press(page.get_by_role("button", name="Show"))
    assert walk.copyable("client_secret") == renewed
    walk.go(f"{walk.setup_path}/renew")
    walk.press_continue()
    walk.look()
    she.portal.delete_secret(she.app.client_id, secret_id)
    page.locator("[name=removed]").check()
    walk.press_continue()
    assert "Done" in walk.look("home").text
    walk.press(page.get_by_role("button", name=re.compile("^Check again")))
    walk.look("checked-again")
    expect(page.get_by_role("heading", level=1)).to_have_text("Checked again: nothing has changed")


def test_connectwise_to_done_with_a_message_of_microsofts_settled(opened, started):
    latchkey = started(practice=True)
    she = Administrator(opened(), latchkey, "connectwise")

    she.portal.save_authentication(she.app.client_id, id_tokens=False)
    assert she.say("AADSTS700054") == "refused"
    assert findings(she.walk.look())["id_tokens_not_enabled"] == "fail"
    she.portal.save_authentication(she.app.client_id, id_tokens=True)
    # As with Entra, it does not show before somebody signs in whether the box is ticked.
    assert she.once_more() == "untold"
    assert "fail" not in findings(she.walk.look()).values()
    assert she.walk.copyable("client_id") == she.app.client_id
    she.follow("A test sign-in")
    she.sign_in()
    she.turn_on_and_clean_up()
    assert not she.page.get_by_role("link", name=re.compile("^Renew")).count()
