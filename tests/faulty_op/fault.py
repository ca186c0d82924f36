"""One row of the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from wizard.oidc.finding import Status

if TYPE_CHECKING:
    from tests.faulty_op.provider import FaultyProvider

Change = Callable[["FaultyProvider"], None]


@dataclass(frozen=True)
class Flow:
    """How the answer comes back. An ID token never comes by query (Multiple Response Types, 3)."""

    response_type: str
    response_mode: str

    def __str__(self) -> str:
        return f"{self.response_type} by {self.response_mode}"


CODE_QUERY = Flow("code", "query")
CODE_FORM = Flow("code", "form_post")
ID_TOKEN = (Flow("id_token", "form_post"),)
CODE = (CODE_QUERY, CODE_FORM)
ALL = (*CODE, *ID_TOKEN)


class Way(Enum):
    """How far a sign-in comes before it ends."""

    START = "the browser is not sent away"
    CALLBACK = "the answer to the browser is the last thing asked of the provider"
    TOKEN = "the token is looked at, so a code has been redeemed"


@dataclass(frozen=True)
class Fault:
    """What the provider does wrong, and the one finding it must lead to.

    `then` are the paths that may be, and must be, asked for after what `way` allows. `said` must
    be among the words of the finding, and `also` are findings of the same status that follow from
    the same fault. `suite` names the tests of the OpenID conformance suite, or
    of the older one, that have this fault.
    """

    what: str
    change: Change
    code: str
    way: Way
    flows: tuple[Flow, ...] = ALL
    status: Status = Status.FAIL
    then: tuple[str, ...] = ()
    said: str = ""
    also: tuple[str, ...] = ()
    suite: tuple[str, ...] = ()
