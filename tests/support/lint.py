"""What every page must be, judged from its text: fetching a page in a test lints it."""

import html as entities
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import quote, urlsplit

from tests.support.html import Document, Element, parse

_NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
_LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
_NAMES_IDS = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"}


def assert_clean(
    text: str, *, secrets: Sequence[str] = (), fragment: bool = False, csrf: bool = True
) -> Document:
    """The page's tree; fails with everything that is wrong with it.

    `secrets` are values that must not be in it in any spelling; `fragment` is a piece of a page;
    `csrf` asks for a token in every form that posts.
    """
    document = parse(text)
    found = [
        *document.mended,
        *(() if fragment else _page(document)),
        *_ids(document, fragment),
        *_labels(document),
        *_loads(document),
        *(_csrf(document) if csrf else ()),
        *_secrets(text, secrets),
    ]
    title = next((e.text for e in document.all("title")), "a fragment")
    assert not found, "\n".join([f"the page {title!r}:", *found])
    return document


def _page(document: Document) -> Iterator[str]:
    if document.doctype.lower() != "doctype html":
        yield f"doctype is {document.doctype!r}"
    roots, titles, headings = (document.all(tag) for tag in ("html", "title", "h1"))
    if len(roots) != 1 or not roots[0].get("lang"):
        yield "no single <html> with a language"
    if len(document.all("main")) != 1:
        yield f"{len(document.all('main'))} <main>, expected one"
    if len(headings) != 1:
        yield f"{len(headings)} <h1>, expected one: {[h.text for h in headings]}"
    elif len(titles) != 1:
        yield f"{len(titles)} <title>, expected one"
    elif not headings[0].text or not titles[0].text.startswith(headings[0].text):
        yield f"title {titles[0].text!r} does not begin with the h1 {headings[0].text!r}"


def _ids(document: Document, fragment: bool) -> Iterator[str]:
    ids = Counter(e.attributes["id"] for e in document.walk() if "id" in e.attributes)
    for value, times in ids.items():
        if times > 1 or not value or " " in value:
            yield f"id {value!r} is there {times} times"
    if fragment:
        return
    for element in document.walk():
        if _NAMES_IDS.isdisjoint(element.attributes):
            continue
        for name in _NAMES_IDS & element.attributes.keys():
            for value in element.get(name).split():
                if value not in ids:
                    yield f"<{element.tag} {name}={value!r}>: no such id"
    for element in document.all("a"):
        href = element.get("href")
        if href.startswith("#") and len(href) > 1 and href[1:] not in ids:
            yield f"<a href={href!r}>: no such id"


def _labels(document: Document) -> Iterator[str]:
    labelled = {e.get("for") for e in document.all("label") if e.text}
    for element in document.walk():
        if element.tag in ("input", "select", "textarea"):
            if element.tag == "input" and element.get("type") in _NEEDS_NO_LABEL:
                continue
            around = element.inside("label")
            named = element.get("id") in labelled or (around is not None and around.text)
            if not (named or _aria(element)):
                yield f"<{element.tag} name={element.get('name')!r}> has no label"
        elif element.tag in ("button", "a") and not (element.text or _aria(element)):
            if not any(image.get("alt") for image in element.all("img")):
                yield f"<{element.tag}> of line {element.line} has no words"
        elif element.tag == "img" and "alt" not in element:
            yield f"<img src={element.get('src')!r}> has no alt"


def _aria(element: Element) -> bool:
    return bool(element.get("aria-label") or element.get("aria-labelledby"))


def _loads(document: Document) -> Iterator[str]:
    for tag, name in _LOADS.items():
        for element in document.all(tag):
            address = element.get(name)
            if address and urlsplit(address).netloc:
                yield f"<{tag}> loads {address} from another host"
    for element in document.walk():
        for name, value in element.attributes.items():
            if name[:2] == "on" or (":" in value and _is_script(value)):
                yield f"<{element.tag}> has script in its {name}"
    for link in document.all("a"):
        if link.get("target") == "_blank" and "noopener" not in link.get("rel").split():
            yield f"<a href={link.get('href')!r}> opens a tab without noopener"


def _is_script(value: str) -> bool:
    return value.strip().lower().startswith("javascript:")


def _csrf(document: Document) -> Iterator[str]:
    for form in document.all("form"):
        if form.get("method").lower() == "post" and not form.all("input", name="csrf_token"):
            yield f"form of line {form.line} posts without csrf_token"


def _secrets(text: str, secrets: Sequence[str]) -> Iterator[str]:
    read = entities.unescape(text) if secrets else ""
    for secret in secrets:
        if secret in read or any(spelling in text for spelling in _spellings(secret)):
            yield "a secret is in the page"


@lru_cache
def _spellings(secret: str) -> set[str]:
    return {secret, entities.escape(secret), quote(secret), quote(secret, safe="")}
