"""A file in the browser: its columns named, its errors seen before anything is stored, mended, and sent again."""

import re
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import Product
from tests.browser.pages import NARROW, PATIENCE_MILLISECONDS, opened, overflow, settled, to_the_model, violations

COLUMNS = "agep,schl,mar,relp,dis,esp,cit,mig,mil,anc,nativity,dear,deye,drem,sex,rac1p"
HEADER = f"Id,Timestamp,Prediction,Probability,Note,{COLUMNS}\n"
ROWS = 40


def a_file(path: Path, *, is_mended: bool) -> Path:
    """Rows under names of the file's own, three of them wrong in three ways until they are mended."""
    lines: list[str] = []
    for number in range(ROWS):
        wrong = not is_mended
        at = "yesterday" if wrong and number == 7 else f"2015-01-10T{number % 24:02d}:30:00Z"
        decision = "perhaps" if wrong and number == 19 else str(number % 2)
        age = "old" if wrong and number == 30 else str(20 + number)
        note = '"said, ""so""\nand more"' if number == 3 else ""
        lines.append(f"file-{number},{at},{decision},0.5,{note},{age}{',1' * 15}\n")
    path.write_text(HEADER + "".join(lines))
    return path


async def choose(page: Page, path: Path) -> None:
    await page.get_by_role("button", name="Add rows from a file").click()
    await page.locator("input[type=file]").set_input_files(path)
    await expect(page.get_by_text("Left out: Note.")).to_be_visible()


async def test_errors_are_seen_first_and_only_what_was_mended_goes_in_the_second_time(
    browser: Browser, product: Product, tmp_path: Path
) -> None:
    page = await opened(browser, product)
    await to_the_model(page)
    await page.get_by_role("link", name="Data", exact=True).click()
    await choose(page, a_file(tmp_path / "people.csv", is_mended=False))
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Look at the first rows").click()
    await expect(dialog.get_by_text("All 40 rows: 37 fit, 3 don't.")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    for number, column, holds in (
        ("8", "predicted_at", "yesterday"),
        ("20", "decision", "perhaps"),
        ("31", "AGEP", "old"),
    ):
        row = dialog.get_by_role("row").filter(has_text=holds).last
        await expect(row).to_contain_text(f"{number}{column}{holds}")
    assert await overflow(page) == 0
    await page.set_viewport_size(NARROW)
    await settled(page)
    assert await overflow(page) == 0
    await dialog.get_by_role("button", name="Add the rows").click()
    await expect(dialog.get_by_text("Mend the rejected rows")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert await counts(dialog.locator("dl")) == {"Taken in": "37", "There already, the same": "0", "Rejected": "3"}
    await dialog.get_by_role("button", name="Done").click()

    await choose(page, a_file(tmp_path / "mended.csv", is_mended=True))
    await dialog.get_by_role("button", name="Add the rows").click()
    await expect(dialog.get_by_text("There already, the same")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert await counts(dialog.locator("dl")) == {"Taken in": "3", "There already, the same": "37", "Rejected": "0"}
    await dialog.get_by_role("button", name="Done").click()

    await page.get_by_label("Prediction id").fill("file-30")
    await expect(page.get_by_role("cell", name="file-31")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_role("cell", name="file-30")).to_be_visible()
    await expect(page).to_have_url(re.compile("row=file-30"), timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_role("cell", name="file-31")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="CSV", exact=True).click()
    saved = await (await saving.value).path()
    ids = [line.split(",")[0].strip('"') for line in saved.read_text().splitlines()]
    assert (ids[0], [each for each in ids if each.startswith("file-3")]) == (
        "prediction_id",
        ["file-3", *(f"file-{number}" for number in range(31, 40)), "file-30"],
    )
    assert (page.problems, await violations(page)) == ([], [])  # type: ignore[attr-defined]
    await page.context.close()


async def counts(facts: Locator) -> dict[str, str]:
    """What a list of facts says."""
    names = await facts.locator("dt").all_inner_texts()
    values = await facts.locator("dd").all_inner_texts()
    return dict(zip(names, values, strict=True))
