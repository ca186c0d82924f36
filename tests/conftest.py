"""Fixtures that more than one folder of tests uses. Helpers are in tests/support/."""
