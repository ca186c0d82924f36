"""A setup as a file, without the client secret: written for another computer, and read from one.

What is read may come from anybody: it is parsed strictly, bounded, and taken whole or not at all.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from wizard import catalogue, product_uris
from wizard.oidc import web_address
from wizard.oidc.strict_json import StrictJsonError, parse_object
from wizard.setups import Setup, from_rows
from wizard.store import Run
from wizard.withheld import withhold

# As in the catalogue: two threads that teach msgspec the same type at once end the process.
ONE_AT_A_TIME = threading.Lock()
VERSION = 1
MAX_BYTES = 48 * 1024  # a form carries 64 KiB
_MOST_RUNS = 20
_MOST_FINDINGS = 100
_LONGEST = 300
_Text = Annotated[str, Meta(max_length=_LONGEST)]
_Address = Annotated[str, Meta(max_length=2048)]
_Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
_Moment = Annotated[str, Meta(max_length=40)]
_Part = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
_WIDEST = {"redirect_uri": 2048, "client_id": 512, "secret_expires": 10, "metadata_url": 2048}
_MADE_FROM = 1024  # the product's address


class ExchangeError(Exception):
    """The file cannot be taken; `sentence` says why, fit for a page."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class _Found(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,79}$")]
    status: Literal["pass", "warn", "fail", "unknown"]
    about: _Text = ""
    expected: _Text = ""
    actual: _Text = ""


class _Run(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    verdict: Literal["pass", "warn", "fail"]
    made_at: _Moment
    account: _Text = ""
    findings: Annotated[list[_Found], Meta(max_length=_MOST_FINDINGS)] = []


class _Answers(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    redirect_uri: _Address = ""
    client_id: Annotated[str, Meta(max_length=512)] = ""
    secret_expires: Annotated[str, Meta(max_length=10)] = ""
    metadata_url: _Address = ""
    product_address: _Address = ""
    parts: Annotated[dict[_Part, _Text], Meta(max_length=20)] = {}


class File(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a file holds. `ticks` are the last step's, by name."""

    latchkey_setup: Literal[1]
    exported_at: _Moment
    product: _Slug
    provider: _Slug
    name: Annotated[str, Meta(max_length=80)] = ""
    answers: _Answers = _Answers()
    ticks: Annotated[list[_Slug], Meta(max_length=50)] = []
    runs: Annotated[list[_Run], Meta(max_length=_MOST_RUNS)] = []

    def given(self) -> dict[str, str]:
        """The answers there are, by field."""
        names = (*_WIDEST, product_uris.ADDRESS)
        given = {name: text for name in names if (text := getattr(self.answers, name))}
        parts = self.answers.parts.items()
        return given | {product_uris.part_field(name): text for name, text in parts if text}

    def rows(self) -> list[dict[str, Any]]:
        """The runs as the store keeps them, the oldest first, marked as imported."""
        return [
            {
                "verdict": run.verdict,
                "findings": [
                    {**msgspec.to_builtins(found), "spec": "", "evidence": [], "took_ms": None}
                    for found in run.findings
                ],
                "details": {"imported": True, "account": run.account},
                "ended_at": datetime.fromisoformat(run.made_at).astimezone(UTC).isoformat(),
            }
            for run in reversed(self.runs)
        ]


def write(setup: Setup, now: datetime) -> bytes:
    """The setup as a file: its answers, ticks and runs, the newest first, never the secret.

    Claims and evidence stay here: they are somebody's data, and prove nothing elsewhere. Where it
    would be longer than can be read again, the oldest runs are left out.
    """

    def said(text: object, longest: int = _LONGEST) -> str:
        shown = withhold(str(text), setup.values.client_secret)[:longest]
        return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in shown)

    runs = [_run(run, said) for run in setup.runs[:_MOST_RUNS]]
    while True:
        file = {
            "latchkey_setup": VERSION,
            "exported_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "product": setup.product.slug,
            "provider": setup.provider.slug,
            "name": said(setup.row.name, 80),
            "answers": _answers(setup, said),
            "ticks": sorted(setup.ticks.get("turn-on", {})),
            "runs": runs,
        }
        data = json.dumps(file, indent=1).encode("ascii")
        if len(data) <= MAX_BYTES or not runs:
            return data
        runs = runs[:-1]


def _answers(setup: Setup, said: Callable[..., str]) -> dict[str, Any]:
    """The answers by field; what a redirect URI was made from only where it was."""
    values = setup.values
    answers: dict[str, Any] = {name: said(getattr(values, name), _WIDEST[name]) for name in _WIDEST}
    address = said(values.product_address, _MADE_FROM)
    # Cut short, it would make other redirect URIs; the whole one tells it as well.
    if address == values.product_address and web_address.split(address):
        answers[product_uris.ADDRESS] = address
    if values.parts:
        answers["parts"] = {name: said(text) for name, text in values.parts}
    return answers


def _run(run: Run, said: Callable[[object], str]) -> dict[str, Any]:
    return {
        "verdict": run.verdict,
        "made_at": run.ended_at,
        "account": said(run.details.get("account") or ""),
        "findings": [
            {
                "code": found.code,
                "status": found.status.value,
                "about": said(found.about),
                "expected": said(found.expected),
                "actual": said(found.actual),
            }
            for found in from_rows(run.findings)[:_MOST_FINDINGS]
        ],
    }


def read(data: bytes) -> File:
    """The setup in a file. Raises ExchangeError for any other bytes, and nothing else."""
    if len(data) > MAX_BYTES:
        raise ExchangeError(f"The file is larger than {MAX_BYTES // 1024} KiB, which no setup is.")
    try:
        document = parse_object(data)
    except StrictJsonError as error:
        raise ExchangeError(_UNREADABLE.get(error.code, "The file holds no setup.")) from None
    version = document.get("latchkey_setup")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise ExchangeError("A newer Latchkey made this file. Bring this one up to date first.")
    try:
        with ONE_AT_A_TIME:
            file = msgspec.convert(document, File)
    except msgspec.ValidationError as error:
        # The library's message may quote the file; only the place it names is ours.
        place = _PLACE.search(str(error))
        where = place[1] if place else "its outermost level"
        raise ExchangeError(
            f"The file is no setup that Latchkey exported: look at {where}."
        ) from None
    _judge(file)
    return file


_PLACE = re.compile(r"at `\$\.?([a-z_.\[\]0-9]{1,80})`$")
_UNREADABLE = {
    "empty": "The file is empty.",
    "not_utf8": "The file is not text.",
    "not_json": "The file is not JSON, as an exported setup is.",
    "duplicate_name": "The file names a value twice, which no exported setup does.",
}


def _judge(file: File) -> None:
    """What the shape of the file cannot say. Raises ExchangeError."""
    known = {"product": catalogue.product_entries(), "provider": catalogue.provider_entries()}
    for kind, guides in known.items():
        slug = getattr(file, kind)
        if slug not in {guide.slug for guide in guides}:
            raise ExchangeError(f"This Latchkey has no guide for the {kind} “{slug}”.")
    for run in file.runs:
        _moment(run.made_at)
    _moment(file.exported_at)
    if file.answers.secret_expires:
        try:
            day = date.fromisoformat(file.answers.secret_expires).isoformat()
        except ValueError:
            day = ""
        # It is compared as text, so no other spelling of a day will do.
        if day != file.answers.secret_expires:
            raise ExchangeError("The file has an expiry date that is no date.")
    address = file.answers.product_address
    if address and web_address.split(address) is None:
        raise ExchangeError("The file has an address of the product that is none.")
    for text in _texts(msgspec.to_builtins(file)):
        if any(unicodedata.category(c) == "Cc" for c in text):
            raise ExchangeError("The file has line breaks or control characters in a value.")


def _moment(text: str) -> None:
    try:
        moment = datetime.fromisoformat(text)
        # Near the first and the last year there is no such moment in UTC.
        aware = moment.tzinfo is not None and bool(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        aware = False
    if not aware:
        raise ExchangeError("The file has a time that is no time.")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]
