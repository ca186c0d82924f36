"""`python app.py check`: the same questions as on the pages, asked once from the command line.

A second opinion, a script, a scheduled look. Nothing is stored, nothing is logged, and the client
secret is never printed.
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

import msgspec

from wizard import asking, catalogue, judging, paste, wording
from wizard.catalogue import GuideError
from wizard.oidc.discovery import suggest_metadata_url
from wizard.oidc.finding import Finding, Status, could_not_tell, warned, worst
from wizard.oidc.plain import plain
from wizard.setups import Setup, Values
from wizard.store import SetupRow
from wizard.wording import Shown

SECRET_VARIABLE = "LATCHKEY_CLIENT_SECRET"  # noqa: S105 - the name of the variable only
NOTHING_FAILED, SOMETHING_FAILED, COULD_NOT_RUN = 0, 1, 2
_RESPONSE_MODES = {"code": "query", "id_token": "form_post"}
_LONGEST_LINE = 1000


class CannotRun(Exception):
    """Why nothing could be asked, in a sentence."""


@dataclass(frozen=True)
class Case(Setup):
    """A setup that is kept nowhere: its values come from the command line.

    Nobody signs in, so Latchkey has no redirect URI of its own in it.
    """

    uris: tuple[str, ...] = ()

    def redirect_uris(self, _values: Values) -> tuple[tuple[str, str], ...]:
        return tuple(("product", uri) for uri in self.uris)

    @property
    def words(self) -> dict[str, str]:
        own = {"test_redirect_uri": "", "practice_url": "", "practice_port": ""}
        return super().words | own | {"product_redirect_uri": next(iter(self.uris), "")}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 nothing failed, 1 something did, 2 not run.

    Raises SystemExit(2) for arguments that argparse refuses, and SystemExit(0) after --help.
    """
    options = _parse(arguments)
    try:
        secret = _secret(options)
        case, cleaning = _case(options, secret)
        findings = _once([*cleaning, *check(case)])
    except (CannotRun, GuideError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return COULD_NOT_RUN
    shown = wording.show(case, findings)
    if options.json:
        print(json.dumps({"findings": [each.as_json() for each in shown]}, indent=2))
    else:
        _print(shown, sys.stdout)
    return SOMETHING_FAILED if worst(findings) is Status.FAIL else NOTHING_FAILED


def check(case: Case) -> list[Finding]:
    """What is wrong with the values of `case`, by their shape and by what the provider says.

    As on the pages, a value whose shape is sure to be wrong is not asked about.
    """
    values = case.values
    found: list[Finding] = []
    good_uris = []
    for uri in case.uris:
        shape = judging.shape(case, "redirect-uri", replace(values, redirect_uri=uri))
        found += shape
        if not _fails(shape):
            good_uris.append(uri)
    on_client = judging.shape(case, "client-id", values)
    on_secret = judging.shape(case, "client-secret", values)
    topics = ["discovery"]
    if not _fails(on_client):
        topics += ["registration"] if good_uris else []
        topics += [] if _fails(on_secret) else ["secret"]
    suggested = suggest_metadata_url(values.metadata_url, judging.address_rules(case))
    if suggested and suggested.url != values.metadata_url:
        kind = suggested.kind.replace("_", " ")
        facts = {"about": values.metadata_url, "expected": suggested.url, "actual": kind}
        found.append(warned("metadata_url_suggested", **facts))
    asked = asking.ask(replace(case, uris=tuple(good_uris)), values, topics)
    found += [*on_client, *on_secret]
    found += [finding for topic in asked.findings.values() for finding in topic]
    if not case.uris:
        found.append(could_not_tell("registration_not_asked", about=values.client_id))
    if case.product.protocol.uses_secret and not values.client_secret:
        found.append(could_not_tell("client_secret_not_asked", expected=SECRET_VARIABLE))
    return found


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="app.py check",
        description="Ask an identity provider whether these values are right. Nobody signs in and"
        " nothing is kept.",
        epilog=f"The client secret is taken from the environment variable {SECRET_VARIABLE}, or"
        " asked for without being shown. Exit code 0: nothing failed; 1: something failed; 2: it"
        " could not be run.",
        allow_abbrev=False,
    )
    parser.add_argument("--metadata-url", required=True, type=_text, metavar="URL")
    parser.add_argument("--client-id", required=True, type=_text, metavar="ID")
    parser.add_argument(
        "--redirect-uri",
        action="extend",
        nargs="+",
        default=[],
        type=_text,
        metavar="URI",
        help="a redirect URI of the product; several are each judged",
    )
    parser.add_argument(
        "--response-type",
        choices=sorted(_RESPONSE_MODES),
        default="code",
        help="what the product asks for (%(default)s); id_token needs no secret",
    )
    parser.add_argument(
        "--provider",
        default="oidc",
        metavar="SLUG",
        help=f"the identity provider's guide (%(default)s): {', '.join(_slugs())}",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object in place of sentences"
    )
    return parser.parse_args(arguments)


def _text(value: str) -> str:
    if not paste.clean(value).value:
        raise argparse.ArgumentTypeError("it is empty")
    return value


def _slugs() -> list[str]:
    return [entry.slug for entry in catalogue.provider_entries()]


def _secret(options: argparse.Namespace) -> str:
    """The client secret, or "" where there is none to be had."""
    given = os.environ.get(SECRET_VARIABLE, "")
    if given or options.response_type != "code" or not (sys.stdin and sys.stdin.isatty()):
        return given
    try:
        return getpass.getpass("Client secret (Enter to leave it out): ")
    except EOFError:
        return ""


def _case(options: argparse.Namespace, secret: str) -> tuple[Case, list[Finding]]:
    """The values as a setup, cleaned as the forms clean them, and what was cleaned away."""
    try:
        provider = catalogue.provider(options.provider)
    except KeyError:
        known = ", ".join(_slugs())
        raise CannotRun(
            f"There is no guide for the identity provider {plain(options.provider, 60)!r}. There"
            f" are guides for: {known}."
        ) from None
    other = catalogue.product("other")
    protocol = msgspec.structs.replace(
        other.protocol,
        response_type=options.response_type,
        response_mode=_RESPONSE_MODES[options.response_type],
        uses_secret=options.response_type == "code",
    )
    cleaning: list[Finding] = []
    uris = [_cleaned(uri, "redirect URI", cleaning) for uri in options.redirect_uri]
    case = Case(
        row=SetupRow("", "other", provider.slug, "", "", ""),
        product=msgspec.structs.replace(other, name="the product", protocol=protocol),
        provider=provider,
        values=Values(
            client_id=_cleaned(options.client_id, "client ID", cleaning),
            client_secret=_cleaned(secret, "client secret", cleaning, keep_inside=True),
            metadata_url=_cleaned(options.metadata_url, "metadata URL", cleaning),
        ),
        answers={},
        checks={},
        runs=[],
        ticks={},
        port=0,
        uris=tuple(dict.fromkeys(uris)),
    )
    return case, cleaning


def _cleaned(value: str, what: str, found: list[Finding], *, keep_inside: bool = False) -> str:
    found += paste.judge_cleaning(value, keep_inside=keep_inside, about=what)
    return paste.clean(value, keep_inside=keep_inside).value


def _fails(findings: Sequence[Finding]) -> bool:
    return worst(findings) is Status.FAIL


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Each thing once, in its order: shape and provider may say the same."""
    once: Mapping[tuple[str, str], Finding] = {(f.code, f.about): f for f in reversed(findings)}
    return list(reversed(once.values()))


def _print(shown: Sequence[Shown], out: TextIO) -> None:
    """One line a finding, and beneath it what was seen, what was expected, and what to do."""
    marks = [f"{each.mark} {each.spoken}" for each in shown]
    if not _can_write(out, "".join(marks)):
        marks = [each.spoken for each in shown]
    for mark, each in zip(marks, shown, strict=True):
        said = each.as_json()
        _line(out, f"{mark}: {said['title']}")
        for name, text in (
            ("About", said["about"]),
            ("Seen", said["actual"]),
            ("Expected", said["expected"]),
            ("To do", said["advice"]),
        ):
            if text:
                _line(out, f"    {name}: {text}")


def _line(out: TextIO, text: str) -> None:
    """A line on the terminal: no control characters, and nothing it has no signs for."""
    indent = text[: len(text) - len(text.lstrip())]
    line = indent + plain(text, _LONGEST_LINE)
    encoding = out.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), file=out)


def _can_write(out: TextIO, text: str) -> bool:
    try:
        text.encode(out.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
