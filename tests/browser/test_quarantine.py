"""Rows that do not fit, through a browser: seen with what is wrong, mended there, sent again, or thrown away."""

import csv
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.pages import NARROW, WIDE, go, opened, overflow, settled, violations

HEADER = "prediction_id,predicted_at,decision,score,age,plan\n"
GOOD = "".join(f"g{number},2026-03-01T12:00:00Z,stays,0.5,{20 + number},gold\n" for number in range(20))
BAD = """b1,2026-03-01T12:00:00Z,stays,0.5,old,gold
b2,yesterday,stays,0.5,31,gold
b3,2026-03-01T12:00:00Z,maybe,1.5,31,
"""
SIGNATURE: dict[str, Any] = {
    "columns": [{"name": "age", "kind": "NUMBER"}, {"name": "plan", "kind": "CATEGORY"}],
    "classes": ["leaves", "stays"],
    "positiveClass": "stays",
}
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { ... on SignInPayload { accessToken } } }"


class Sending(NamedTuple):
    """Whoever sends rows to a model of the test's own."""

    client: httpx.AsyncClient
    model: str
    version: str

    async def csv(self, rows: str) -> dict[str, Any]:
        answer = await self.client.post(
            f"/v1/versions/{self.version}/predictions",
            content=(HEADER + rows).encode(),
            headers={"content-type": "text/csv"},
        )
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
async def sending(product: Product) -> AsyncIterator[Sending]:
    async with httpx.AsyncClient(base_url=product.url) as client:

        async def act(document: str, **fields: Any) -> dict[str, Any]:
            variables = {"input": fields} if fields else {}
            answer = await client.post("/graphql", json={"query": document, "variables": variables})
            return answer.json()["data"]

        signed = await act(SIGN_IN, email=product.email, password=product.password)
        client.headers["authorization"] = f"Bearer {signed['signIn']['accessToken']}"
        projects = await act("{ projects { nodes { id } } }")
        registered = await act(
            "mutation ($input: RegisterModelInput!) {"
            " registerModel(input: $input) { ... on RegisterModelPayload { model { id } } } }",
            projectId=projects["projects"]["nodes"][0]["id"], name=f"Churn {uuid4()}",
        )  # fmt: skip
        model = registered["registerModel"]["model"]["id"]
        added = await act(
            "mutation ($input: AddVersionInput!) {"
            " addVersion(input: $input) { ... on AddVersionPayload { version { id } } } }",
            modelId=model, tag="1", signature=SIGNATURE,
        )  # fmt: skip
        yield Sending(client, model, added["addVersion"]["version"]["id"])


async def the_quarantine(browser: Browser, product: Product, sending: Sending, **options: Any) -> Page:
    page = await opened(browser, product, **options)
    await go(page, f"{product.url}/models/{sending.model}/quarantine")
    await settled(page)
    return page


async def test_a_file_with_three_kinds_of_errors_is_mended_and_sent_again(
    browser: Browser, product: Product, sending: Sending
) -> None:
    receipt = await sending.csv(GOOD + BAD)
    assert (receipt["accepted"], receipt["rejectedCount"]) == (20, 3)
    page = await the_quarantine(browser, product, sending)
    await expect(page.get_by_role("heading", name="3 rows were rejected and wait to be mended")).to_be_visible()
    await expect(page.get_by_text("must be a number, not 'old'")).to_be_visible()

    for name, cells in (
        ("b1", {"age": "41"}), ("b2", {"predicted_at": "2026-03-01T13:00:00Z"}), ("b3", {"decision": "stays"}),
    ):  # fmt: skip
        await page.get_by_role("button", name=name, exact=True).click()
        for column, text in cells.items():
            await page.get_by_label(column, exact=True).fill(text)
    await page.get_by_role("button", name="Send 3 rows again").click()
    await expect(page.get_by_text("2 rows went in. 1 row stayed, with what is wrong now.")).to_be_visible()
    await expect(page.get_by_text("must be at most 1", exact=True)).to_be_visible()

    await page.get_by_label("score", exact=True).fill("0.9")
    await page.get_by_role("button", name="Send 1 row again").click()
    await expect(page.get_by_text("1 row went in.")).to_be_visible()
    await expect(page.get_by_text("All rows that came in fit")).to_be_visible()
    assert await violations(page) == []
    await page.context.close()
    again = await sending.csv("b1,2026-03-01T12:00:00Z,stays,0.5,41,gold\n")
    assert (again["accepted"], again["duplicates"]) == (0, 1)


async def test_rows_are_thrown_away_with_a_reason_and_read_as_a_file(
    browser: Browser, product: Product, sending: Sending
) -> None:
    await sending.csv(GOOD + BAD)
    page = await the_quarantine(browser, product, sending)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download CSV").click()
    path = await (await downloading.value).path()
    table = list(csv.reader(path.read_text().splitlines()))
    assert [row[0] for row in table] == ["prediction_id", "b1", "b2", "b3"]

    await page.get_by_role("button", name="Choose these 3").click()
    await page.get_by_role("button", name="Throw away…").click()
    await page.get_by_role("dialog").get_by_label("Why are they not needed?").fill("a test")
    await page.get_by_role("dialog").get_by_role("button", name="Throw away").click()
    await expect(page.get_by_text("3 rows thrown away.")).to_be_visible()
    await page.context.close()


async def test_the_quarantine_fits_a_phone_with_a_row_open(
    browser: Browser, product: Product, sending: Sending
) -> None:
    await sending.csv(GOOD + BAD)
    page = await the_quarantine(browser, product, sending)
    await page.get_by_role("button", name="b3", exact=True).click()
    for size in (WIDE, NARROW):
        await page.set_viewport_size(size)
        await settled(page)
        assert await overflow(page) <= 0
    await page.context.close()
