"""The shape of a guide: one TOML file for each product and each identity provider.

A guide holds facts and sentences only: no HTML, no expressions, no conditions. In its sentences
`**Name**` marks a name on a screen and `{word}` is filled in from `WORDS`.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from .sketches import Sketch

Certainty = Literal["D", "T", "U"]  # documented, seen in public threads, uncertain
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Sentence = Annotated[str, Meta(min_length=1, max_length=600)]
Web = Annotated[
    str, Meta(pattern=r"^(https://|\{portal\}|http://localhost:\{practice_port\}/)\S*$")
]

Part = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Segment = Annotated[str, Meta(pattern=r"^[a-z0-9._~-]{1,40}$")]  # of a path, in small letters
Claim = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]  # "none": by no claim

WORDS = frozenset(
    {
        "product",
        "provider",
        "app_name",
        "product_redirect_uri",
        "test_redirect_uri",
        "response_type",
        "practice_url",
        "practice_port",
        "portal",
        "client_id",
        "tenant_id",
        "expected",
        "actual",
        "about",
    }
)


class Guide(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every table of a guide has in common: it is complete, and knows no key by chance."""


class Source(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a guide's facts come from, and how sure they are. `name` is what `source` refers to."""

    name: Literal[""] | Slug = ""
    what: Sentence
    certainty: Certainty
    where: Sentence

    @property
    def address(self) -> str:
        """The page's address; "" where `where` begins with none."""
        first = self.where.split()[0].rstrip(",;.")
        return first if first.startswith("https://") else ""

    @property
    def host(self) -> str:
        """Whose page it is."""
        return urlsplit(self.address).hostname or ""


class Known(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every statement of a guide may have: the name of its source, and its own certainty.

    Left empty, both are those of the table around it, in the end the guide's own source and its
    certainty. One that names another source has that one's certainty, unless it has its own.
    """

    source: Literal[""] | Slug = ""
    certainty: Literal[""] | Certainty = ""


class Link(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A page outside to open, with the words to click.

    Where `url` has a word that is not known yet, `fallback` is opened; `/{tenant_id}` falls away.
    """

    words: Sentence
    url: Web
    fallback: Literal[""] | Web = ""


class Where(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The way to a value: short clicks in order, a page to open, and a word of warning.

    `sketches` are the names of drawings of the screens, in the same guide.
    """

    steps: list[Sentence]
    link: Link | None = None
    note: str = ""
    sketches: list[Slug] = []


class Protocol(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the product does in OpenID Connect: the request it sends, and whom it lets in."""

    response_type: Literal["code", "id_token"]
    response_mode: Literal["query", "form_post"]
    scopes: Annotated[str, Meta(pattern=r"^openid( [\x21\x23-\x5b\x5d-\x7e]+)*$")]
    uses_secret: bool
    pkce: bool
    match: Claim  # the claim by which it finds its user; "none" where it finds nobody by a claim
    certainty: Certainty
    source: Literal[""] | Slug = ""


class AddressPart(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A name of her own choosing that is in the redirect URI, such as the login source's name."""

    name: Part
    label: Sentence
    hint: Sentence
    default: str = ""


class ProductAddress(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked for to make the redirect URI: the product's own address, and names in it.

    Without `base` the product has one address for everybody, and no address is asked for. `pages`
    are beginnings of its own pages, which an address copied from the browser often has behind it.
    """

    base: bool = True
    hint: Sentence
    parts: list[AddressPart] = []
    pages: list[Segment] = []


class RedirectUri(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A redirect URI of the product: `{base}` is its address without a slash at the end.

    `native` belongs under the platform for mobile and desktop applications, and may have a scheme
    of its own. `if_used` says that she needs it only where `what` applies.
    """

    pattern: Annotated[str, Meta(pattern=r"^(\{base\}|https://|http://localhost|[a-z.]+:/)\S*$")]
    what: Sentence
    platform: Literal["web", "native"] = "web"
    if_used: bool = False


class Snippet(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of a product that is configured by a file, ready to paste.

    `@name@` in `text` stands for a hand-over value, written as `language` writes a string (with
    its quotes where it has them). The secret itself is never in it: `secret` says how the product
    gets it, by `reference` to a variable or file, or by hand in place of `@client_secret@`, which
    becomes a word that nobody can mistake for a secret.
    """

    title: Sentence
    into: Sentence
    language: Literal["ini", "env", "yaml", "json", "python", "ruby", "hcl", "shell", "properties"]
    text: Annotated[str, Meta(min_length=1, max_length=6000)]
    secret: Literal["reference", "by-hand", "none"]
    note: str = ""


class Cover(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a setup does for this product, and what it does not."""

    does: list[Sentence]
    does_not: list[Sentence] = []


class HandOverField(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One field of the product's own form. `value` names what goes in; `text` is a fixed text.

    `part` is the name of one of the address's parts, which goes in as she chose it.
    """

    label: Sentence
    value: Literal[
        "client_id",
        "client_secret",
        "secret_expires",
        "metadata_url",
        "issuer",
        "tenant_id",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "metadata_path",
        "redirect_uri",
        "scopes",
        "response_type",
        "product_name",
        "text",
        "from_product",
    ]
    text: str = ""
    part: Literal[""] | Part = ""
    note: str = ""
    if_asked: bool = False  # folded away: few products ask for it


class Said(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A message of the product's own, and what settles it.

    `name` is in the address of its page. `settled_by` are the checks to run again, `copy_again`
    the hand-over values it is about, `causes` what is left, likeliest first, when all are fine.
    """

    name: Slug
    text: Sentence
    means: Sentence
    settled_by: Annotated[list[Literal["discovery", "registration", "secret"]], Meta(min_length=1)]
    copy_again: list[str] = []
    causes: list[Sentence]


class HandOver(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the values go in the product, in its own words and order; what it may say to them.

    `causes` are the likeliest reasons for a message that is not among `said`, in order.
    """

    where: Where
    fields: list[HandOverField]
    said: list[Said] = []
    causes: Annotated[list[Sentence], Meta(min_length=1)]


class Tick(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing to do and tick off. `name` is what is stored, so it never changes."""

    name: Slug
    do: Sentence
    why: str = ""
    sketches: list[Slug] = []


class TurnOn(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The plan before the switch, the product's own steps to set it, and how to go back."""

    plan: Annotated[list[Tick], Meta(min_length=1)]
    switch: list[Tick]
    prove: list[Tick]
    undo: Sentence


class Product(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product's guide."""

    slug: Slug
    name: Sentence
    choose: Sentence
    protocol: Protocol
    needs: list[Sentence]
    cover: Cover
    redirect_uri: Where
    hand_over: HandOver
    turn_on: TurnOn
    sources: list[Source]
    source: Literal[""] | Slug = ""
    aliases: list[Sentence] = []
    address: ProductAddress | None = None
    redirect_uris: list[RedirectUri] = []
    snippets: list[Snippet] = []
    sketches: dict[Slug, Sketch] = {}
    know: list[Sentence] = []
    values_only: bool = False  # no steps to follow, only what goes where; listed, not counted
    general: bool = False  # for products without a guide, or made up: never counted
    rank: int = 50  # the smaller, the more used; the smallest stand on top of the list


class SamlOnly(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product that signs in by SAML alone, listed so that nobody searches in vain."""

    name: Sentence
    aliases: list[Sentence] = []
    sentence: Sentence
    certainty: Certainty
    where: Annotated[str, Meta(pattern=r"^https://\S+")]


class SamlList(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file of those products."""

    product: list[SamlOnly]


class Entry(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a list shows of a guide. It is read from the head, before the file's first table."""

    slug: Slug
    name: Sentence
    choose: Sentence
    aliases: list[Sentence] = []
    values_only: bool = False
    general: bool = False
    rank: int = 50
    base: Literal[""] | Slug = ""


class Address(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a metadata URL is made from less: a template with {tenant}, and the hosts it is for.

    A template without {tenant} is the one address for everybody. With `only_id` the tenant is an
    ID, and no domain stands for it. A host may begin with `*.`.
    """

    template: str | None = None
    hosts: list[str] = []
    only_id: bool = False


class Registration(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The way through the identity provider's form for a new application."""

    where: Where
    id_token_steps: list[Sentence] = []
    id_token_sketches: list[Slug] = []
    public_steps: list[Sentence] = []  # for a product without a secret that redeems a code
    public_sketches: list[Slug] = []  # for it, in place of those of `where`
    strict: bool = False  # refuses ! $ ' ( ) , ; and more than 256 characters in a redirect URI


class Page(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A page of the provider's portal that can be opened by its address.

    `name` is what the sentences call it: one that says `**name**` (or has it in such a way of
    clicks) gets a link to it. `url` and `fallback` as with Link.
    """

    name: Sentence
    url: Web
    fallback: Literal[""] | Web = ""


class Localhost(Known, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether http://localhost may be registered, which the test sign-in comes back to."""

    allowed: Literal["yes", "no", "unknown"] = "yes"
    note: str = ""


class Value(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One value the identity provider gives: its name on the screen, its look, where it is."""

    label: Sentence
    hint: Sentence
    where: Where
    shape: Literal["guid", "entra", "text"] = "text"


class SecretCheck(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to ask whether a client secret is right, without a user."""

    question: Literal["bogus_code", "client_credentials"] = "bogus_code"
    scope: str = ""
    fresh_seconds: Annotated[int, Meta(ge=0, le=120)] = 0  # how long a new secret may be refused
    note: str = ""


class Parameter(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A parameter this identity provider wants in the authorization request, and why."""

    name: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")]
    value: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,200}$")]
    why: Sentence


StepName = Literal[
    "before",
    "redirect-uri",
    "client-id",
    "client-secret",
    "metadata",
    "test",
    "handover",
    "turn-on",
]


class Advice(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a finding is called, what to do about it, and the step that mends it."""

    title: str = ""
    advice: str = ""
    step: Literal[""] | StepName = ""
    clock_agrees: str = ""  # the advice where this computer's clock is known to be right
    without_secret: str = ""  # the advice where the product has no client secret
    sketches: list[Slug] = []  # in a provider's guide only


class ErrorCode(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a number on the provider's own error page means, in our words.

    `value` says what its message names as the value at fault; where it is only quoted, `place`
    says which of the quoted texts it is, from the end when negative.
    """

    title: Sentence
    cause: Sentence
    fix: Sentence
    step: StepName
    value: Literal["", "redirect_uri", "client_id", "tenant", "user", "resource", "quoted"] = ""
    place: Literal[1, 2, -1] = 1
    sketches: list[Slug] = []


CodeNumber = Annotated[str, Meta(pattern=r"^[1-9][0-9]{3,8}$")]


class Provider(Guide, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An identity provider's guide."""

    slug: Slug
    name: Sentence
    short: Sentence
    choose: Sentence
    address: Address
    needs: list[Sentence]
    portal_hosts: list[str] = []
    registration: Registration
    client_id: Value
    client_secret: Value
    metadata: Value
    clean_up: list[Tick]
    remove_secret: Sentence
    stays: Sentence
    sources: list[Source]
    secret_check: SecretCheck = SecretCheck()
    extra: list[Parameter] = []
    logout: str = ""
    advice: dict[str, Advice] = {}
    codes: dict[CodeNumber, ErrorCode] = {}
    codes_from: Literal[""] | Slug = ""  # the guide whose codes it uses, having none of its own
    codes_page: Literal[""] | Web = ""  # where the provider explains {number}
    # A registration can be scripted, and in which cloud.
    scripts: Literal["", "microsoft-graph", "microsoft-graph-us", "microsoft-graph-cn"] = ""
    source: Literal[""] | Slug = ""
    aliases: list[Sentence] = []
    base: Literal[""] | Slug = ""  # the guide this one says only the differences to
    portal: Literal[""] | Web = ""  # fills in {portal}, without a slash at the end
    pages: list[Page] = []
    clouds: list[Slug] = []  # guides for other parts of the same service, told by their hosts
    localhost: Localhost = Localhost()
    sign_in_shows: list[Sentence] = []  # what she comes to there, in order, in a test sign-in
    sketches: dict[Slug, Sketch] = {}
    know: list[Sentence] = []
    general: bool = False  # for providers without a guide, or made up: never counted
    rank: int = 50  # as with a product

    @property
    def in_full(self) -> str:
        """Its name within a sentence; of a guide for many, or made up, what people call it."""
        return self.short if self.general else self.name
