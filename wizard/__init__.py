"""Latchkey: walks an administrator through connecting a product to an identity provider."""
