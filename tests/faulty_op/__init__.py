"""A faulty OpenID Provider for tests: a real HTTP server with real signed tokens, on loopback.

`provider` does everything right and checks what it is asked, `changes` are the ways to make it do
one thing wrong, and the tables say what each wrong thing must lead to: `before` the browser leaves
(document and keys), the `answers` (to the browser and of the token endpoint), the `tokens` (header,
signature, keys), the `claims`, and `valid`, oddities that are right and must be let through.
"""

from tests.faulty_op import answers, before, claims, tokens
from tests.faulty_op.fault import (
    ALL,
    CODE,
    CODE_FORM,
    CODE_QUERY,
    ID_TOKEN,
    Fault,
    Flow,
    Way,
)
from tests.faulty_op.provider import FaultyProvider
from tests.faulty_op.valid import VALID

FAULTS: tuple[Fault, ...] = (*before.FAULTS, *answers.FAULTS, *tokens.FAULTS, *claims.FAULTS)

__all__ = [
    "ALL",
    "CODE",
    "CODE_FORM",
    "CODE_QUERY",
    "FAULTS",
    "ID_TOKEN",
    "VALID",
    "Fault",
    "FaultyProvider",
    "Flow",
    "Way",
]
