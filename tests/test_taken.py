"""What a pasted block was put into is told once: on the page it leads to, not on the one after."""

from tests.support.app import SECRET

CLIENT_ID = "5d1a0f0e-2f6b-4c1e-9a55-0c1f2e3d4b5a"
BLOCK = f'{{"appId": "{CLIENT_ID}", "password": "{SECRET}", "tenant": "none"}}'


def told(page):
    return page.root.where(lambda each: "data-taken" in each)


def test_the_next_page_tells_it_and_an_answer_to_that_page_does_not(wiz):
    page = wiz.saved_at("client-id")
    page = wiz.visitor.submit(page, client_id=BLOCK)
    assert page.path.endswith("/metadata")
    assert CLIENT_ID in told(page)[0].text
    page = wiz.visitor.submit(page, metadata_url="")
    assert page.path.endswith("/metadata")
    assert not told(page)
