"""The pages keep their own content security policy, whatever opens on them; what others write into them is refused."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Product
from tests.browser.pages import blank, opened, settled, violations


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
    await settled(page)
    assert await violations(page) == []

    await page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: '*{}'}))")
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p onclick=\"0\" style=\"color: red\">x</p>')")
    assert await page.evaluate("document.body.lastElementChild.onclick") is None
    await settled(page)

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

    await settled(page)
    assert await page.evaluate("window.ran") is None
    assert [each.partition(" ")[0] for each in await violations(page)] == ["script-src-elem"]
    await page.context.close()
