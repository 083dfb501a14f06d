"""Whoever looks after the organization finds in the browser who tried to come in, and who read the model."""

import re

import httpx
from playwright.async_api import Browser, expect

from tests.browser.conftest import Product
from tests.browser.pages import PATIENCE_MILLISECONDS, opened, overflow, settled, to_the_model

SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { ... on Failure { code } } }"
SOMEWHERE = "198.51.100.23"
OF_THE_FIRST = re.compile(r"^Security( of My organization)?$")
"""Another organization may be there, of a test that failed before it ended it."""


async def test_a_failed_sign_in_and_a_read_are_found_looked_at_and_gone_before_they_were(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    async with httpx.AsyncClient(base_url=product.url, timeout=60) as somebody:
        tried = {"input": {"email": product.email, "password": "not the password"}}
        answer = await somebody.post(
            "/graphql", json={"query": SIGN_IN, "variables": tried}, headers={"x-forwarded-for": SOMEWHERE}
        )
    assert answer.json() == {"data": {"signIn": {"code": "UNAUTHENTICATED"}}}

    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("menuitem", name=OF_THE_FIRST).click()
    row = page.get_by_role("row").filter(has_text=SOMEWHERE)
    await expect(row).to_contain_text("Sign-in failed", timeout=PATIENCE_MILLISECONDS)
    await row.get_by_role("button", name="Sign-in failed").click()
    detail = page.get_by_role("region", name="Sign-in failed")
    await expect(detail).to_contain_text("did not show who they are")
    await expect(detail).to_contain_text(SOMEWHERE)
    assert "event=" in page.url
    await page.get_by_role("button", name="Close the event").click()

    await page.goto(f"{page.url.partition('?')[0]}?kind=SIGNED_IN")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Signed in", timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_text(SOMEWHERE)).to_have_count(0)
    await page.goto(f"{page.url.partition('?')[0]}?asOf=1")
    await expect(page.get_by_text("was not there then").or_(page.get_by_text("Nothing was recorded"))).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )

    await page.goto(f"{page.url.partition('?')[0].removesuffix('security')}reads")
    opened_row = page.get_by_role("row").filter(has_text="Opened").filter(has_text="Employment").first
    await expect(opened_row).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await page.set_viewport_size({"width": 400, "height": 860})
    await settled(page)
    assert await overflow(page) <= 0, "the page scrolls sideways"
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()
