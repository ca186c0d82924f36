"""What a pasted error says: its number or OAuth error, the value at fault, the IDs for support.

A page may be in any language, so an AADSTS number is all that is looked for in its words; the rest
is found by shape and place. RFC 6749 4.1.2.1, 5.2.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from wizard.catalogue.guides import ErrorCode
from wizard.oidc.finding import Finding, failed
from wizard.oidc.plain import plain
from wizard.oidc.strict_json import StrictJsonError, parse_object
from wizard.provider_error.packed import b2c_error, google_error
from wizard.provider_error.redaction import LIMIT, redact
from wizard.provider_error.wordings import KNOWN, VALUE_OF, oauth_error_in

_MOST_NUMBERS = 5
_REGION = 1200  # characters after a number in which its message ends
_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_NUMBER = re.compile(r"AADSTS[ \t]?0{0,4}([1-9]\d{3,8})(?!\d)", re.IGNORECASE)
_NUMBER_OF_PAGE = re.compile(r"/error/?\?(?:[^\s#]{0,200}&)?code=([1-9]\d{3,8})(?!\d)")
_LABELLED_NUMBER = re.compile(r"([^\n:：=]{1,40})[:：=][ \t]*([1-9]\d{3,8})(?![\d.:-])")
_CODE_LABEL = re.compile(r"c[oó]d|k[oó]d|код|コード|代码|代碼|코드", re.IGNORECASE)

_PARAMETER = re.compile(r"(?<![a-zA-Z0-9_])([a-z_]{3,40})=([^&\s\"'<>#]{1,2000})")
_LABELLED_ID = re.compile(rf"([^\n:：.。]{{1,60}})[:：][ \t]*({_GUID})(?![\w-])")
_CORRELATION = re.compile(r"orr?[eé]la|関連|相関|相关|相關|상관|корреляц", re.IGNORECASE)
_OTHER_ID = re.compile(r"app|tenant|client|device|user|resource|object|session", re.IGNORECASE)
_TIME = re.compile(
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: ?Z\b| ?[+-]\d\d:?\d\d\b)?"
)

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s'\"<>«»“”‘’„「」]{1,2000}")
_HELP = re.compile(
    r"https?://(?:aka\.ms|go\.microsoft\.com|(?:docs|learn|support)\.microsoft\.com"
    r"|portal\.azure\.com|login\.microsoftonline\.com/error)\b",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s'\"<>()\[\]{}:;,«»“”‘’„「」]{1,64}@[^\s'\"<>()\[\]{}:;,@«»“”‘’]{1,190}")
_QUOTED = re.compile(
    r"(?<!\w)'([^'\n]{1,500})'(?!\w)|\"([^\"\n]{1,500})\"|«\s?([^«»\n]{1,500}?)\s?»"
    r"|[“„]([^“”„\n]{1,500})[“”]|[‘‚]([^‘’\n]{1,500})[’‘]|「([^「」\n]{1,500})」"
)
_ENDS = (_NUMBER, _TIME, re.compile(r"\n\s*\n"))
_ESCAPED = re.compile(r"\\u00([2-7][0-9a-fA-F])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was made out. `text` is what was pasted, without what must not be kept.

    `about` is the value at fault and `said` the message, both as one line of plain text; `known`
    is our word on `number`, None when there is none. IDs and time are as the page shows them.
    """

    number: int | None = None
    known: ErrorCode | None = None
    oauth_error: str = ""
    about: str = ""
    said: str = ""
    correlation_id: str = ""
    trace_id: str = ""
    timestamp: str = ""
    text: str = field(default="", repr=False)
    left_out: bool = False
    cut: bool = False

    @property
    def finding(self) -> Finding:
        """The finding; its advice is that of `advice_code` unless `known` says more."""
        about = self.about or ("" if self.known or not self.number else f"AADSTS{self.number}")
        return failed(f"provider_error_{self._what}", about=about, actual=self.said)

    @property
    def advice_code(self) -> str:
        """Under which code the catalogue speaks of it."""
        if self.number:
            return "provider_error_unknown_number"
        return f"provider_error_{self._what}"

    @property
    def _what(self) -> str:
        if self.number:
            return str(self.number)
        return self.oauth_error if self.oauth_error in KNOWN else "unknown"


def decode(text: str, codes: Mapping[str, ErrorCode], hide: Sequence[str | None] = ()) -> Decoded:
    """What `text` (an error page, an address, JSON, "copy details") says is wrong. Never raises.

    `codes` are the provider's numbers with our words on them, `hide` texts that must not be kept.
    Only the first 10 000 characters are read.
    """
    cut = len(text) > LIMIT
    kept = redact(text[:LIMIT], hide)
    readable = redact(_readable(kept), hide)
    error, sentence = google_error(readable)
    unpacked = {"error": error, "error_description": redact(sentence, hide)} if error else {}
    named = {**_parameters(f"{readable}\n{sentence}"), **_members(readable), **unpacked}
    spoken = redact(f"{named.get('error_description', '')}\n{readable}", hide)
    number = _number(spoken, named, codes)
    known = codes.get(str(number)) if number else None
    message = _message(spoken, number)
    b2c = b2c_error(spoken)
    oauth_error = "" if number else b2c or oauth_error_in(named.get("error", ""), spoken)
    if known:
        about = _value(known.value, known.place, message)
        if not about and known.value == "redirect_uri":
            about = named.get("redirect_uri", "")
    else:
        about = named.get(VALUE_OF.get(oauth_error, ""), "")
        if b2c and not about and VALUE_OF.get(oauth_error) == "redirect_uri":
            about = _address(spoken)
    trace_id, correlation_id = _ids(spoken, named)
    time = _TIME.search(spoken)
    return Decoded(
        number=number,
        known=known,
        oauth_error=plain(oauth_error, 60),
        about=plain(about),
        said=plain(_said(message, number, named, spoken)),
        correlation_id=correlation_id,
        trace_id=trace_id,
        timestamp=time[0] if time else "",
        text=kept,
        left_out=kept != text[:LIMIT],
        cut=cut,
    )


def _readable(text: str) -> str:
    """`text` with what a page's source writes otherwise: &#39; and \\u0027 are an apostrophe."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return html.unescape(text).replace("\r\n", "\n").replace("\r", "\n")


def _parameters(text: str) -> dict[str, str]:
    """Parameters of an address or a form body; the first of each name counts."""
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(text):
        found.setdefault(name, unquote_plus(value, errors="replace"))
    return found


def _members(text: str) -> dict[str, str]:
    """The members of a JSON object in `text` that are texts, and error_codes as numbers."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return {}
    try:
        document: dict[str, Any] = parse_object(text[start : end + 1])
    except StrictJsonError:
        return {}
    inner = document.get("error")
    if isinstance(inner, dict):
        document = inner
    found = {name: value for name, value in document.items() if isinstance(value, str)}
    codes = document.get("error_codes")
    if isinstance(codes, list):
        numbers = [str(code) for code in codes[:_MOST_NUMBERS] if type(code) is int and code > 0]
        found["error_codes"] = " ".join(numbers)
    return found


def _number(text: str, named: Mapping[str, str], codes: Mapping[str, ErrorCode]) -> int | None:
    """The AADSTS number: the first that `codes` knows, else the first there is."""
    listed = named.get("error_codes", "").split()
    found = [int(number) for number in listed if re.fullmatch(r"[1-9][0-9]{3,8}", number)]
    found += [int(match[1]) for match in _NUMBER.finditer(text)]
    found += [int(match[1]) for match in _NUMBER_OF_PAGE.finditer(text)]
    if not found:
        # "More details" of a blocked sign-in has the bare number behind a label.
        found = [
            int(number)
            for label, number in _LABELLED_NUMBER.findall(text)
            if _CODE_LABEL.search(label) and len(number) >= 5
        ]
    found = list(dict.fromkeys(found))[:_MOST_NUMBERS]
    return next((number for number in found if str(number) in codes), next(iter(found), None))


def _message(text: str, number: int | None) -> str:
    """What follows the number, up to the IDs, an empty line or another number."""
    if number is None:
        return ""
    for match in _NUMBER.finditer(text):
        if int(match[1]) == number:
            region = text[match.end() : match.end() + _REGION].lstrip(":：. \t")
            ends = [found.start() for end in _ENDS if (found := end.search(region))]
            ends += [
                found.start()
                for found in _LABELLED_ID.finditer(region)
                if not _OTHER_ID.search(found[1])
            ]
            region = region[: min(ends, default=_REGION)]
            if region.strip():
                return _without_last_label(region)
    return ""


def _without_last_label(region: str) -> str:
    """A cut before a time leaves its label behind, on the same line or one of its own."""
    return re.sub(r"[\n\s][^\n.。:：]{1,40}[:：]\s*$", "", region)


def _said(message: str, number: int | None, named: Mapping[str, str], text: str) -> str:
    if number is not None:
        first = message.strip().split("\n", 1)[0]
        return f"AADSTS{number}: {first}" if first else f"AADSTS{number}"
    description = named.get("error_description", "")
    if named.get("error"):
        return f"{named['error']}: {description}" if description else named["error"]
    return text.strip()


def _value(kind: str, place: int, message: str) -> str:
    """The value at fault in `message`, found by its shape or by the place among quoted texts."""
    quoted = [next(filter(None, groups)).strip() for groups in _QUOTED.findall(message)]
    if kind == "redirect_uri":
        return _address(message)
    if kind == "user":
        found = _EMAIL.search(message)
        return found[0].rstrip(".") if found else ""
    if kind in ("client_id", "tenant", "quoted"):
        if quoted and (place < 0 or len(quoted) >= place):
            return quoted[place if place < 0 else place - 1]
        found = re.search(_GUID, message) if kind != "quoted" else None
        return found[0] if found else ""
    if kind == "resource":
        return quoted[0] if quoted else _address(message)
    return ""


def _address(message: str) -> str:
    for match in _URL.finditer(message):
        if not _HELP.match(match[0]):
            return match[0].rstrip(".,;:)]}")
    return ""


def _ids(text: str, named: Mapping[str, str]) -> tuple[str, str]:
    """(trace, correlation). Without a known label the order tells: the request comes first."""
    trace = correlation = ""
    for label, guid in _LABELLED_ID.findall(text):
        if _CORRELATION.search(label):
            correlation = correlation or guid
        elif not trace and not _OTHER_ID.search(label):
            trace = guid
        elif trace and not correlation and not _OTHER_ID.search(label):
            correlation = guid
    return (
        trace or _guid(named.get("trace_id", "")),
        correlation or _guid(named.get("correlation_id", "")),
    )


def _guid(text: str) -> str:
    return text if re.fullmatch(_GUID, text) else ""
