"""What Google does otherwise than the standard says."""

GOOGLE = "https://accounts.google.com"


def is_google_without_scheme(issuer: str, actual: object) -> bool:
    """Whether `actual` is Google's issuer as its older tokens write it: without https://.

    Google's OpenID Connect reference names both. The issuer is a URL by the standard (Core 2), so
    a product that compares character by character refuses the short one. Nobody but Google gets
    this grace: the metadata must be Google's own.
    """
    return issuer == GOOGLE and actual == GOOGLE.removeprefix("https://")
