"""Every product's guide is proved: its redirect URIs, its hand-over and its files, made and judged.

Each snippet is read by its language's own parser, with ordinary values and with hostile ones.
"""

import ast
import configparser
import io
import json
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime

import dotenv
import hcl2
import msgspec
import pytest
import yaml
from markdown_it import MarkdownIt

from tests.support.app import wizard
from wizard import (
    catalogue,
    exchange,
    handover,
    judging,
    markdown,
    product_uris,
    record,
    setups,
    snippets,
)
from wizard.catalogue.guides import Snippet
from wizard.oidc.finding import Status, worst
from wizard.setups import REMOVED_TICK, Values

ADDRESS = "https://product.example.com"
ISSUER = "https://id.example.com/t/0"
FACTS = {
    "issuer": ISSUER,
    "tenant": "10c419d4-4a50-45b2-aa4e-919fb84df24f",
    **{
        name: f"{ISSUER}/{name}"
        for name in (
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "jwks_uri",
            "end_session_endpoint",
        )
    },
}
PLAIN = {"client_id": "0b1c2d3e-0000-4000-8000-00000000abcd"}
# No provider hands out such a client ID; nothing in a file may come of one all the same.
HOSTILE = ["q\"uo'te", "back\\slash\\n", "#{x}", "${x}%{y}$(z)`w`", "a # b; c", "%d=:&", "{{ x }}"]
SLUGS = [guide.slug for guide in catalogue.products()]
SNIPPETS = [
    pytest.param(guide.slug, number, id=f"{guide.slug}-{number}")
    for guide in catalogue.products()
    for number in range(len(guide.snippets))
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with wizard(tmp_path_factory.mktemp("data")) as running:
        yield running


def made(app, slug, **changed):
    """A setup of that product at its hand-over, every value there as the guide makes it."""
    guide = catalogue.product(slug)
    setup_id = app.store.create_setup(slug, "oidc")
    parts = {name: given or "own-name" for name, given in product_uris.defaults(guide).items()}
    uri = product_uris.own(guide, ADDRESS, tuple(parts.items())) or f"{ADDRESS}/callback"
    answers = {
        "redirect_uri": uri,
        **({"product_address": ADDRESS} if product_uris.takes_address(guide) else {}),
        **{product_uris.part_field(name): value for name, value in parts.items()},
        "metadata_url": f"{ISSUER}/.well-known/openid-configuration",
        "secret_expires": "2099-12-31",
        **PLAIN,
        **changed,
    }
    if guide.protocol.uses_secret:
        app.vault.put(setup_id, "1", "a-secret-of-this-test-only")
        answers["secret_version"] = "1"
    app.store.save_answers(setup_id, {**answers, "metadata_facts": json.dumps(FACTS)})
    app.store.set_ticks(setup_id, "before", {"ready": True})
    setup = setups.load(app.store, app.vault, setup_id, 8765)
    app.store.save_check(setup_id, "discovery", setup.fingerprint("discovery"), [])
    app.store.save_answers(setup_id, {"went_on:test": setup.fingerprint()})
    return setups.load(app.store, app.vault, setup_id, 8765)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_redirect_uris_are_made_and_hold_every_rule(app, slug):
    setup = made(app, slug)
    guide = setup.product
    found = judging.shape(setup, "redirect-uri", setup.values)
    assert worst(found) is not Status.FAIL, [f for f in found if f.status is Status.FAIL]
    assert not [f for f in found if f.code == "redirect_uri_unlike_product"]
    every = product_uris.make(guide, setup.values.product_address, setup.values.parts)
    assert len(every) == len(guide.redirect_uris)
    asked = [uri for _, uri in setup.redirect_uris(setup.values)]
    assert asked[0] == setup.values.redirect_uri
    for each in every:
        assert "{" not in each.uri
        if each.uri != setup.values.redirect_uri:
            assert (each.uri in asked) is each.asked, "asked about where the answer says something"
        told = product_uris.derive(guide, each.uri)
        assert told is not None, f"{each.uri} does not tell its address"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_field_of_the_hand_over_is_filled_in_or_says_why_not(app, slug):
    setup = made(app, slug)
    for row in handover.rows(setup):
        assert row.value or row.secret or row.note, row.label
        assert "{" not in row.note
        assert "secret-of-this-test" not in f"{row.value}{row.note}"
    page = app.visitor.get(f"/setups/{setup.id}/handover")
    assert page.path.endswith("/handover")
    assert labels_of(page) == in_order(setup.product)
    assert "secret-of-this-test" not in page.text
    for number, file in enumerate(handover.files(setup), 1):
        assert file.text, file.why
        assert page.copyable(f"snippet_{number}").split() == file.text.split()


def labels_of(page):
    """What the product calls each value, as the hand-over page has them."""
    rows = page.root.where(lambda e: "copy" in e.get("class", "").split())
    return [name.text for row in rows for name in row.where(lambda e: e.get("class") == "for")]


def in_order(guide):
    """What the guide says they are called; those that it may ask for come last."""
    return [field.label for field in sorted(guide.hand_over.fields, key=lambda f: f.if_asked)]


@pytest.mark.parametrize("slug", SLUGS)
def test_its_pages_before_the_hand_over_can_be_shown(app, slug):
    setup = made(app, slug)
    for step in ("before", "redirect-uri", "client-id"):
        page = app.visitor.get(f"/setups/{setup.id}/{step}")
        assert page.path.endswith(f"/{step}")
    for uri in setup.other_uris():
        assert uri.uri in page.words


@pytest.mark.parametrize("step", ["before", "handover"])
def test_of_a_product_whose_screens_are_not_known_the_pages_say_so(app, step, monkeypatch):
    setup = made(app, "jupyterhub")
    assert "only the values are known" not in app.visitor.get(f"/setups/{setup.id}/{step}").words
    known = msgspec.structs.replace(setup.product, values_only=True)
    monkeypatch.setattr(catalogue, "product", lambda _slug: known)
    assert "only the values are known" in app.visitor.get(f"/setups/{setup.id}/{step}").words


# --- the files


def leaves(value):
    """Every text in what a parser gave; a text of several lines may hold YAML of its own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(key)
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str):
        yield value
        if "\n" in value:
            yield from leaves(yaml.safe_load(value))
        elif value.startswith('{"'):
            yield from leaves(json.loads(value))


def of_ini(text):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.read_string(text)
    return [dict(section) for section in parser.values()]


def of_properties(text):
    rows = [line.split(":", 1) if ":" in line.split("=")[0] else line.split("=", 1)
            for line in text.splitlines() if line.strip() and line[0] not in "#!"]  # fmt: skip
    assert all(len(row) == 2 and "\\" not in row[1] for row in rows)
    return {key.strip(): value.strip() for key, value in rows}


def of_python(text):
    return [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]


def of_ruby(text):
    """Its string literals. Ruby itself has the last word on the syntax, where it is installed."""
    ruby = shutil.which("ruby")
    if ruby:
        subprocess.run([ruby, "-c"], input=text, text=True, check=True, capture_output=True)
    found, rest = [], text
    while match := re.search(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|#[^\n]*", rest):
        if match[1] is not None:
            found.append(re.sub(r"\\([\\'])", r"\1", match[1]))
        rest = rest[match.end() :]
    assert "'" not in rest
    return found


def of_shell(text):
    bash = shutil.which("bash")
    if bash:
        subprocess.run([bash, "-n"], input=text, text=True, check=True, capture_output=True)
    return shlex.split(text, comments=True)


READ = {
    "ini": of_ini,
    "env": lambda text: dict(dotenv.dotenv_values(stream=io.StringIO(text))),
    "properties": of_properties,
    "yaml": lambda text: list(yaml.safe_load_all(text)),
    "json": json.loads,
    "python": of_python,
    "ruby": of_ruby,
    "shell": of_shell,
    "hcl": lambda text: hcl2.loads(text),
}


@pytest.mark.parametrize(("slug", "number"), SNIPPETS)
def test_a_snippet_is_read_by_its_language_with_the_values_in_it(app, slug, number):
    setup = made(app, slug)
    snippet = setup.product.snippets[number]
    file = handover.files(setup)[number]
    read = "\n".join(leaves(READ[snippet.language](file.text)))
    known = handover.values(setup)
    for name in snippets.names_in(snippet):
        assert (snippets.BY_HAND if name == "client_secret" else known[name]) in read, name
    assert (snippets.BY_HAND in file.text) is (snippet.secret == "by-hand")


@pytest.mark.parametrize("slug", sorted({param.values[0] for param in SNIPPETS}))
def test_a_hostile_value_stays_a_value_or_the_snippet_is_not_written(app, slug):
    for value in HOSTILE:
        setup = made(app, slug, client_id=value)
        for snippet, file in zip(setup.product.snippets, handover.files(setup), strict=True):
            if not file.text:
                assert "client ID" in file.why, value
                assert snippet.language in ("ini", "env", "properties", "yaml"), value
            elif "client_id" in snippets.names_in(snippet):
                assert value in "\n".join(leaves(READ[snippet.language](file.text)))


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("language", sorted(READ))
def test_a_string_of_every_language_reads_as_what_it_was(language, value):
    lines = {
        "ini": "[a]\nb = @x@",
        "env": "A=@x@",
        "properties": "a=@x@",
        "yaml": "a: @x@",
        "json": '{"a": @x@}',
        "python": "a = @x@",
        "ruby": "a = @x@",
        "shell": "a @x@",
        "hcl": "a = @x@",
    }
    snippet = Snippet(title="t", into="i", language=language, text=lines[language], secret="none")
    written = snippets.write(snippet, {"x": value})
    if written.unwritable:
        assert written.text == ""
        return
    if language == "hcl":
        inside = written.text.removeprefix("a = ")
        assert hcl2.loads(written.text + "\n")
        assert json.loads(inside.replace("$${", "${").replace("%%{", "%{")) == value
        return
    assert value in list(leaves(READ[language](written.text)))


@pytest.mark.parametrize("language", sorted(READ))
def test_no_language_takes_a_line_break(language):
    for value in ("a\nb", "a\rb", "a\u2028b", "a\x00b", "a\u202eb"):
        with pytest.raises(snippets.Unwritable):
            snippets.literal(language, value)


def test_a_value_nobody_knows_is_named_and_nothing_half_is_written(app):
    setup = made(app, "jupyterhub")
    app.store.save_answers(setup.id, {"metadata_facts": json.dumps({"issuer": ISSUER})})
    setup = setups.load(app.store, app.vault, setup.id, 8765)
    [file] = handover.files(setup)
    assert file.text == ""
    assert "authorization endpoint, token endpoint" in file.why
    assert file.why in app.visitor.get(f"/setups/{setup.id}/handover").words


def test_the_metadata_path_is_what_the_url_adds_to_the_issuer():
    url = f"{ISSUER}/.well-known/openid-configuration"
    path = "/.well-known/openid-configuration"
    assert handover.metadata_path(url, ISSUER) == path
    assert handover.metadata_path(url, f"{ISSUER}/") == path
    assert handover.metadata_path(url, "https://id.example.com/t") == f"/0{path}"
    assert handover.metadata_path(url, "https://other.example") == ""
    assert handover.metadata_path(url, "") == ""


# --- several redirect URIs


def test_others_are_asked_about_natives_and_those_of_one_use_are_not(app):
    setup = made(app, "immich")
    asked = [uri for _, uri in setup.redirect_uris(setup.values)]
    assert asked == [f"{ADDRESS}/auth/login", setup.callback_uri, f"{ADDRESS}/user-settings"]
    page = app.visitor.get(f"/setups/{setup.id}/client-id")
    assert page.copyable("product_redirect_uri_2") == f"{ADDRESS}/user-settings"
    assert page.copyable("further_redirect_uri_1") == "app.immich:///oauth-callback"
    assert "platform for mobile and desktop applications" in page.words


def test_an_address_nobody_knows_leaves_the_others_out(app):
    values = Values(redirect_uri="https://product.example.com/elsewhere")
    setup = made(app, "immich")
    assert next(uri for _, uri in setup.redirect_uris(values)) == values.redirect_uri
    assert [each.uri for each in setup.other_uris(values)] == ["app.immich:///oauth-callback"]


def test_once_the_test_is_over_its_own_is_asked_about_no_more(app):
    setup = made(app, "immich")
    app.store.set_ticks(setup.id, "turn-on", {REMOVED_TICK: True})
    setup = setups.load(app.store, app.vault, setup.id, 8765)
    assert setup.callback_uri not in [uri for _, uri in setup.redirect_uris(setup.values)]


# --- the change record


def test_the_record_holds_every_redirect_uri_and_the_files_without_the_secret(app):
    setup = made(app, "immich")
    page = app.visitor.get(f"/setups/{setup.id}/record")
    assert f"{ADDRESS}/user-settings" in page.words
    assert "under the platform for mobile and desktop applications; not asked about" in page.words

    setup = made(app, "jupyterhub")
    page = app.visitor.get(f"/setups/{setup.id}/record")
    assert "c.GenericOAuthenticator.client_id" in page.words
    text = app.visitor.get(f"/setups/{setup.id}/record.md").text
    [block] = [t.content for t in MarkdownIt().parse(text) if t.type == "fence"]
    assert PLAIN["client_id"] in of_python(block)
    assert block.strip() == handover.files(setup)[0].text.strip()
    assert "secret-of-this-test" not in f"{page.text}{text}"


def test_a_fence_in_a_file_does_not_end_the_block():
    block = record.Block("b", "Settings", "a\n```\n# not a heading\n````\n")
    section = record.Section("S", blocks=[block])
    text = markdown.write(record.Record("T", "L", [section]))
    [found] = [t.content for t in MarkdownIt().parse(text) if t.type == "fence"]
    assert found == block.text


# --- kept and carried over


def test_what_a_redirect_uri_was_made_from_travels_with_an_export(app):
    setup = made(app, "gitea")
    assert setup.values.parts
    data = exchange.write(setup, datetime(2026, 11, 22, tzinfo=UTC))
    given = exchange.read(data).given()
    assert given["product_address"] == ADDRESS
    assert given["part_auth_name"] == dict(setup.values.parts)["auth_name"]
