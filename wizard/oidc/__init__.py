"""Pure judgement of an OpenID Connect setup: no network, clock, file or randomness."""
