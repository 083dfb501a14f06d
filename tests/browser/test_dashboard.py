"""A newcomer's first minutes: one command, a browser, and the trust of a real model moves as predictions come in."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Product
from tests.browser.pages import (
    NARROW,
    PATIENCE_MILLISECONDS,
    WIDE,
    opened,
    overflow,
    to_the_model,
)

SCREENSHOTS = ROOT / "docs" / "screenshots"


async def photograph(page: Page, name: str) -> None:
    """Keep a picture under docs/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def test_the_live_trust_of_a_real_model_moves_without_a_reload(browser: Browser, product: Product) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    rows = page.get_by_text("rows, ", exact=False).filter(has_text="labels in the window").first
    before = await rows.inner_text()

    await expect(rows).not_to_have_text(before, timeout=PATIENCE_MILLISECONDS)

    assert page.problems == []  # type: ignore[attr-defined]
    await photograph(page, "model-light-wide")
    await page.context.close()


async def test_why_trust_changed_is_told_and_leads_to_its_evaluation(browser: Browser, product: Product) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    panel = page.get_by_role("region", name="Why it changed")
    after = panel.get_by_role("row").filter(has_text="After")

    await expect(after).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await after.get_by_role("link").click()

    await expect(page.get_by_text("What it rests on")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


@pytest.mark.parametrize(
    ("scheme", "size", "name"),
    [("dark", WIDE, "model-dark-wide"), ("light", NARROW, "model-light-narrow"), ("dark", NARROW, "model-dark-narrow")],
)
async def test_the_model_can_be_read_on_every_screen(
    browser: Browser, product: Product, scheme: str, size: dict[str, int], name: str
) -> None:
    page = await opened(browser, product, scheme=scheme, size=size)
    await to_the_model(page)

    assert await overflow(page) <= 0, "the page scrolls sideways"
    await photograph(page, name)
    await page.context.close()


async def test_drift_and_fairness_show_what_the_trust_is_made_of(browser: Browser, product: Product) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    parts = page.get_by_role("navigation", name="Parts of the model")
    for tab, seen in (("Drift", "AGEP"), ("Fairness", "female")):
        await parts.get_by_role("link", name=tab).click()
        await expect(page.get_by_text(seen).first).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        await photograph(page, f"model-{tab.lower()}")
    glance = page.get_by_role("region", name="Fairness at a glance")
    await expect(glance.get_by_role("row", name="Demographic parity ratio")).to_be_visible()
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_the_past_is_shown_as_known_then_and_nothing_in_it_can_be_changed(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    now = page.url

    await page.get_by_role("button", name="One recorded fact earlier").click()

    await expect(page.get_by_text("As known on").first).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert "asOf=" in page.url
    await expect(page.get_by_text("Trust, live")).to_have_count(0)
    await photograph(page, "model-as-of")
    await page.goto(now)
    await expect(page.get_by_text("Trust, live")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await page.context.close()


async def test_a_wrong_password_is_told_and_admits_nobody(browser: Browser, product: Product) -> None:
    page = await (await browser.new_context(viewport=WIDE)).new_page()  # type: ignore[arg-type]
    await page.goto(product.url)
    await photograph(page, "sign-in")
    await page.locator("input").first.fill(product.email)
    await page.locator("input[type=password]").fill("not the password")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE_MILLISECONDS)

    await expect(page.get_by_role("navigation", name="Main")).to_have_count(0)
    await page.context.close()


async def test_the_explorer_works_offline(browser: Browser, product: Product) -> None:
    dashboard = await opened(browser, product)
    await to_the_model(dashboard)  # which the examples are about
    await dashboard.context.close()
    page = await (await browser.new_context(viewport=WIDE)).new_page()  # type: ignore[arg-type]
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url)
            if product.url not in request.url and not request.url.startswith(("data:", "blob:"))
            else None
        ),
    )

    await page.goto(f"{product.url}/graphiql")
    password = page.get_by_label("Password")
    await expect(password).to_have_css("border-style", "solid", timeout=PATIENCE_MILLISECONDS)  # it looks like a field
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert await overflow(page) == 0
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    await page.get_by_label("Email").fill(product.email)
    await password.fill(product.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("tab", name="LiveTrust")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    for editor in (".graphiql-query-editor", ".graphiql-response"):  # before they are there, a click does nothing
        await expect(page.locator(f"{editor} .monaco-editor")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("models", timeout=PATIENCE_MILLISECONDS)
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.locator(".graphiql-response")).to_contain_text("Employment", timeout=PATIENCE_MILLISECONDS)

    assert elsewhere == []
    await photograph(page, "graphiql")
    await page.context.close()


def test_the_screenshots_are_where_the_readme_says() -> None:
    named = [
        part.split(")")[0]
        for part in (ROOT / "README.md").read_text().split("](")[1:]
        if "screenshots/" in part.split(")")[0]
    ]

    assert named
    assert all(Path(ROOT / each).is_file() for each in named)
