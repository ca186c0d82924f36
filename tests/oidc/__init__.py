"""Tables for the pure rules."""
