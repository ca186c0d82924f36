"""The words of every guide: whole sentences, kind, the same thing by the same name."""

import re

from wizard import catalogue
from wizard.catalogue.rules import texts

GUIDES = [*catalogue.products(), *catalogue.providers()]
ON_SCREEN = re.compile(r"\*\*[^*]*\*\*")
ADDRESS = re.compile(r"\S*(://|\.\w+/|/)\S*|\b[\w-]+(\.[\w-]+)+\b")
# What a product or a provider says itself, what stands on its screens, and what is no sentence.
QUOTED = re.compile(
    r"said\[\d+\]\.(text|causes)|hand_over\.fields|\.sketches|^sketches|^aliases|^sources|_hosts|hosts"
    r"|\.(label|name|source|kind|default|certainty|key|page|what)\b|^(slug|name|short|choose)$|link"
)
NOT_OURS = {
    "unkind": r"\b(invalid|please|sorry|oops|simply|obviously|just click)\b",
    "short form": r"\b\w+n't\b|\b(it|that|there)'s (?!own)\b|\byou'(ll|ve|re)\b",
    "sign-in, not login": r"\blog[ -]?in\b|(?<!-)\blog ?out\b|\blogged (in|out)\b",
    "email, not mail": r"\be-mail|(?<!e)\bmail address",
    "identity provider, not IdP": r"\bIdP\b",
    "redirect URI, not URL": r"\bredirect URL",
    "user name": r"\busername\b",
    "no Latin": r"\b(e\.g\.|i\.e\.|etc\b|via\b)",
    "click": r"\bclick on\b",
}
# What a product calls a thing of its own.
OWN = {"cloudflare-access": r"[Ll]ogin methods?", "freshservice": "Login methods", "gitea": "login"}
SENTENCES = re.compile(
    r"(steps|know|needs|does|does_not|causes|sign_in_shows)\[\d+\]$"
    r"|(^|\.)(stays|remove_secret|undo|logout|do|why|note|means|advice|cause|fix)$"
)


def sentences(guide):
    """Each text of a guide that Latchkey says in its own words, by its key."""
    for key, text in texts(guide):
        if text and not QUOTED.search(key):
            plain = re.sub(OWN.get(guide.slug, "(?!)"), "it", ADDRESS.sub("it", text))
            yield key, ON_SCREEN.sub("it", plain)


def test_a_guide_says_the_same_thing_by_the_same_name_and_kindly():
    found = [
        f"{guide.slug}: {key} ({why}): {text}"
        for guide in GUIDES
        for key, text in sentences(guide)
        for why, pattern in NOT_OURS.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]
    assert found == []


def test_a_sentence_of_a_guide_is_whole_and_can_be_read_in_one_breath():
    wrong = []
    for guide in GUIDES:
        said = [(key, text) for key, text in texts(guide) if SENTENCES.search(key)]
        assert said, guide.slug
        for key, text in said:
            if not text:
                continue
            end = text.removesuffix(")").removesuffix("**")[-1]
            whole = end in ".:?!}" or re.search(r"https?://\S+$", text)
            if not whole or "  " in text or text != text.strip() or len(text) > 420:
                wrong.append(f"{guide.slug}: {key}: {text}")
    assert wrong == []
