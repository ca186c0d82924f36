"""What was recognised in a paste, kept in memory until she takes it over or it is too old.

A page holds only the handle: what was pasted may hold the secret.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wizard import judging, paste
from wizard.oidc.discovery import judge_metadata_url, suggest_metadata_url
from wizard.oidc.finding import Status, worst
from wizard.setups import Setup, Values

MOST_KEPT = 20
KEPT_SECONDS = 600.0
LONGEST = 2048
FIELDS = ("client_id", "client_secret", "secret_expires", "metadata_url")
_SEEN = ("tenant_id", "object_id", "secret_id")


@dataclass(frozen=True, slots=True)
class Offer:
    """Values for fields, and IDs that belong into none, which are good to know again.

    `sure` is whether the text could be read in one way only.
    """

    values: Mapping[str, str] = field(repr=False)
    seen: Mapping[str, str]
    sure: bool = False


def recognise(setup: Setup, values: Values, text: str) -> Offer | None:
    """What can be offered of the pasted `text`; None when that is nothing new.

    `values` are as they would be with that text in its field. A value that is there already is not
    offered.
    """
    found = paste.recognise(text)
    offered = {field: value for field, value in found.offers().items() if field in FIELDS}
    if not setup.product.protocol.uses_secret:
        offered.pop("client_secret", None)
        offered.pop("secret_expires", None)
    if "metadata_url" in offered or not values.metadata_url:
        offered["metadata_url"] = _metadata_url(setup, found.metadata_url or found.tenant_id)
    new = {
        name: value
        for name, value in offered.items()
        if 0 < len(value) <= LONGEST and not _there(name, getattr(values, name), value)
    }
    seen = {each: getattr(found, each) for each in _SEEN if getattr(found, each)}
    return Offer(new, seen, not found.doubtful) if new else None


def needs_no_asking(setup: Setup, values: Values, asked: str, offer: Offer) -> bool:
    """Whether Continue may put `offer` in its fields by itself: nothing is left to ask.

    The whole answer to the field `asked` was the text it was recognised in, and `values` are as
    they would be with that text. What was asked for is among the offered; every value has an empty
    place, or is there already; the tenant is none other than the one that is known. A client secret
    may be any text, so one by itself is left as it was pasted.
    """
    if not offer.sure or asked not in offer.values or list(offer.values) == ["client_secret"]:
        return False
    of_tenant = _metadata_url(setup, offer.seen.get("tenant_id", ""))
    url = values.metadata_url
    if of_tenant and url and not _there("metadata_url", url, of_tenant):
        return False
    held = {name: getattr(setup.values if name == asked else values, name) for name in offer.values}
    return all(not text or _there(name, text, offer.values[name]) for name, text in held.items())


def _metadata_url(setup: Setup, text: str) -> str:
    """The metadata URL that `text` is or stands for; "" when it can be none."""
    suggestion = suggest_metadata_url(text, judging.address_rules(setup)) if text else None
    url = suggestion.url if suggestion else text
    return "" if worst(judge_metadata_url(url)) is Status.FAIL else url


def _there(name: str, held: str, value: str) -> bool:
    if name == "metadata_url":
        # Entra's may go on with ?appid=…, which is to be kept.
        return held == value or held.startswith(f"{value}?")
    return held == value or (name == "client_id" and held.lower() == value)


class Offers:
    """Offers by a handle that works once. Threads may share it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, str, Offer]] = {}

    def keep(self, setup_id: str, offer: Offer) -> str:
        """The handle under which `offer` is to be had, for ten minutes."""
        handle = secrets.token_urlsafe(18)
        with self._lock:
            self._forget_old()
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[handle] = (self._now(), setup_id, offer)
        return handle

    def take(self, setup_id: str, handle: str) -> Offer | None:
        """The offer, once; None when there is none of that handle for this setup."""
        with self._lock:
            self._forget_old()
            kept = self._kept.get(handle)
            if kept is None or kept[1] != setup_id:
                return None
            del self._kept[handle]
            return kept[2]

    def _forget_old(self) -> None:
        limit = self._now() - KEPT_SECONDS
        for handle in [h for h, (since, _, _) in self._kept.items() if since < limit]:
            del self._kept[handle]
