"""From the browser's arrival at the callback to the page with the verdict."""

import http.client
import re
from urllib.parse import urlsplit

import requests

from benchmarks import programs, provider, walking
from benchmarks.common import Part, Place, interleaved, ratio, timed, told

HOW = """\
Latchkey runs as its user has it. A test sign-in is started and the provider asked for its code
before the clock runs; it runs from `GET /callback` with the provider's answer, over the page that
leads on and the request that redeems the code and judges the ID token, to the last byte of the
test page that shows the verdict: three requests over one connection. The other side is what no
sign-in can do without, by the requests library in a session of its own: the token request and the
request for the keys. The provider is on loopback; it signs an ID token for both."""


def measure(runs: int, place: Place) -> Part:
    """The rows of the callback."""
    python = place.latchkey_python()
    data = place.fresh("callback")
    with provider.running() as issuer, programs.latchkey(python, data) as it:
        visitor, cookie = programs.visitor_and_cookie(it.url, provider.SECRET)
        setup = walking.setup_id(walking.answer(visitor, walking.new(visitor), issuer))
        browser = _Browser(visitor.base, cookie)

        def arrive() -> float:
            back = walking.leave(visitor, visitor.get(f"/setups/{setup}/test"))
            return timed(lambda: browser.arrive(back))

        seen = interleaved(
            runs,
            {"ours": arrive, "bare": lambda: timed(lambda: _bare(issuer))},
            warm=2,
        )
        path = f"/setups/{setup}/test"
        page = interleaved(runs, {"page": lambda: timed(lambda: browser.get(path))})
    against = "token request and keys request by bare requests"
    figure = "callback to verdict page, provider 0 ms away"
    rows = [
        ratio(figure, against, seen["ours"], seen["bare"], 1.5),
        told("of that, the test page by itself", page["page"]),
    ]
    return Part("Callback to verdict page", rows, HOW)


class _Browser:
    """The visitor's session over one connection, without the linting that tests do."""

    def __init__(self, base: str, cookie: str) -> None:
        parts = urlsplit(base)
        self._base = base
        self._cookie = cookie
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)

    def get(self, path: str, site: str = "same-origin") -> tuple[int, str, str]:
        """Status, where it leads, text."""
        headers = {
            "Cookie": self._cookie,
            "Sec-Fetch-Site": site,
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
        }
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        self._cookie = (answer.getheader("Set-Cookie") or self._cookie).partition(";")[0]
        return answer.status, answer.getheader("Location") or "", answer.read().decode()

    def arrive(self, back: str) -> None:
        """From the provider's answer to the verdict."""
        parts = urlsplit(back)
        _, _, text = self.get(f"{parts.path}?{parts.query}", "cross-site")
        onward = re.search(r"0;url=([^\s\"'>]+)", text)[1]
        _, where, _ = self.get(onward.removeprefix(self._base))
        status, _, text = self.get(urlsplit(where).path)
        if status != 200 or 'data-verdict="pass"' not in text:
            raise RuntimeError(f"no verdict: {status}")


def _bare(issuer: str) -> None:
    with requests.Session() as session:
        form = {
            "grant_type": "authorization_code",
            "code": provider.code_for("a-nonce"),
            "redirect_uri": provider.REDIRECT_URI,
            "code_verifier": "v" * 64,
        }
        who = (provider.CLIENT_ID, provider.SECRET)
        token = session.post(f"{issuer}/token", data=form, auth=who, timeout=30).json()
        keys = session.get(f"{issuer}/keys", timeout=30).json()
    if "id_token" not in token or "keys" not in keys:
        raise RuntimeError("the provider gave no token or no keys")
