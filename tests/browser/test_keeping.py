"""A legal hold that is placed and lifted, and rows that are erased, by whoever may."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Product
from tests.browser.pages import PATIENCE_MILLISECONDS, go, opened


async def test_a_hold_is_placed_and_lifted_and_an_erasure_is_followed_to_its_end(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    await go(page, f"{product.url}/settings")
    await page.get_by_role("link", name="My project").click(timeout=PATIENCE_MILLISECONDS)
    await page.get_by_role("link", name="Keeping rows").click()
    await expect(page.get_by_text("Nothing is held")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_text("Nothing was erased")).to_be_visible()

    await page.get_by_role("button", name="Place a hold").click()
    await page.get_by_label("Why are they held?").fill("A lawsuit over a refusal.")
    await page.get_by_role("button", name="Place it").click()
    held = page.get_by_role("row").filter(has_text="A lawsuit over a refusal.")
    await expect(held).to_contain_text("the whole project", timeout=PATIENCE_MILLISECONDS)

    await page.get_by_role("button", name="Erase rows").click()
    await page.get_by_label("Ids, one on a line").fill("nobody 1\nnobody 2")
    await page.get_by_label("Why do they go?").fill("They asked for it.")
    await page.get_by_role("button", name="Erase them").click()
    await expect(page.get_by_text("A legal hold keeps these rows: have it lifted first.")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()

    await page.get_by_role("button", name="Lift the hold of the whole project").click()
    await page.get_by_label("Why is it lifted?").fill("It is over.")
    await page.get_by_role("button", name="Lift it").click()
    await expect(page.get_by_text("Nothing is held")).to_be_visible(timeout=PATIENCE_MILLISECONDS)

    await page.get_by_role("button", name="Erase rows").click()
    await page.get_by_label("Ids, one on a line").fill("nobody 1\nnobody 2")
    await page.get_by_label("Why do they go?").fill("They asked for it.")
    await page.get_by_role("button", name="Erase them").click()
    asked = page.get_by_role("row").filter(has_text="They asked for it.")
    await expect(asked).to_contain_text("by prediction id, 2 values", timeout=PATIENCE_MILLISECONDS)
    await expect(asked).to_contain_text("Done", timeout=PATIENCE_MILLISECONDS)
    await expect(asked).to_contain_text("0 predictions, 0 rows of labels")
    await page.context.close()
