"""A page worked by key presses alone; wherever they lead, the focus must be seen."""

from playwright.sync_api import Locator, Page

MOST = 150  # stops, more than any page has

# What a stop looks like is compared with what it looks like unfocused, read while it is. A part of
# it has to be in the window with nothing on top of it: WCAG 2.2, 2.4.7 and 2.4.11.
_STOP = """(byKey) => {
  const look = (each) => {
    const style = getComputedStyle(each);
    const ring = style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor;
    return [ring, style.boxShadow, style.borderColor, style.left].join("|");
  };
  const looks = (window.looksUnfocused ??= new WeakMap());
  const now = document.activeElement;
  const stops = "a, button, input, select, textarea, summary, [tabindex]";
  for (const each of document.querySelectorAll(stops)) {
    if (each !== now) looks.set(each, look(each));
  }
  if (!now || now === document.body) return { at: "", wrong: "" };
  const words = now.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
  const at = now.id || now.name || words || now.tagName;
  const before = window.stoppedAt;
  window.stoppedAt = now;
  const wrong = [];
  const unfocused = looks.get(now);
  if (unfocused !== undefined && unfocused === look(now)) wrong.push("looks as it does unfocused");
  if (unfocused === undefined && !/px/.test(look(now))) wrong.push("has no outline");
  const seen = [...now.getClientRects()].some((box) => {
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    if (right - left < 1 || bottom - top < 1) return false;
    const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return on && (now.contains(on) || on.contains(now) || [...(now.labels ?? [])].includes(on));
  });
  if (!seen && byKey) wrong.push("is not in the window, or is covered");
  const follows = before?.isConnected && before !== now
    ? Boolean(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING) : null;
  return { at, wrong: wrong.join(", "), follows };
}"""


class Keys:
    """Somebody who has no mouse. Every stop is judged; `page` may be another tab later."""

    def __init__(self, page: Page):
        self.page = page
        self.stops = 0

    def press(self, *keys: str) -> str:
        """Press these one after the other; the name of where she is then."""
        for key in keys:
            self.page.keyboard.press(key)
        return self.here()["at"]

    def starts_at(self) -> str:
        """Where a page puts her when it opens: in its field, which she may have to scroll to, for
        the page shows its beginning. The first key brings the field into the window."""
        return self.here(by_key=False)["at"]

    def here(self, by_key: bool = True) -> dict:
        """Where she is: its name, and whether it follows the stop before in the page."""
        stop = self.page.evaluate(_STOP, by_key)
        self.stops += 1
        assert not stop["wrong"], f"{self.page.url}: {stop['at']} {stop['wrong']}"
        return stop

    def tab_to(self, wanted: Locator, key: str = "Tab") -> None:
        """Go on by Tab until she is at `wanted`; the order is that of the page."""
        self.starts_at()
        for _ in range(MOST):
            if wanted.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press(key)
            stop = self.here()
            if stop["at"]:
                assert stop.get("follows") is not (key != "Tab"), f"{stop['at']} is out of order"
        raise AssertionError(f"{self.page.url}: no way by {key} to {wanted}")

    def goes(self, *keys: str) -> None:
        """These keys lead to another page."""
        with self.page.expect_navigation():
            for key in keys:
                self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """By the chord, over what is in the field."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("ControlOrMeta+v")

    def all_around(self) -> list[str]:
        """Once through the page by Tab, from its top and out of it: the stops, none twice."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.locator("body").evaluate(
            "e => { e.tabIndex = -1; e.focus(); e.removeAttribute('tabindex') }"
        )
        stops = []
        for _ in range(MOST):
            self.page.keyboard.press("Tab")
            at = self.here()["at"]
            if not at or (stops and at == stops[0]):
                return stops
            stops.append(at)
        raise AssertionError(f"{self.page.url}: Tab does not leave it: {stops[-4:]}")
