"""What must hold for a page however small its window is or large its text: nothing is cut off, lies
over something else or scrolls sideways."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

# WCAG 2.2, 1.4.10 (320 pixels) and 1.4.4 (a window of 1280 at 200 per cent, or its text alone).
SIZES = {
    "320 pixels": (320, 640, 100),
    "200 % zoom": (640, 450, 100),
    "200 % text": (1280, 900, 200),
}

_TEXT = """(percent) => {
  const looks = (window.textLooks ??= new CSSStyleSheet());
  looks.replaceSync(`:root { font-size: ${percent}% !important }`);
  document.adoptedStyleSheets = percent === 100 ? [] : [looks];
}"""

_WRONG = """() => {
  const wrong = [];
  const root = document.documentElement;
  const wide = root.scrollWidth;
  if (wide > innerWidth) wrong.push(`scrolls sideways: ${wide} in ${innerWidth}`);
  const words = (each) => each.textContent.trim().slice(0, 50);
  const name = (each) => `${each.tagName.toLowerCase()}.${each.className} ${words(each)}`;
  const aside = ".vh, .skip:not(:focus)"; // for screen readers, and for the key that brings it
  const seen = { visibilityProperty: true };
  const hidden = (each) => each.closest(aside) || !each.checkVisibility(seen);
  const scrolls = (each) => {
    for (let at = each; at && at !== document.body; at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };
  const all = [...document.body.querySelectorAll("*")].filter((each) => !hidden(each));
  for (const each of all) {
    const clips = ["hidden", "clip"].includes(getComputedStyle(each).overflowX);
    const field = each.matches("input, textarea, select");
    const cut = each.scrollWidth > each.clientWidth + 1;
    if (clips && cut && !field) wrong.push(`cut off: ${name(each)}`);
  }
  // Every line of text, and every field, as a box.
  const boxes = [];
  for (const each of all) {
    if (scrolls(each) || each.closest("svg")) continue;
    const mine = each.matches("input, textarea, select") ? [each.getBoundingClientRect()] : [];
    for (const node of each.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      mine.push(...range.getClientRects());
    }
    for (const { left, right, top, bottom } of mine) {
      if (right - left < 1) continue;
      if (right > innerWidth + 1 || left < -1) wrong.push(`beside the window: ${name(each)}`);
      const slack = (bottom - top) / 4; // letters do not fill their line
      const [high, low] = [top + slack, bottom - slack];
      boxes.push({ each, left: left + 1, right: right - 1, top: high, bottom: low });
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  for (const [place, one] of boxes.entries()) {
    for (let next = place + 1; next < boxes.length && boxes[next].top < one.bottom; next += 1) {
      const other = boxes[next];
      const nested = one.each.contains(other.each) || other.each.contains(one.each);
      if (nested || one.left >= other.right || other.left >= one.right) continue;
      wrong.push(`overlap: ${name(one.each)} / ${name(other.each)}`);
    }
  }
  return [...new Set(wrong)];
}"""


@dataclass
class Layout:
    """Judges each page it is handed at every one of SIZES, and leaves it as it was."""

    judged: int = 0
    wrong: list[str] = field(default_factory=list)

    def take(self, page: Page, name: str) -> None:
        page.wait_for_load_state()
        size = page.viewport_size
        for kind, (width, height, percent) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(_TEXT, percent)
            self.wrong += [f"{name} at {kind}: {each}" for each in page.evaluate(_WRONG)]
            self.judged += 1
        page.evaluate(_TEXT, 100)
        page.set_viewport_size(size)
