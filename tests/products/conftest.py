"""Proofs against real products. They need a browser and a provider as the browser tests do."""

import pytest

from tests.support.apache import Apache
from tests.support.real_products import JupyterHub, PgAdmin


def pytest_itemcollected(item):
    item.add_marker(pytest.mark.products)


@pytest.fixture
def apache():
    """A product that is somebody else's: Apache with mod_auth_openidc, not configured yet."""
    with Apache() as product:
        yield product


@pytest.fixture
def jupyterhub():
    """JupyterHub, not configured yet."""
    with JupyterHub() as product:
        yield product


@pytest.fixture
def pgadmin():
    """pgAdmin 4, not configured yet."""
    with PgAdmin() as product:
        yield product
