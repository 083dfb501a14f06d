"""Every screen there is: on none does anything need what the policy forbids, and none scrolls sideways."""

from typing import NamedTuple

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.pages import (
    NARROW,
    PATIENCE_MILLISECONDS,
    WIDE,
    blank,
    go,
    opened,
    overflow,
    settled,
    to_the_model,
    violations,
)

SIZES = (WIDE, NARROW, {"width": 360, "height": 860})
BEFORE = ("sign-in", "sign-up", "forgotten", "reset#x", "verify#x", "invitation#x")
SCREENS = ("", "alerts", "audit", "welcome", "settings", "nowhere", "?asOf=garbage", "invitation#x")
PROFILE_TABS = ("name", "keys", "sessions")
MODEL_TABS = (
    "trust",
    "drift",
    "fairness",
    "performance",
    "data",
    "quality",
    "quarantine",
    "evaluations",
    "versions",
    "alerts",
    "timeline",
)
SEEN = {
    "drift": "AGEP",
    "fairness": "female",
    "performance": "Accuracy",
    "data": "Rows over time",
    "quality": "Anomalous rows",
    "quarantine": "Rows that do not fit",
    "evaluations": "Recorded evaluations",
}
ORGANIZATION_TABS = ("general", "members", "projects", "security", "reads")
PROJECT_TABS = ("general", "members", "rows", "keys")


class Wrong(NamedTuple):
    """What is wrong with a screen."""

    screen: str
    width: int
    too_wide_by: int
    refused: list[str]


async def wrong_with(page: Page, screen: str) -> list[Wrong]:
    """What is wrong with the screen that is open, at a desk and on phones."""
    found: list[Wrong] = []
    for size in SIZES:
        await page.set_viewport_size(size)
        await settled(page)
        found.append(Wrong(screen, size["width"], max(0, await overflow(page)), await violations(page)))
    return [each for each in found if each.too_wide_by or each.refused]


async def test_no_screen_before_the_sign_in_is_too_wide_or_asks_for_what_the_policy_forbids(
    browser: Browser, product: Product
) -> None:
    page = await blank(browser)
    found: list[Wrong] = []
    for path in BEFORE:
        await page.goto("about:blank")  # another part after # alone is no other page
        await page.goto(f"{product.url}/{path}")
        found += await wrong_with(page, path)

    assert found == []
    await page.context.close()


async def test_no_screen_is_too_wide_or_asks_for_what_the_policy_forbids(browser: Browser, product: Product) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    model = page.url.rpartition("/")[0]
    await go(page, f"{product.url}/settings")
    await page.get_by_role("link", name="My project").click(timeout=PATIENCE_MILLISECONDS)
    project = page.url.rpartition("/")[0]
    await page.get_by_role("link", name="My organization").click()
    await expect(page.get_by_role("heading", name="My organization")).to_be_visible()
    organization = page.url.rpartition("/")[0]
    found: list[Wrong] = []
    for tab in MODEL_TABS:
        await go(page, f"{model}/{tab}")
        await expect(page.get_by_text(SEEN.get(tab, "Trust")).first).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        found += await wrong_with(page, tab)
    for place in (
        *(f"{product.url}/{path}" for path in SCREENS),
        *(f"{product.url}/profile/{tab}" for tab in PROFILE_TABS),
        *(f"{organization}/{tab}" for tab in ORGANIZATION_TABS),
        *(f"{project}/{tab}" for tab in PROJECT_TABS),
    ):
        await go(page, place)
        found += await wrong_with(page, place.removeprefix(product.url))

    assert found == []
    await page.context.close()
