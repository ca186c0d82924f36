"""Flask extensions that routes name before there is an app."""

from flask_wtf import CSRFProtect

csrf = CSRFProtect()
