"""Ask one question and read the whole answer, within limits. Redirects are shown, not followed."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, select_proxy

from wizard.fetch import trust, wire
from wizard.fetch.address import check_url, is_loopback_host, is_private
from wizard.fetch.failure import FetchError, bare_url, explain, host_and_port

DEADLINE_SECONDS = 8.0
MAX_BYTES = 1024 * 1024
MAX_RETRY_AFTER = 3600


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A whole HTTP answer, any status. Its repr holds no query, header or body.

    `headers` are case-insensitive, `body` at most 1 MiB as it was sent, `took_ms` the time from
    the question to the last byte, `received_at` this computer's clock (`time.time()`) when the
    headers were in, `date` the answer's Date header or None. `address` is the address asked, ""
    through a proxy; `proxy` that proxy's host and port.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    took_ms: int
    received_at: float
    date: datetime | None
    address: str = ""
    proxy: str = ""

    def __repr__(self) -> str:
        return f"<Answer {self.method} {bare_url(self.url)}: {self.status}, {len(self.body)} bytes>"

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait as Retry-After asks, 0 to 3600. RFC 9110 10.2.3: seconds or a date."""
        text = self.headers.get("Retry-After", "").strip()
        if text.isascii() and text.isdigit():
            return min(int(text[:9]), MAX_RETRY_AFTER)
        when = _http_date(text)
        if when is None:
            return None
        # By the sender's clock where it is known: ours may be the one that is wrong.
        now = self.date or datetime.fromtimestamp(self.received_at, UTC)
        return min(max(0, round((when - now).total_seconds())), MAX_RETRY_AFTER)

    @property
    def private_address(self) -> str:
        """The private address that answered, or ""."""
        return self.address if is_private(self.address) else ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """Lines that show how we know: what was asked, of whom, and the status."""
        lines = [f"{self.method} {bare_url(self.url)}: {self.status} in {self.took_ms} ms"]
        if self.private_address:
            lines.append(f"answered from {self.address}, a private address")
        if self.proxy:
            lines.append(f"through the proxy {self.proxy}")
        return tuple(lines)


class Fetcher:
    """One run's questions over one connection pool; several threads may ask at once.

    `deadline` is in seconds and covers a whole question from DNS to the last byte. `typed_url` is
    what the admin typed: if its host is not this computer, nothing named by the documents found
    there may be this computer either. Every method raises FetchError and nothing else.
    """

    def __init__(
        self,
        *,
        deadline: float = DEADLINE_SECONDS,
        typed_url: str | None = None,
        resolver: wire.Resolver = wire.resolve,
    ) -> None:
        self.deadline = deadline
        self._resolver = resolver
        self._session = wire.Session()
        self._far = typed_url is not None and not _names_this_computer(typed_url)

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        accept: str = "application/json",
    ) -> Answer:
        """GET `url`."""
        return self._ask("GET", url, {**(headers or {}), "Accept": accept}, None)

    def post_form(
        self,
        url: str,
        fields: Sequence[tuple[str, str]],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """POST `fields` to `url` as application/x-www-form-urlencoded in UTF-8."""
        form = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._ask("POST", url, {**form, **(headers or {})}, urlencode(list(fields)))

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> Answer:
        parts = check_url(url)
        loopback = is_loopback_host(parts.hostname or "")
        if loopback and self._far:
            detail = "this computer, named by a document from elsewhere"
            raise FetchError("address_refused", url, detail)
        exchange = wire.Exchange(
            url, deadline=self.deadline, loopback=loopback, resolver=self._resolver
        )
        request = requests.Request(
            method,
            url,
            data=body,
            headers={**headers, "Accept-Encoding": "identity", "User-Agent": "Latchkey"},
        )
        outcome: Future[Answer] = Future()
        worker = threading.Thread(
            target=self._work, args=(outcome, exchange, request), daemon=True, name="fetch"
        )
        worker.start()
        try:
            return outcome.result(timeout=exchange.remaining())
        except TimeoutError:
            raise _timed_out(exchange, self.deadline) from None
        finally:
            if not outcome.done():
                exchange.cut()

    def _work(
        self, outcome: "Future[Answer]", exchange: wire.Exchange, request: requests.Request
    ) -> None:
        # In a thread of its own, because nothing can interrupt a name server that does not answer.
        wire.current.set(exchange)
        started = time.monotonic()
        try:
            answer = self._perform(exchange, request, started)
        except BaseException as error:
            outcome.set_exception(self._translate(error, exchange))
        else:
            outcome.set_result(answer)

    def _perform(
        self, exchange: wire.Exchange, request: requests.Request, started: float
    ) -> Answer:
        prepared = self._session.prepare_request(request)
        proxy = _proxy_for(prepared.url or "", exchange)
        check_url(prepared.url or "")  # as it will be sent: ① is 1 by now
        try:
            return self._send(exchange, prepared, proxy, started)
        except Exception as error:
            # A kept connection that the server closed as we wrote says nothing about the server.
            stale = exchange.reused and exchange.stage == "waiting"
            if not (stale and prepared.method == "GET" and explain(error)[0] == "reset"):
                raise
        exchange.only_fresh = True
        return self._send(exchange, prepared, proxy, started)

    def _send(
        self,
        exchange: wire.Exchange,
        prepared: requests.PreparedRequest,
        proxy: str | None,
        started: float,
    ) -> Answer:
        response = self._session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            verify=True,
            timeout=exchange.remaining(),
            proxies={urlsplit(prepared.url or "").scheme: proxy} if proxy else {},
        )
        received_at = time.time()
        exchange.stage = "reading"
        with response:
            body = _read(response, exchange.url)
        return Answer(
            method=str(prepared.method),
            url=exchange.url,
            status=response.status_code,
            headers=CaseInsensitiveDict(response.headers),
            body=body,
            took_ms=round((time.monotonic() - started) * 1000),
            received_at=received_at,
            date=_http_date(response.headers.get("Date", "")),
            address=exchange.address,
            proxy=exchange.proxy,
        )

    def _translate(self, error: BaseException, exchange: wire.Exchange) -> FetchError:
        """Our one exception for whatever happened, with nothing of the original kept."""
        issuer = ""
        if isinstance(error, FetchError):
            code, detail = error.code, error.detail
        else:
            code, detail = explain(error)
        if code.startswith("tls_") and exchange.certificate is not None:
            told, issuer = trust.describe(exchange.certificate, code)
            detail = told or detail
        if code == "timeout":
            return _timed_out(exchange, self.deadline)
        at_proxy = exchange.proxy and exchange.stage in ("resolving", "connecting")
        if at_proxy and code in ("dns", "refused", "unreachable", "reset"):
            code, detail = "proxy", f"nothing answers at {exchange.proxy}"
        elif code in ("proxy", "proxy_auth") and not isinstance(error, FetchError):
            detail = f"{exchange.proxy}: {detail}"
        return FetchError(
            code, exchange.url, detail, issuer=issuer, notes=_notes(exchange, code, issuer)
        )


_WAITS = {
    "resolving": "the name was not resolved",
    "connecting": "no connection",
    "greeting": "connected, but the TLS handshake did not end",
    "waiting": "connected, but no whole answer",
    "reading": "the answer started, but did not end",
}


def _timed_out(exchange: wire.Exchange, deadline: float) -> FetchError:
    seconds = f"{deadline:g}"
    detail = f"{_WAITS.get(exchange.stage, 'nothing happened')} within {seconds} seconds"
    code = "timeout"
    if exchange.proxy and exchange.stage in ("resolving", "connecting"):
        code, detail = "proxy", f"nothing answers at {exchange.proxy} within {seconds} seconds"
    return FetchError(code, exchange.url, detail, notes=_notes(exchange, code, ""))


def _notes(exchange: wire.Exchange, code: str, issuer: str) -> tuple[str, ...]:
    lines = []
    if exchange.proxy:
        lines.append(f"through the proxy {exchange.proxy}, as the environment says")
    if code.startswith("tls_"):
        lines.append(f"trusted: {trust.trusted()}")
    if issuer:
        lines.append(f"the certificate is signed by {issuer}")
    return tuple(lines)


def _proxy_for(url: str, exchange: wire.Exchange) -> str | None:
    """The proxy that the environment (or the system's settings) names for `url`."""
    if exchange.loopback:
        return None
    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    exchange.proxy = host_and_port(proxy)
    if "://" in proxy and not proxy.lower().startswith(("http://", "https://")):
        kind = proxy.partition(":")[0].lower()
        raise FetchError("proxy", exchange.url, f"a proxy of the kind {kind} is not supported")
    return proxy


def _read(response: requests.Response, url: str) -> bytes:
    """The whole body, as bytes. Raises FetchError encoded or too_large."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    transfer = response.headers.get("Transfer-Encoding", "").strip().lower()
    if encoding not in ("", "identity") or transfer not in ("", "identity", "chunked"):
        raise FetchError("encoded", url, (encoding or transfer)[:40])
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:15]) > MAX_BYTES:
        raise FetchError("too_large", url, "more than 1 MiB")
    body = bytearray()
    while chunk := response.raw.read1(65536, decode_content=False):
        body += chunk
        if len(body) > MAX_BYTES:
            raise FetchError("too_large", url, "more than 1 MiB")
    return bytes(body)


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def _names_this_computer(url: str) -> bool:
    try:
        return is_loopback_host(urlsplit(url).hostname or "")
    except ValueError:
        return False
