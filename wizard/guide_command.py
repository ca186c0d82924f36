"""`python app.py guide check`: judges a guide in full, for whoever writes one.

Without a file it judges every guide that ships and counts them. Nothing is asked of anybody.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wizard import catalogue
from wizard.catalogue import GuideError
from wizard.catalogue.guides import Product, Provider

ALL_RIGHT, SOMETHING_WRONG, COULD_NOT_RUN = 0, 1, 2
_SHAPE = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<key>.*)`$", re.DOTALL)
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guide that was judged: what it is, and everything that is wrong with it."""

    path: Path
    guide: Product | Provider | None
    wrong: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        """In a few words, what the guide is taken for."""
        guide = self.guide
        if guide is None:
            return "no guide as it stands"
        if guide.general:
            return "general, so not counted"
        if isinstance(guide, Provider):
            return "an identity provider"
        if guide.values_only:
            return "a product, values only"
        return "a product, with a snippet" if guide.snippets else "a product"


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 all right, 1 something is wrong, 2 not run.

    Raises SystemExit(2) for arguments that argparse refuses, and SystemExit(0) after --help.
    """
    options = _parse(arguments)
    sys.stdout.reconfigure(errors="replace")
    missing = [path for path in options.file if not path.is_file()]
    for path in missing:
        print(f"{path}: there is no such file.", file=sys.stderr)
    if missing:
        return COULD_NOT_RUN
    verdicts = [judge(path) for path in options.file or _shipped()]
    for verdict in verdicts:
        if verdict.wrong or options.file:
            _tell(verdict)
    wrong = any(verdict.wrong for verdict in verdicts)
    if not options.file:
        wrong |= _count(verdicts)
    return SOMETHING_WRONG if wrong else ALL_RIGHT


def judge(path: Path) -> Verdict:
    """The guide at `path`, wherever it lies: its shape first, all else once that is right."""
    try:
        guide = catalogue.load(path)
    except GuideError as error:
        return Verdict(path, None, [_readable(str(error), path)])
    return Verdict(path, guide, [str(problem) for problem in catalogue.judge(path, guide)])


def _shipped() -> list[Path]:
    return [path for folder in ("products", "providers") for path in catalogue.paths(folder)]


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="app.py guide",
        description="For whoever writes a guide. CONTRIBUTING.md says how.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="check")
    check = commands.add_parser(
        "check",
        help="judge guides in full",
        description="Judge guides in full: their shape, their words, redirect URIs and snippets,"
        " that every step names what is on the screen and every statement has its source.",
        epilog="Exit code 0: all right; 1: something is wrong; 2: it could not be run.",
        allow_abbrev=False,
    )
    check.add_argument(
        "file",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="a guide, wherever it lies; without one, all that ship are judged and counted",
    )
    return parser.parse_args(arguments)


def _tell(verdict: Verdict) -> None:
    if not verdict.wrong:
        print(f"{verdict.path.name}: all right ({verdict.what})")
        return
    things = "1 thing is" if len(verdict.wrong) == 1 else f"{len(verdict.wrong)} things are"
    print(f"{verdict.path.name}: {things} wrong")
    for sentence in verdict.wrong:
        # What a guide says may hold signs that a terminal acts upon.
        print("  " + "".join(c if c.isprintable() else "\ufffd" for c in sentence[:_LONGEST]))


def _readable(sentence: str, path: Path) -> str:
    """A shape's error with its key in front, and where all keys are described."""
    sentence = sentence.removeprefix(f"{path.name}: ")
    found = _SHAPE.match(sentence)
    if not found:
        return sentence
    what = found["what"].replace("Object", "the table").replace("`", "")
    key = found["key"] or "the file"
    return f"{key}: {what}. wizard/catalogue/guides.py says what goes there."


def _count(verdicts: Sequence[Verdict]) -> bool:
    """Print what there is; whether the list of those with SAML only is wrong."""
    good = [verdict.guide for verdict in verdicts if not verdict.wrong]
    counted = [guide for guide in good if not guide.general]
    products = [guide for guide in counted if isinstance(guide, Product)]
    whole = [guide for guide in products if not guide.values_only]
    try:
        saml, wrong = len(catalogue.saml_only()), False
    except GuideError as error:
        print(error)
        saml, wrong = 0, True
    for what, number in (
        ("Products", len(whole)),
        ("  of these with a snippet", sum(bool(guide.snippets) for guide in whole)),
        ("Products, values only", len(products) - len(whole)),
        ("Products, SAML only", saml),
        ("Identity providers", len(counted) - len(products)),
        ("General guides, not counted", len(good) - len(counted)),
        ("Guides with something wrong", len(verdicts) - len(good)),
    ):
        print(f"{what}: {number}")
    return wrong
