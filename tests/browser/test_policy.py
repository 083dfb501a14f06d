"""The pages keep their own content security policy: on no screen does anything need what it forbids."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.pages import PATIENCE_MILLISECONDS, SETTLED_MILLISECONDS, blank, opened, to_the_model

BEFORE = ("sign-in", "sign-up", "forgotten", "reset#x", "verify#x", "invitation#x")
SCREENS = ("", "alerts", "audit", "welcome", "settings", "profile/name", "profile/sessions", "nowhere", "?asOf=garbage")
MODEL_TABS = ("trust", "drift", "fairness", "performance", "evaluations", "versions", "alerts", "timeline")


async def violations(page: Page) -> list[str]:
    """What the browser refused on this page, once it has settled."""
    await page.wait_for_timeout(SETTLED_MILLISECONDS)
    return list(await page.evaluate("window.violations"))


async def test_no_screen_asks_for_what_the_policy_forbids(browser: Browser, product: Product) -> None:
    refused: dict[str, list[str]] = {}
    page = await blank(browser)
    for path in BEFORE:
        await page.goto("about:blank")
        await page.goto(f"{product.url}/{path}")
        await expect(page.get_by_role("main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        refused[path] = await violations(page)
    await page.context.close()

    page = await opened(browser, product)
    await to_the_model(page)
    model = page.url.rpartition("/")[0]
    await page.goto(f"{product.url}/settings")
    await page.get_by_role("link", name="My project").click(timeout=PATIENCE_MILLISECONDS)
    project = page.url.rpartition("/")[0]
    await page.get_by_role("link", name="My organization").click()
    await expect(page.get_by_role("heading", name="My organization")).to_be_visible()
    organization = page.url.rpartition("/")[0]
    for place in (
        *(f"{product.url}/{path}" for path in SCREENS),
        *(f"{model}/{tab}" for tab in MODEL_TABS),
        *(f"{organization}/{tab}" for tab in ("general", "members", "projects", "security", "reads")),
        *(f"{project}/{tab}" for tab in ("general", "members")),
    ):
        await page.goto(place)
        await expect(page.get_by_role("main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        refused[place.removeprefix(product.url)] = await violations(page)

    assert {place: each for place, each in refused.items() if each} == {}
    await page.context.close()


async def test_menus_dialogs_lists_and_the_palette_keep_to_it_and_a_style_of_somebody_else_is_refused(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    await page.get_by_role("button", name="Account of").click()
    await expect(page.get_by_role("menuitem", name="Your account")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_placeholder("Go to a model")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.goto(f"{product.url}/settings")
    await (
        page.get_by_role("link", name="My organization")
        .or_(page.get_by_role("link", name="Members and settings"))
        .first.click()
    )
    await page.get_by_role("link", name="Projects", exact=True).click()
    await page.get_by_role("button", name="New project").click()
    await page.get_by_role("dialog").get_by_label("Time zone").first.click()
    await expect(page.get_by_role("option", name="UTC", exact=True)).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).overflow") == "hidden", "the page beneath scrolls"
    assert await violations(page) == []

    await page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: '*{}'}))")
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p onclick=\"0\" style=\"color: red\">x</p>')")

    told = [each.partition(" ")[0] for each in await violations(page)]
    assert set(told) == {"style-src-elem", "style-src-attr", "script-src-attr"}
    await page.context.close()


@pytest.mark.parametrize("path", ["", "graphiql"])
async def test_no_script_may_be_written_into_a_page(browser: Browser, product: Product, path: str) -> None:
    page = await blank(browser)
    await page.goto(f"{product.url}/{path}")

    await page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )

    assert await page.evaluate("window.ran") is None
    assert [each.partition(" ")[0] for each in await violations(page)] == ["script-src-elem"]
    await page.context.close()
