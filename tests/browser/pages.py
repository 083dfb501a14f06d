"""Pages of the dashboard in a real browser: signed in, with what goes wrong in them kept."""

import asyncio
import re
from collections.abc import Mapping

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product

WIDE = {"width": 1440, "height": 1000}
NARROW = {"width": 400, "height": 860}
PATIENCE_MILLISECONDS = 120_000
LAID_OUT_MILLISECONDS = 120

_KEEP_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


async def blank(browser: Browser, *, scheme: str = "light", size: Mapping[str, int] = WIDE) -> Page:
    """A page before anybody is signed in; what goes wrong in it is kept in `page.problems` and `window.violations`."""
    context = await browser.new_context(viewport=dict(size), color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    await context.add_init_script(_KEEP_VIOLATIONS)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.problems = problems  # type: ignore[attr-defined]
    return page


async def opened(browser: Browser, product: Product, *, scheme: str = "light", size: Mapping[str, int] = WIDE) -> Page:
    """A page of the first owner, signed in."""
    page = await blank(browser, scheme=scheme, size=size)
    await page.goto(product.url)
    await sign_in(page, product.email, product.password)
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    return page


async def sign_in(page: Page, email: str, password: str) -> None:
    """Fill the sign-in screen, and send it."""
    await page.locator("input").first.fill(email)
    await page.locator("input[type=password]").fill(password)
    await page.keyboard.press("Enter")


async def to_the_model(page: Page) -> None:
    """The demo's model, once its first live reading is there."""
    await page.get_by_role("link", name="Employment", exact=True).first.click(timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_text("Trust, live")).to_be_visible(timeout=PATIENCE_MILLISECONDS)


async def go(page: Page, address: str) -> None:
    """To another screen, as by a link: without loading the program anew."""
    await page.evaluate(
        "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')) }", address
    )


async def settled(page: Page) -> None:
    """Wait until the screen waits for nothing more, and is laid out."""
    for _ in range(2):  # what it waits for is known once it is there
        await page.wait_for_timeout(LAID_OUT_MILLISECONDS)
        await expect(page.get_by_role("main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        await expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


async def violations(page: Page) -> list[str]:
    """What the browser has refused to this page."""
    return list(await page.evaluate("window.violations"))


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def mailed_link(product: Product, to: str, page: str) -> str:
    """The newest link to that page of the dashboard that was mailed to the address; waits for the mail."""
    async with asyncio.timeout(60):
        while True:
            for text in product.mails.texts_to(to):
                if (found := re.search(rf"{product.url}/{page}#[\w.-]+", text)) is not None:
                    return found[0]
            await asyncio.sleep(0.05)
