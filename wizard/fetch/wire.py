"""Connections: which address, until when, trusting whom. requests and urllib3 do the HTTP.

An `Exchange` is one question with its deadline. It runs in a thread of its own, and whoever waits
for it can cut it: a copy of the socket is shut down, which ends a dripping header, a dripping body
and a write that blocks, whatever layer they are in.
"""

import contextlib
import contextvars
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from itertools import zip_longest

import requests
from cryptography import x509
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from wizard.fetch.address import is_loopback_host, why_forbidden
from wizard.fetch.failure import FetchError, explain
from wizard.fetch.trust import trusting_context

# A server may close a kept connection at any moment; the shortest usual patience is two seconds.
IDLE_SECONDS = 1.0
# One address that swallows packets must leave time for the next one.
CONNECT_SECONDS = 2.0

# urllib3 writes whole addresses, queries included, to its log.
for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(lambda record: False)

Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address of `host`, in the system's order. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Exchange:
    """One question under way: where it stands, until when it may go on, and how to end it."""

    def __init__(self, url: str, *, deadline: float, loopback: bool, resolver: Resolver) -> None:
        self.url = url
        self.loopback = loopback
        self.resolver = resolver
        self.stage = "starting"
        self.address = ""
        self.proxy = ""
        self.reused = False
        self.only_fresh = False
        self.certificate: x509.Certificate | None = None
        self._ends = time.monotonic() + deadline
        self._lock = threading.Lock()
        self._leash: socket.socket | None = None
        self._cut = False

    def remaining(self) -> float:
        """Seconds left, at least a hundredth, so that it can be used as a time limit."""
        return max(self._ends - time.monotonic(), 0.01)

    def hold(self, leash: socket.socket) -> None:
        """Take note of the socket in use, so that `cut` finds it."""
        with self._lock:
            self._leash = leash
        self.still_wanted()

    def still_wanted(self) -> None:
        """Raises TimeoutError once the exchange was cut."""
        if self._cut:
            raise TimeoutError

    def cut(self) -> None:
        """End it now, whatever it is waiting for."""
        with self._lock:
            self._cut = True
            leash = self._leash
        if leash is not None:
            with contextlib.suppress(OSError):
                leash.shutdown(socket.SHUT_RDWR)


current: contextvars.ContextVar[Exchange] = contextvars.ContextVar("exchange")


class _Leashed:
    """What both kinds of connection share: our own way of connecting, and a hold on the socket."""

    leash: socket.socket | None = None
    peer = ""
    last_used = 0.0

    def _new_conn(self) -> socket.socket:
        exchange = current.get()
        exchange.stage = "resolving"
        sock, self.peer = _connect(self._dns_host, self.port, exchange, bool(self.proxy))
        self._drop_leash()
        try:
            self.leash = sock.dup()
            exchange.hold(self.leash)
            for option in self.socket_options or ():
                sock.setsockopt(*option)
        except BaseException:
            sock.close()
            self._drop_leash()
            raise
        exchange.stage = "greeting"
        return sock

    @property
    def is_connected(self) -> bool:
        idle = time.monotonic() - self.last_used
        if idle > IDLE_SECONDS or current.get().only_fresh:
            return False
        return super().is_connected

    def request(self, *args, **kwargs) -> None:
        exchange = current.get()
        exchange.reused = self.last_used > 0
        if self.sock is None:
            self.connect()
        exchange.address = "" if self.proxy else self.peer
        if self.leash is not None:
            exchange.hold(self.leash)
        exchange.stage = "waiting"
        super().request(*args, **kwargs)

    def getresponse(self):
        response = super().getresponse()
        self.last_used = time.monotonic()
        return response

    def close(self) -> None:
        super().close()
        self.last_used = 0.0
        self._drop_leash()

    def _drop_leash(self) -> None:
        leash, self.leash = self.leash, None
        if leash is not None:
            leash.close()


class _Plain(_Leashed, HTTPConnection):
    """http, which only loopback hosts and the first leg to a proxy use."""


class _Secure(_Leashed, HTTPSConnection):
    """https, verified by the operating system's certificate store."""

    def connect(self) -> None:
        # One context a connection: truststore holds a lock for the whole handshake, and a server
        # that stalls must not hold up the questions asked beside it.
        self.ssl_context = trusting_context(current.get().url)
        tunnel = self._tunnel_host, self._tunnel_port, dict(self._tunnel_headers)
        try:
            super().connect()
        except ssl.SSLCertVerificationError:
            self.close()  # which forgets the tunnel
            if tunnel[0]:
                self.set_tunnel(*tunnel, scheme="https")
            with contextlib.suppress(Exception):
                current.get().certificate = self._look_at_certificate()
            raise

    def _look_at_certificate(self) -> x509.Certificate | None:
        """The certificate that was refused, to say who signed it and when it ended.

        Python keeps no certificate of a handshake that failed, so there is a second one that
        verifies nothing, carries nothing and is closed at once. Nothing is ever asked over it.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        sock = self._new_conn()
        try:
            sock.settimeout(min(2.0, current.get().remaining()))
            if self._tunnel_host:
                self.sock = sock
                self._tunnel()
            name = self.server_hostname or self._tunnel_host or self.host
            with context.wrap_socket(sock, server_hostname=name) as secured:
                der = secured.getpeercert(binary_form=True)
            return x509.load_der_x509_certificate(der) if der else None
        finally:
            sock.close()
            self.close()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Adapter(HTTPAdapter):
    """requests' adapter with our connections in its pools."""

    def init_poolmanager(self, *args, **kwargs) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def proxy_manager_for(self, proxy, **kwargs):
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
        return manager

    def cert_verify(self, conn, url, verify, cert) -> None:
        # requests would add certifi's list here; the system's store alone decides.
        conn.cert_reqs = "CERT_REQUIRED"


class Session(requests.Session):
    """A session that takes nothing from the environment, keeps no cookies, follows nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.cookies.set_policy(_NoCookies())
        for prefix in ("https://", "http://"):
            self.mount(prefix, Adapter(max_retries=0, pool_connections=20, pool_maxsize=20))

    def get_redirect_target(self, resp) -> None:
        # Even when it follows nothing, requests reads a redirect's whole body to look ahead.
        return None


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):
    def __init__(self) -> None:
        super().__init__(allowed_domains=[])


def _connect(host: str, port: int, exchange: Exchange, to_proxy: bool) -> tuple[socket.socket, str]:
    """A socket to the first address of `host` that answers, and that address.

    The name is resolved once and the very address that was judged is connected to, so that no
    second answer of DNS can slip in between. Addresses of both families take turns.
    """
    addresses = _permitted(host, port, exchange, to_proxy)
    exchange.stage = "connecting"
    failures = []
    for position, address in enumerate(addresses):
        exchange.still_wanted()
        last = position == len(addresses) - 1
        left = exchange.remaining()
        limit = left if last else min(CONNECT_SECONDS, left / 2)
        try:
            sock = socket.create_connection((address, port), timeout=limit)
        except OSError as error:
            failures.append(explain(error)[0])
            continue
        sock.settimeout(exchange.remaining())
        return sock, address
    shown = ", ".join(addresses[:4]) + (", …" if len(addresses) > 4 else "")
    for code in ("timeout", "reset", "refused"):
        if code in failures:
            raise FetchError(code, exchange.url, f"{shown}, port {port}")
    raise FetchError("unreachable", exchange.url, f"{shown}, port {port}")


def _permitted(host: str, port: int, exchange: Exchange, to_proxy: bool) -> list[str]:
    if to_proxy:  # the environment chose it, wherever it is
        return _by_turns(_lookup(host, port, exchange))
    name = host.lower().rstrip(".")
    if is_loopback_host(host) and "localhost" in name:
        # RFC 6761 6.3: never ask DNS for it.
        found = ["127.0.0.1", "::1"]
    else:
        found = _by_turns(_lookup(host, port, exchange))
    reasons = {each: why_forbidden(each, loopback_allowed=exchange.loopback) for each in found}
    permitted = [each for each, reason in reasons.items() if not reason]
    if is_loopback_host(host):
        permitted = [each for each in permitted if is_loopback_host(each)]
    if not permitted:
        each, reason = next(iter(reasons.items()))
        raise FetchError("address_refused", exchange.url, f"it leads to {each}, {reason}")
    return permitted


def _lookup(host: str, port: int, exchange: Exchange) -> list[str]:
    try:
        found = exchange.resolver(host, port)
    except socket.gaierror as error:
        again = error.errno == getattr(socket, "EAI_AGAIN", None)
        detail = "the name server did not answer" if again else ""
        raise FetchError("dns", exchange.url, detail) from None
    except (UnicodeError, ValueError):
        raise FetchError("bad_url", exchange.url, "the host name cannot be looked up") from None
    if not found:
        raise FetchError("dns", exchange.url)
    return found


def _by_turns(addresses: list[str]) -> list[str]:
    """The same addresses, families alternating (RFC 8305 4), the first one's family first."""
    first = [a for a in addresses if (":" in a) == (":" in addresses[0])] if addresses else []
    second = [a for a in addresses if a not in first]
    return [a for pair in zip_longest(first, second) for a in pair if a]
