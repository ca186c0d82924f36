"""Static files go out compressed, and never an old one in place of a new one."""

import gzip

import pytest

from tests.support.app import wizard
from wizard import static_files
from wizard.static_files import COMPRESSED, FOLDER, compress, print_of

FILES = sorted(
    str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in COMPRESSED
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with wizard(tmp_path_factory.mktemp("data")) as wiz:
        yield wiz.app.test_client()


def ask(client, name, encodings="gzip, deflate"):
    headers = {"Accept-Encoding": encodings} if encodings else {}
    with client.get(f"/static/{name}", base_url="http://localhost:8765", headers=headers) as answer:
        answer.get_data()
    return answer


@pytest.mark.parametrize("name", FILES)
def test_the_compressed_form_is_made_of_the_file_as_it_is(name):
    packed = FOLDER / f"{name}.gz"
    assert packed.is_file(), "make static"
    assert gzip.decompress(packed.read_bytes()) == (FOLDER / name).read_bytes(), "make static"


@pytest.mark.parametrize("name", FILES)
def test_a_browser_gets_the_compressed_form_with_the_type_of_the_file(client, name):
    plain, packed = ask(client, name, ""), ask(client, name)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.content_type == plain.content_type
    assert gzip.decompress(packed.data) == plain.data == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("encodings", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_take_gzip_gets_the_file_itself(client, encodings):
    answer = ask(client, "wizard.css", encodings)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (FOLDER / "wizard.css").read_bytes()


def test_a_compressed_form_of_other_content_is_not_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    here = tmp_path / "page.css"
    here.write_text("p { margin: 0 }")
    compress(here)
    for known in (print_of, static_files._packed):
        known.cache_clear()
    assert static_files._packed("page.css")
    here.write_text("p { margin: 1px }")
    for known in (print_of, static_files._packed):
        known.cache_clear()
    assert not static_files._packed("page.css")
    for known in (print_of, static_files._packed):
        known.cache_clear()


def test_the_same_content_is_compressed_to_the_same_bytes(tmp_path):
    here = tmp_path / "page.css"
    here.write_text("p { margin: 0 }")
    assert compress(here).read_bytes() == compress(here).read_bytes()


@pytest.mark.parametrize("name", ["../app.py", "vendor/../../app.py", "wizard.css.gz/x", "none"])
def test_nothing_else_is_served(client, name):
    assert ask(client, name).status_code == 404


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("name", ["wizard.css", "icon.svg", "js/page.js"])
def test_a_file_opened_by_itself_may_do_nothing(client, name, encoding):
    answer = ask(client, name, encoding)
    assert answer.headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; frame-ancestors 'none'"
    ]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
