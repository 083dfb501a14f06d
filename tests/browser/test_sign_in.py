"""Coming in, staying in and leaving, in a real browser: by a mailed link, over reloads, in several tabs at once."""

import asyncio
from typing import Any

from playwright.async_api import Browser, Page, Route, expect

from tests.browser.conftest import Product
from tests.browser.pages import PATIENCE_MILLISECONDS, mailed_link, opened

PASSWORD = "a quiet long evening"
WHO = """async (token) => (await (await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json', authorization: `Bearer ${token}`},
    body: JSON.stringify({query: '{ viewer { id } }'}),
})).json()).data.viewer"""


async def is_in(page: Page) -> None:
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)


async def is_out(page: Page) -> None:
    heading = page.get_by_role("heading", name="Sign in to CDT")
    await expect(heading).to_be_visible(timeout=PATIENCE_MILLISECONDS)


async def kept(page: Page) -> Any:
    """The one cookie."""
    (cookie,) = await page.context.cookies(page.url.rstrip("/") + "/graphql")
    return cookie


async def test_who_signs_up_chooses_the_password_by_the_link_and_is_in(browser: Browser, product: Product) -> None:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{product.url}/sign-up")
    await page.get_by_label("Name").fill("Grace Hopper")
    await page.get_by_label("Email").fill("grace@example.org")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible(timeout=PATIENCE_MILLISECONDS)

    await page.goto(await mailed_link(product, "grace@example.org", "verify"))
    await page.locator("input[type=password]").fill("short")
    await page.get_by_role("button", name="Confirm and sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("at least 10 characters", timeout=PATIENCE_MILLISECONDS)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Confirm and sign in").click()
    await is_in(page)

    await page.get_by_role("button", name="Account of Grace Hopper").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await is_out(page)
    await page.get_by_label("Email").fill("grace@example.org")
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await is_in(page)
    await page.context.close()


async def test_tabs_share_one_session_over_reloads_and_all_end_with_it(browser: Browser, product: Product) -> None:
    first = await opened(browser, product)
    tokens: list[str] = []
    first.on("request", lambda each: tokens.append(each.headers.get("authorization", "")))
    before = await kept(first)
    assert (before["httpOnly"], before["sameSite"], before["path"]) == (True, "Strict", "/graphql")
    assert "cdtr_" not in await first.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")

    second = await first.context.new_page()
    await second.goto(product.url)
    await is_in(second)
    for _ in range(2):  # both renew at the same moment, and neither uses up the other's token
        await asyncio.gather(first.reload(), second.reload())
        await asyncio.gather(is_in(first), is_in(second))
    assert (await kept(first))["value"] != before["value"]

    await second.get_by_role("button", name="Account of").click()
    await second.get_by_role("menuitem", name="Sign out").click()
    await asyncio.gather(is_out(first), is_out(second))
    token = next(each for each in reversed(tokens) if each).removeprefix("Bearer ")
    async with asyncio.timeout(10):  # on the server too
        while await second.evaluate(WHO, token) is not None:
            pass
    await first.reload()
    await is_out(first)
    assert first.problems == []  # type: ignore[attr-defined]
    await first.context.close()


async def test_a_form_of_another_site_changes_nothing(browser: Browser, product: Product) -> None:
    page = await opened(browser, product)
    evil = await page.context.new_page()
    sent = '{"query": "mutation { refreshSession(input: {}) { __typename } }", "x": "'

    async def show(route: Route) -> None:
        form = f"<form method=post enctype=text/plain action='{product.url}/graphql'><input name='{sent}' value='\"}}'>"
        await route.fulfill(content_type="text/html", body=f"{form}<button>Win</button></form>")

    await evil.route("http://evil.example/**", show)
    await evil.goto("http://evil.example/")
    async with evil.expect_response(f"{product.url}/graphql") as answer:
        await evil.get_by_role("button", name="Win").click()

    refused = await answer.value
    assert refused.status == 400
    assert "cookie" not in await refused.request.all_headers()
    await page.reload()
    await is_in(page)
    await page.context.close()
