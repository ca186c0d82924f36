"""What is kept outside of Latchkey, in a real browser: scripts, the record on paper, a file."""

import json
import re

from playwright.sync_api import expect

from tests.support.fake_az import run_bash
from tests.support.oidc_provider import client
from tests.support.walk import Walk, assert_fits, at_oidc_provider
from tests.test_provisioning import ANSWERS, CLIENT, SECRET, TENANT, needs_bash

REDIRECT_URI = "https://syncro.example/openid_connect/callback"


@needs_bash
def test_the_script_is_copied_run_and_what_it_printed_is_pasted_back(opened, started, tmp_path):
    context = opened()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    walk = Walk(context, started(), secrets=[SECRET])
    walk.enter()
    walk.new_setup("syncro", "entra", name="O'Neil $(touch owned) `x`")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    page = walk.page
    page.get_by_text("Prefer a script?").click()
    page.locator("button[data-copies=script_az]").click()
    expect(page.locator("button[data-copies=script_az]")).to_have_text("Copied ✓")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.set_viewport_size({"width": 360, "height": 780})
    assert_fits(page)

    ran = run_bash(copied, tmp_path / "shell", ANSWERS)
    create = ran.call("ad", "app", "create")
    assert REDIRECT_URI in create
    assert walk.latchkey.callback in create
    assert not (tmp_path / "shell" / "owned").exists()

    page.evaluate("text => navigator.clipboard.writeText(text)", ran.output)
    page.locator("form#answer [name=client_id]").focus()
    page.keyboard.press("ControlOrMeta+v")
    offer = page.locator("[data-offer]")
    expect(offer).to_contain_text(CLIENT)
    expect(offer).to_contain_text(f"{TENANT}/v2.0/.well-known/openid-configuration")
    expect(offer).to_contain_text(re.search(r"expires='(\d{4})", copied)[1])
    walk.look()  # the secret was recognised and is not in the page


def test_a_proven_setup_is_printed_exported_and_imported(opened, started, provider, tmp_path):
    latchkey = started()
    secret = "the secret: 100% right & +proper"
    registered = client("syncro", REDIRECT_URI, latchkey.callback, client_secret=secret)
    op = provider(registered)
    walk = Walk(opened(), latchkey, secrets=[secret])
    walk.enter()
    walk.new_setup("syncro", "oidc", name="First customer")
    walk.answer("before")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    walk.answer("client-id", client_id="syncro")
    walk.answer("client-secret", client_secret=secret, secret_expires="2099-12-31")
    walk.answer("metadata", metadata_url=op.metadata_url)
    walk.sign_in(at_oidc_provider("admin@example.org"))
    path = walk.setup_path

    page = walk.page
    walk.go("/")
    page.get_by_role("link", name="Change record").click()
    walk.look("record")
    expect(page.get_by_role("button", name="Print or save as PDF")).to_be_visible()
    expect(page.locator("main")).to_contain_text("passed: admin@example.org")
    page.emulate_media(media="print", color_scheme="dark")
    for name in ("button[data-prints]", ".topbar", ".back"):
        expect(page.locator(name)).to_be_hidden()
    for name in ("body", "h1", ".recorded li"):
        colour = page.locator(name).first.evaluate("e => getComputedStyle(e).color")
        assert colour == "rgb(0, 0, 0)", "black on white, whatever the screen's colours are"
    page.emulate_media(media="screen", color_scheme="light")

    walk.go("/")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export").click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert file.name == "latchkey-syncro-first-customer-setup.json"
    assert secret not in file.read_text()
    assert json.loads(file.read_text())["answers"]["client_id"] == "syncro"

    page.get_by_text("Import a setup from another computer").click()
    page.set_input_files("#file", file)
    walk.press(page.get_by_role("button", name="Import"))
    assert walk.step == "before"
    assert walk.setup_path != path
    walk.answer("before")
    walk.answer("client-secret", client_secret=secret)
    assert walk.step == "test"
    expect(page.locator("main")).to_contain_text("made on another computer")
    expect(page.locator("[data-verdict]")).to_have_count(0)
