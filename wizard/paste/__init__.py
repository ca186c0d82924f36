"""What was pasted: cleaned, judged by its shape, recognised. Pure, offline, never raises.

`clean` takes away what clipboards bring; the `judge_…` functions say what a value cannot be;
`recognise` picks the values out of a whole page or a tool's output, to be offered.
"""

from wizard.paste.cleaning import Cleaned, clean, judge_cleaning
from wizard.paste.client_id import judge_client_id
from wizard.paste.client_secret import judge_client_secret, judge_secret_expires
from wizard.paste.product_address import (
    ProductAddress,
    judge_address_part,
    read_product_address,
)
from wizard.paste.recognising import Recognised, recognise
from wizard.paste.redirect_uri import judge_redirect_uri

__all__ = [
    "Cleaned",
    "ProductAddress",
    "Recognised",
    "clean",
    "judge_address_part",
    "judge_cleaning",
    "judge_client_id",
    "judge_client_secret",
    "judge_redirect_uri",
    "judge_secret_expires",
    "read_product_address",
    "recognise",
]
