"""The lint that every fetched page goes through finds what it is there to find."""

import pytest

from tests.support.html import parse
from tests.support.lint import assert_clean
from tests.support.tags import any_pieces, pieces, plain_pieces

PAGE = """<!doctype html>
<html lang="en"><head><title>Enter the client ID · Latchkey</title></head>
<body><main><h1>Enter the client ID</h1>
<form method="post" id="answer">
<input type="hidden" name="csrf_token" value="t">
<label for="c">Client ID</label><input id="c" name="client_id" aria-describedby="hint">
<p id="hint">Beside <b>Application (client) ID</b>.</p>
<button>Continue</button>
</form></main></body></html>"""


def test_a_good_page_passes_and_can_be_read():
    document = assert_clean(PAGE, secrets=["s3cr&t"])
    assert document.one("p", id="hint").text == "Beside Application (client) ID."
    assert document.one("input", name="client_id").inside("form").get("id") == "answer"


WRONG = [
    ("<!doctype html>", "", "doctype"),
    (' lang="en"', "", "language"),
    ("<main>", "", "stray </main>"),
    ("<h1>Enter the client ID</h1>", "", "0 <h1>"),
    ("<title>", "<title>Latchkey: ", "does not begin with the h1"),
    ('id="c"', 'id="hint"', "is there 2 times"),
    ('for="c"', 'for="d"', "no such id"),
    ('<label for="c">Client ID</label>', "", "has no label"),
    ('aria-describedby="hint"', 'aria-describedby="gone"', "no such id"),
    ("<button>Continue</button>", "<button></button>", "has no words"),
    ("<button>", '<button onclick="go()">', "script in its onclick"),
    ("<button>", '<script src="https://example.org/x.js"></script><button>', "another host"),
    ("<button>", '<a href="https://example.org/" target="_blank">x</a><button>', "noopener"),
    ("<button>", '<img src="x.png"><button>', "has no alt"),
    ('name="csrf_token"', 'name="other"', "without csrf_token"),
    ("</b>", "", "not closed before </p>"),
    ('<p id="hint">', '<p id="hint"><div></div>', "stray </p>"),
    ('<p id="hint">', '<p id="hint"><span><div></div></span>', "<div> inside <p>"),
    ("<b>", "<b>s3cr&amp;t", "a secret is in the page"),
    ("<b>", "<b>s3cr%26t", "a secret is in the page"),
]


@pytest.mark.parametrize(("old", "new", "expected"), WRONG, ids=[case[2] for case in WRONG])
def test_a_wrong_page_is_named_with_what_is_wrong(old, new, expected):
    assert PAGE.count(old) >= 1
    with pytest.raises(AssertionError, match="the page") as caught:
        assert_clean(PAGE.replace(old, new, 1), secrets=["s3cr&t"])
    assert expected in str(caught.value)


def test_words_of_neighbouring_blocks_do_not_run_together():
    assert parse("<ul><li>one<li>t<b>w</b>o</ul>three").text == "one two three"


PLAIN = [
    PAGE,
    "a &amp; b &copy c &#x41;<!-- <b> --> d",
    """<INPUT Type=checkbox CHECKED\n data-a = "" value='a "b" &lt; >'>""",
    """<input type="x" checked\n data-a="a > b &amp;amp; c" title='"' value=x.y >""",
    "<p class=a\tid=b>\n\n<br/><path d='M 0 0' /><p/>x</p\n>",
    "<script>if (a < b && c) d('<b>&amp;')</script><style></style><script src=x></script >",
    "<textarea>\n a &lt;b&gt;</textarea><title>a &amp; b</title>",
    "<!DOCTYPE HTML>\n<A HREF='?a=1&copy=2&amp;b'>",
    "<p a a=1 a='2'>",
    "text &am",
]
ODD = [
    "a < b",
    "a <b c <d>",
    '<p class="a"id=b>',
    "<a href=/x/>y</a>",
    "<p a='",
    '<p a="x>y</p>',
    "</ p><//x></p a>",
    "<!-- -- ><b>--><!-- a -- b --><!-->",
    "<script><b></i></script>",
    "<script>'</",
    "<script/>a &amp; <b></script>",
    "<?php x ?><![CDATA[a]]><!x>",
    "<iframe>a &amp; b</iframe><plaintext>a",
    "<p @a.b\xa0c=d>",
    "<p =a>",
    "<p a=b=c a==b>",
    "<",
    "</",
]


@pytest.mark.parametrize("text", [*PLAIN, *ODD])
def test_a_page_is_read_as_the_standard_library_reads_it(text):
    assert pieces(text) == any_pieces(text)


def test_the_pages_that_are_plain_are_read_the_quick_way():
    assert plain_pieces(PAGE) == any_pieces(PAGE)
    assert [text for text in ODD if plain_pieces(text) is not None] == []
