"""axe-core in a page: what it finds against WCAG 2.2 AA and its own good practice."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.support.tools import PROVIDERS, need

REASON = "accessibility is judged by axe-core, which npm installs"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES = ("light", "dark")

# The driver's own evaluation is not held by the page's content security policy.
_RUN = """async (rules) => {
  // Marks of one sign are read too, not left undecided.
  axe.configure({ checks: [{ id: "color-contrast", options: {
    ignoreUnicode: false, ignoreLength: true, ignorePseudo: false, boldValue: 700, boldTextPt: 14,
    largeTextPt: 18, contrastRatio: { normal: { expected: 4.5 }, large: { expected: 3 } },
    pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.2, textStrokeEmMin: 0.03,
  } }] });
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: rules },
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations", "incomplete"],
  });
  const short = (all) => all.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    where: node.target.join(" "),
    what: (node.failureSummary ?? "").replace(/\\s+/g, " "),
    html: node.html.slice(0, 160),
  })));
  return { violations: short(found.violations), incomplete: short(found.incomplete) };
}"""


@dataclass(frozen=True)
class Wrong:
    """One thing found: `state` is the name of page, state, scheme and width."""

    state: str
    rule: str
    where: str
    what: str
    html: str

    def says(self, parts: Sequence[str]) -> bool:
        """Whether all that it names is one of `parts`."""
        return any(part in self.what for part in parts)

    def __str__(self) -> str:
        return f"{self.state}: {self.rule} at {self.where}: {self.what} [{self.html}]"


@dataclass
class Axe:
    """Judges each page it is handed in light and dark; a state seen before is not judged again.

    `narrow` are the names of states that are judged once more in a window 320 pixels wide.
    """

    narrow: frozenset[str] = frozenset()
    ran: int = 0
    states: int = 0
    violations: list[Wrong] = field(default_factory=list)
    undecided: list[Wrong] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        need("axe-core", REASON)
        self._source = (PROVIDERS / "node_modules/axe-core/axe.min.js").read_text("utf-8")

    def take(self, page: Page, name: str) -> bool:
        """Whether this state is new, and so was judged."""
        page.wait_for_load_state()
        # Tokens, times and ids of the run differ, and nothing else does.
        like = hashlib.sha256(re.sub(r'value="[^"]{40,}"', "", page.content()).encode()).hexdigest()
        if like in self._seen:
            return False
        self._seen.add(like)
        self.states += 1
        size = page.viewport_size
        widths = [size["width"], *([320] if name in self.narrow else [])]
        for width in widths:
            page.set_viewport_size({"width": width, "height": size["height"]})
            for scheme in SCHEMES:
                self._judge(page, f"{name} {width} {scheme}", scheme)
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light")
        return True

    def _judge(self, page: Page, state: str, scheme: str) -> None:
        # Without motion, so that no colour is read half-way to another.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if not page.evaluate("'axe' in window"):
            page.evaluate(self._source)
        found = page.evaluate(_RUN, RULES)
        self.ran += 1
        self.violations += [Wrong(state, **each) for each in found["violations"]]
        self.undecided += [Wrong(state, **each) for each in found["incomplete"]]
