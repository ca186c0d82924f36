"""`python app.py guide check`: a guide judged in full, by whoever writes one."""

import os
from pathlib import Path

import pytest

from tests.support import commands
from wizard import catalogue

EXAMPLE = (catalogue.HERE / "example-wiki.toml").read_text("utf-8")
ENTRA = (catalogue.HERE / "providers" / "entra.toml").read_text("utf-8")


@pytest.fixture
def check(tmp_path):
    """Runs the command in a directory of its own; it writes no file and no traceback."""

    def run(*arguments: str, encoding: str = "utf-8", program: bool = False) -> commands.Ended:
        before = sorted(tmp_path.rglob("*"))
        run = commands.run_program if program else commands.run_here
        ended = run(
            ["guide", *arguments], cwd=tmp_path, environment=dict(os.environ), encoding=encoding
        )
        assert sorted(tmp_path.rglob("*")) == before
        return ended

    return run


def guide(folder: Path, text: str, slug: str = "example-wiki") -> str:
    """A guide's file in `folder`; its name."""
    path = folder / f"{slug}.toml"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """What the program says of all guides that ship."""
    folder = tmp_path_factory.mktemp("nothing-here")
    ended = commands.run_program(["guide", "check"], cwd=folder, environment=dict(os.environ))
    assert list(folder.iterdir()) == []
    return ended


def test_all_guides_that_ship_are_right_and_counted(shipped):
    ended = shipped
    assert ended.code == 0, ended.out
    counts = dict(line.rsplit(": ", 1) for line in ended.out.splitlines())
    whole = [g for g in catalogue.products() if not g.general and not g.values_only]
    known = [g for g in catalogue.providers() if not g.general]
    assert counts["Products"] == str(len(whole))
    assert counts["  of these with a snippet"] == str(sum(bool(g.snippets) for g in whole))
    assert counts["Identity providers"] == str(len(known))
    assert counts["Products, SAML only"] == str(len(catalogue.saml_only()))
    assert counts["Guides with something wrong"] == "0"


def test_the_readme_counts_as_the_command_does(shipped):
    counted = dict(line.strip().split(": ") for line in shipped.out.splitlines())
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert f"knows {counted['Products']} products" in readme
    assert f"{counted['of these with a snippet']} of them with the settings" in readme
    assert f"{counted['Identity providers']} identity providers" in readme


def test_a_guide_is_judged_wherever_it_lies(check, tmp_path):
    ended = check("check", guide(tmp_path, EXAMPLE))
    assert (ended.code, ended.out) == (
        0,
        "example-wiki.toml: all right (a product, with a snippet)\n",
    )


def test_a_provider_may_say_only_what_differs_from_one_that_ships(check, tmp_path):
    text = """
slug = "entra-somewhere"
name = "Entra ID somewhere"
short = "Entra"
choose = "For accounts of another cloud."
base = "entra"

[address]
template = "https://login.example/{tenant}/v2.0/.well-known/openid-configuration"
hosts = ["login.example"]
"""
    ended = check("check", guide(tmp_path, text, "entra-somewhere"))
    assert (ended.code, ended.out) == (
        0,
        "entra-somewhere.toml: all right (an identity provider)\n",
    )


WRONG = {
    "not TOML": ("slug = ", "Invalid"),
    "no guide": ('slug = "example-wiki"\n', "it is no guide"),
    "a key nobody knows": (EXAMPLE.replace("rank = 50", "rang = 50"), "rang"),
    "a key left out": (
        EXAMPLE.replace('scopes = "openid profile email"\n', ""),
        "protocol: the table",
    ),
    "a step that names nothing": (
        EXAMPLE.replace('"Open **Settings › Security**."', '"Open the settings."'),
        "hand_over.where.steps[0]: it names nothing",
    ),
    "a source nobody has": (
        EXAMPLE.replace('source = "docs"', 'source = "dogs"', 1),
        "source: there is no source 'dogs'",
    ),
    "a source without an address": (
        EXAMPLE.replace('where = "https://', 'where = "see ', 1),
        "sources[0].where: begin with the page's https address",
    ),
    "a source that opens nothing": (
        EXAMPLE.replace('where = "https://', 'where = "https://[', 1),
        "sources[0].where: that is no address to open",
    ),
    "a name of hers that is none": (
        EXAMPLE.replace('value = "scopes"', 'value = "text"\npart = "wicki"'),
        "hand_over.fields[3].part: a name of [[address.parts]]",
    ),
    "a sign that nobody sees": (
        EXAMPLE.replace('label = "', 'label = "\u202e', 1),
        "a sign that nobody sees, is in it",
    ),
    "a redirect URI at another host": (
        EXAMPLE.replace("{base}/auth/", "{base}.example.net/auth/", 1),
        "{base} begins it, and / or ? follows",
    ),
    "a redirect URI without a host": (
        EXAMPLE.replace("{base}/auth/{wiki}/link", "https://[/{wiki}/link"),
        "that is no address of a host",
    ),
    "a redirect URI that is not protected": (
        EXAMPLE.replace("{base}/auth/{wiki}/link", "http://wiki.example/{wiki}/link"),
        "http is for an address on this computer only",
    ),
    "a brace left open": (
        EXAMPLE.replace("{wiki}/callback", "{wiki}/callback}"),
        "a brace that has no other",
    ),
    "a number without end": (f"rank = {'9' * 5000}\n{EXAMPLE}", "digits"),
    "a key without end": (f"{'a.' * 301}a = 1\n{EXAMPLE}", "more than 300 dots on line 1"),
    "lists in lists": (f"x = {'[' * 5000}\n{EXAMPLE}", "too deep"),
    "a word nobody enters": (
        EXAMPLE.replace("{base}/auth/{wiki}/callback", "{base}/auth/{wicki}/callback"),
        "redirect_uris[0].pattern: nobody enters {wicki}",
    ),
    "a value nobody hands over": (
        EXAMPLE.replace("@client_id@", "@client_name@"),
        "snippets[0].text: @client_name@ is no hand-over value",
    ),
    "the secret in a snippet that names it": (
        EXAMPLE.replace("OIDC_CLIENT_SECRET_FILE=/run/secrets/oidc", "SECRET=@client_secret@"),
        "snippets[0].secret: the text has @client_secret@",
    ),
    "no field for the secret": (
        EXAMPLE.replace('value = "client_secret"', 'value = "scopes"'),
        "hand_over.fields: no field for the client_secret",
    ),
    "a slug unlike the file": (
        EXAMPLE.replace('"example-wiki"', '"wiki"', 1),
        "slug: it is 'wiki'",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_named_with_file_and_key(kind, check, tmp_path):
    text, said = WRONG[kind]
    assert text != EXAMPLE
    ended = check("check", guide(tmp_path, text))
    assert ended.code == 1
    assert ended.out.startswith("example-wiki.toml: 1 thing is wrong\n  "), ended.out
    assert said in ended.out


def test_everything_that_is_wrong_is_told_at_once_for_every_file(check, tmp_path):
    both = EXAMPLE.replace("**", "").replace("@client_id@", "@nobody@")
    good = guide(tmp_path, ENTRA, "entra")
    ended = check("check", guide(tmp_path, both), good, encoding="ascii", program=True)
    assert ended.code == 1
    assert "names nothing" in ended.out
    assert "@nobody@" in ended.out
    assert "entra.toml: all right (an identity provider)" in ended.out


def test_a_byte_order_mark_and_other_line_ends_are_no_matter(check, tmp_path):
    (tmp_path / "example-wiki.toml").write_bytes(
        b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode()
    )
    assert check("check", str(tmp_path / "example-wiki.toml")).code == 0


def test_text_in_another_encoding_is_told_in_a_sentence(check, tmp_path):
    (tmp_path / "example-wiki.toml").write_bytes(EXAMPLE.encode("utf-16"))
    assert "it is not text in UTF-8" in check("check", str(tmp_path / "example-wiki.toml")).out


def test_nothing_of_a_guide_acts_upon_the_terminal(check, tmp_path):
    ended = check("check", guide(tmp_path, '"\\u001b[31mred" = 1\n[protocol]\n[hand_over]\n'))
    assert ended.code == 1
    assert "\x1b" not in ended.out
    assert "[31mred" in ended.out


LINKS = {
    "a host that is filled in": ('"https://{tenant_id}.example.net/"', "address of a host"),
    "a portal nobody named": ('"{portal}/apps"', "{portal} is not known"),
    "no host": ('"https://[/apps"', "address of a host"),
}


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_leads_to_a_host_that_the_guide_names(kind, check, tmp_path):
    url, said = LINKS[kind]
    link = f'[hand_over.where.link]\nwords = "Open it"\nurl = {url}\n\n'
    before = "[[hand_over.fields]]"
    ended = check("check", guide(tmp_path, EXAMPLE.replace(before, link + before, 1)))
    assert ended.code == 1
    assert "hand_over.where.link.url" in ended.out
    assert said in ended.out


def test_values_only_needs_no_steps_but_says_so(check, tmp_path):
    bare = EXAMPLE.replace("**", "").replace("rank = 50", "rank = 50\nvalues_only = true")
    ended = check("check", guide(tmp_path, bare))
    assert (ended.code, ended.out) == (0, "example-wiki.toml: all right (a product, values only)\n")


@pytest.mark.parametrize("arguments", [("check", "nowhere.toml"), ("chek",), ()])
def test_what_cannot_be_run_ends_with_2(arguments, check):
    ended = check(*arguments)
    assert ended.code == 2
    assert ended.err
    assert not ended.out
