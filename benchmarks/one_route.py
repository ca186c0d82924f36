"""The least a Flask app on waitress can be: one route, served as Latchkey is. one_route.py PORT"""

import sys

from flask import Flask
from waitress import serve

app = Flask(__name__)


@app.get("/")
def home() -> str:
    return "<!doctype html><title>One route</title><h1>One route</h1>"


serve(app, listen=f"127.0.0.1:{sys.argv[1]}", threads=8)
