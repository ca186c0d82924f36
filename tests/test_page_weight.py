"""A first visit is light: few files, and little of each. benchmarks/weight.py weighs it."""

import re

import pytest

from tests.support.app import BASE, wizard

MOST_OCTETS = 50_000
MOST_REQUESTS = 8
OF_THE_SERVER = 100  # octets that waitress adds to each answer: status line, date, its name
CLIENT_ID = "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a"


@pytest.fixture(scope="module", params=["syncro", "connectwise"])
def visit(request, tmp_path_factory):
    """Whoever asks for the pages of a setup with Entra, whose guide draws and says the most."""
    with wizard(tmp_path_factory.mktemp("data")) as wiz:
        client = wiz.app.test_client()
        client.get("/launch?t=launch-token-of-the-test", base_url=BASE)
        page = wiz.walk_to("metadata", product=request.param, provider="entra", client_id=CLIENT_ID)

        def get(path, **headers):
            path = path.format(setup=page.path.rpartition("/")[0])
            with client.get(path, base_url=BASE, headers=headers) as answer:
                answer.get_data()  # before a file is closed
            return answer

        yield get


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/setups/new", "/nothing", "{setup}/delete"),
        *(f"{{setup}}/{step}" for step in ("before", "redirect-uri", "client-id", "metadata")),
    ],
)
def test_a_first_visit_takes_few_files_and_little_of_each(visit, path):
    files = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"', visit(path).text)
    assert all(each.startswith("/static/") for each in files)
    assert len(files) == len(set(files)) < MOST_REQUESTS
    answers = [visit(each, **{"Accept-Encoding": "gzip"}) for each in [path, *files]]
    weights = [len(each.data) + len(str(each.headers)) + OF_THE_SERVER for each in answers]
    assert sum(weights) < MOST_OCTETS, dict(zip([path, *files], weights, strict=True))
