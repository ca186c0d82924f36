"""An identity provider's own error page, as it was pasted: read, never trusted. Pure.

`redaction` takes codes, tokens and secrets out, `wordings` knows how providers without numbers
say it, `decoding` puts together what is at fault.
"""

from wizard.provider_error.decoding import Decoded, decode
from wizard.provider_error.redaction import LIMIT

__all__ = ["LIMIT", "Decoded", "decode"]
