"""The built-in practice identity provider and the made-up practice product.

A second web application on the port after Latchkey's own, standing in for Microsoft Entra so that
the whole way can be walked offline: pages like Entra's portal, an OpenID Provider (on Authlib)
that answers and refuses in Entra's words' order and numbers, and under `/product/` a product that
takes the values at the end and really signs in with them.

Authlib and what it brings are imported when the application is made, not when Latchkey starts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.practice.server import PortTaken, PracticeFailed, PracticeServer

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["PortTaken", "PracticeFailed", "PracticeServer", "create_practice_app"]


def create_practice_app(*, port: int, data_dir: Path) -> Flask:
    """The practice application, told the port it will be served on (its issuer holds it).

    Its state lives in `practice.sqlite3` in `data_dir`, which is created when missing. Raises
    `wizard.store_file.StoreError`, with a sentence, when that file cannot be used.
    """
    from wizard.practice.application import create

    return create(port=port, data_dir=data_dir)
