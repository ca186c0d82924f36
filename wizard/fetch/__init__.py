"""The only part that opens an outgoing connection: bounded in time and size, follows nothing.

    with Fetcher() as fetcher:
        answer = fetcher.get("https://idp.example/.well-known/openid-configuration")

`address` decides what may be asked at all, `trust` whose certificates count, `wire` connects,
`fetcher` asks and reads, `failure` says what went wrong.
"""

from wizard.fetch.address import check_url, is_loopback_host
from wizard.fetch.failure import CODES, FetchError, network_finding
from wizard.fetch.fetcher import DEADLINE_SECONDS, MAX_BYTES, Answer, Fetcher

__all__ = [
    "CODES",
    "DEADLINE_SECONDS",
    "MAX_BYTES",
    "Answer",
    "FetchError",
    "Fetcher",
    "check_url",
    "is_loopback_host",
    "network_finding",
]
