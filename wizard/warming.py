"""Loading, in the background, what the next pages need: asking, judging tokens, keeping secrets.

A start loads none of it, so that the first page is there at once; by the time she has read the
second page it is ready, and the first paste does not wait for it.
"""

import gc
import threading
from importlib import import_module

from flask import Response, after_this_request

_NEXT = (
    "wizard.views.steps",
    "wizard.views.checks",
    "wizard.views.sign_in",
    "wizard.live",
    "wizard.round_trip",
    "keyring.core",
)
_begun = threading.Lock()


def after_this_page() -> None:
    """Begin once the page that is being made has been sent; later calls do nothing."""
    if _begun.locked():
        return

    @after_this_request
    def when_sent(response: Response) -> Response:
        response.call_on_close(begin)
        return response


def begin() -> threading.Thread | None:
    """The thread that loads; None when it has been begun before."""
    if not _begun.acquire(blocking=False):
        return None
    # A daemon: the process may end while it loads.
    thread = threading.Thread(target=_load, name="warming", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    for name in _NEXT:
        import_module(name)
    # It stays as long as we run: no page need wait while Python looks for garbage in it.
    gc.freeze()
