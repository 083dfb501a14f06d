"""Keys in the dashboard: made, seen once, used, rotated and revoked, by a person and for a project."""

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.test_dashboard import NARROW, PATIENCE_MILLISECONDS, WIDE, opened, overflow

VIEWER = {"query": "{ viewer { kind name } }"}


async def known(product: Product, key: str) -> dict[str, str] | None:
    """Who a program with the key is."""
    async with httpx.AsyncClient(base_url=product.url) as client:
        answer = await client.post("/graphql", json=VIEWER, headers={"authorization": f"Bearer {key}"})
    return answer.json()["data"]["viewer"]


async def shown_key(page: Page) -> str:
    """The key of the dialog that shows it, which is closed then; it is nowhere on the page any more."""
    dialog = page.get_by_role("dialog", name="Copy the key now")
    text = await dialog.get_by_label("The key", exact=True).inner_text(timeout=PATIENCE_MILLISECONDS)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="I have copied it").click()
    await expect(dialog).to_have_count(0)
    assert text not in await page.content()
    return text


async def make(page: Page, name: str) -> str:
    """A key with what is chosen at first."""
    await page.get_by_role("button", name="New key").click(timeout=PATIENCE_MILLISECONDS)
    dialog = page.get_by_role("dialog", name="New key")
    await expect(dialog.get_by_role("button", name="Make the key")).to_be_disabled()
    await dialog.get_by_label("What it is for").fill(name)
    await dialog.get_by_role("button", name="Make the key").click()
    return await shown_key(page)


async def to_the_keys_of_the_project(page: Page, product: Product) -> None:
    await page.goto(f"{product.url}/settings")
    await page.locator("main a[href*='/projects/']").first.click(timeout=PATIENCE_MILLISECONDS)
    await page.get_by_role("link", name="API keys").click(timeout=PATIENCE_MILLISECONDS)


@pytest.mark.parametrize("whose", ["a person's", "a project's"])
async def test_a_key_is_made_seen_once_rotated_and_revoked_for_a_reason(
    browser: Browser, product: Product, whose: str
) -> None:
    page = await opened(browser, product, size=WIDE)
    if whose == "a person's":
        await page.goto(f"{product.url}/profile/keys")
    else:
        await to_the_keys_of_the_project(page, product)
    name = f"{whose} program"

    first = await make(page, name)
    row = page.get_by_role("row").filter(has_text=name)
    await expect(row).to_contain_text(first[:8])
    assert await known(product, first) == {"kind": "KEY", "name": name}

    await page.get_by_role("button", name=f"Rotate {name}").click()
    await page.get_by_role("button", name="Make another secret").click()
    second = await shown_key(page)
    await expect(row).to_contain_text("its former secret")
    assert await known(product, first) == await known(product, second) == {"kind": "KEY", "name": name}

    await page.get_by_role("button", name=f"Revoke {name}").click()
    dialog = page.get_by_role("dialog", name=f"Revoke {name}")
    await expect(dialog.get_by_role("button", name="Revoke it")).to_be_disabled()
    await dialog.get_by_label("Why is it revoked?").fill("found in a notebook")
    await dialog.get_by_role("button", name="Revoke it").click()
    await expect(row).to_contain_text("found in a notebook")
    assert [await known(product, each) for each in (first, second)] == [None, None]
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_the_keys_fit_a_phone(browser: Browser, product: Product) -> None:
    page = await opened(browser, product, scheme="dark", size=NARROW)
    await page.goto(f"{product.url}/profile/keys")
    await make(page, "a phone's program with a name that is rather long")

    assert await overflow(page) <= 0, "the page scrolls sideways"
    await page.get_by_role("button", name="New key").click()
    await expect(page.get_by_role("dialog", name="New key")).to_be_visible()
    assert await overflow(page) <= 0, "the page scrolls sideways"
    await page.context.close()
