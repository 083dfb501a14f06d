"""How a version is watched, changed with a reason; and an evaluation that is computed once more on the spot."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Product
from tests.browser.pages import NARROW, PATIENCE_MILLISECONDS, opened, overflow, settled, to_the_model, violations


async def test_a_plan_is_changed_with_a_reason_and_what_it_asked_for_is_proved(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    await page.get_by_role("link", name="Versions & deployments").click()
    await page.get_by_role("button", name="Change the plan of").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Change it")).to_be_disabled()
    await dialog.get_by_label("Schedule").fill("0 6 * *")
    await dialog.get_by_label("Why?").fill("We look on Mondays")
    await dialog.get_by_role("button", name="Change it").click()
    await expect(dialog.get_by_text("schedule: write five fields")).to_be_visible()
    await page.set_viewport_size(NARROW)
    await settled(page)
    assert await overflow(page) == 0
    await dialog.get_by_label("Schedule").fill("0 6 * * 1")
    await dialog.get_by_role("button", name="Change it").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("0 6 * * 1", exact=True)).to_be_visible()

    await page.goto(page.url.replace("/versions", "/evaluations"))
    row = page.get_by_role("row").filter(has_text="Plan change").first
    await expect(row).to_contain_text("Completed", timeout=PATIENCE_MILLISECONDS)
    await row.get_by_role("link").first.click()
    await page.get_by_role("button", name="Compute it once more").click()
    await expect(page.get_by_text("Identical to the bit")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_text("The rows are the recorded ones; every result is too.")).to_be_visible()
    await settled(page)
    assert await overflow(page) == 0
    assert await violations(page) == []
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_what_a_column_means_is_said_once_and_shown_wherever_it_is_measured(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    await page.get_by_role("link", name="Versions & deployments").click()
    await page.get_by_role("button", name="Describe…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Column").fill("MAR")
    await page.get_by_role("option", name="MAR").click()
    await expect(dialog.get_by_label("What people call it")).to_have_value("Marital status")
    values = dialog.get_by_label("What its values stand for")
    await expect(values).to_have_value("1 = married\n2 = widowed\n3 = divorced\n4 = separated\n5 = never married")
    await values.fill("1 = married\nwidowed")
    await expect(dialog.get_by_text("Write “widowed” as value = meaning")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Say it")).to_be_disabled()
    await values.fill("1 = wed")
    await page.set_viewport_size(NARROW)
    await settled(page)
    assert await overflow(page) == 0
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Say it").click()
    await expect(dialog).to_have_count(0)

    await page.goto(page.url.replace("/versions", "/drift?feature=MAR"))
    await expect(page.get_by_role("heading", name="Marital status against the baseline")).to_be_visible()
    await page.get_by_text("The same as a table").first.click()
    await expect(page.get_by_role("cell", name="wed", exact=True)).to_be_visible()
    await settled(page)
    assert await overflow(page) == 0
    assert await violations(page) == []
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()
