"""From nothing to a second person's first prediction: signed up, invited, joined, and sent with the project's key."""

import shlex
from typing import Any

import httpx
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.pages import PATIENCE_MILLISECONDS, blank, mailed_link
from tests.browser.test_keys import make

FOUNDER, COLLEAGUE = "mary@example.net", "katherine@example.net"
PASSWORD = "a quiet long evening at sea"


async def sign_up(page: Page, product: Product, name: str, email: str) -> None:
    """Fill the form that is open, and follow the mail's link."""
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Email").fill(email)
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await page.goto(await mailed_link(product, email, "verify"))
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Confirm and sign in").click()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)


async def run(page: Page, what: str, *, token: str) -> Any:
    """Send what a command of the page sends, as it stands there, and answer what came."""
    command = await page.get_by_label(what, exact=True).inner_text()
    program, address, *options = shlex.split(command.replace("$CDT_TOKEN", token).replace("\\\n", " "))
    given = list(zip(options[::2], options[1::2], strict=True))
    assert (program, {name for name, _ in given}) == ("curl", {"-H", "-d"})
    headers = dict(text.split(": ", 1) for name, text in given if name == "-H")
    async with httpx.AsyncClient() as client:
        answer = await client.post(address, headers=headers, content=dict(given)["-d"])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def own_token(page: Page) -> str:
    """That of the one who is signed in, as the page lets it be copied."""
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy the line that sets it").click()
    line = str(await page.evaluate("navigator.clipboard.readText()"))
    return line.removeprefix("export CDT_TOKEN=")


async def test_a_second_person_sends_the_first_prediction_with_the_projects_key(
    browser: Browser, product: Product
) -> None:
    founder, colleague = await blank(browser), await blank(browser)
    await founder.goto(f"{product.url}/sign-up")
    await sign_up(founder, product, "Mary Jackson", FOUNDER)
    await founder.goto(f"{product.url}/settings")
    await founder.get_by_role("button", name="New organization").first.click()
    await founder.get_by_role("dialog").get_by_label("Name").fill("Wind Tunnels")
    await founder.get_by_role("button", name="Found it").click()
    await founder.get_by_role("button", name="New project").click()
    await founder.get_by_role("dialog").get_by_label("Name").fill("Supersonic")
    await founder.get_by_role("button", name="Open it").click()
    await expect(founder.get_by_role("heading", name="Supersonic")).to_be_visible()
    await founder.get_by_role("link", name="Wind Tunnels").first.click()
    await founder.get_by_role("link", name="Members", exact=True).click()
    await founder.get_by_label("Email").fill(COLLEAGUE)
    await founder.get_by_label("Role", exact=True).first.click()
    await founder.get_by_role("option", name="Admin").click()
    await founder.get_by_role("button", name="Invite").click()
    await expect(founder.get_by_text(f"is on its way to {COLLEAGUE}")).to_be_visible()

    invitation = await mailed_link(product, COLLEAGUE, "invitation")
    await colleague.goto(invitation)
    await colleague.get_by_role("link", name="Sign up").click()
    await sign_up(colleague, product, "Katherine Johnson", COLLEAGUE)
    await colleague.goto("about:blank")
    await colleague.goto(invitation)
    await colleague.get_by_role("button", name="Join").click()
    await expect(colleague.get_by_text("You joined as an admin.")).to_be_visible()
    await colleague.goto(f"{product.url}/settings")
    await colleague.get_by_role("link", name="Supersonic").click()
    await colleague.get_by_role("link", name="API keys").click()
    key = await make(colleague, "the scoring service")
    await colleague.goto(f"{product.url}/welcome")
    await colleague.get_by_label("Name").fill("Stall")
    await colleague.get_by_role("button", name="Register", exact=True).click()
    own = await own_token(colleague)
    assert "errors" not in await run(colleague, "add a version", token=own)
    await expect(colleague.get_by_text("Stall has version 1.0")).to_be_visible(timeout=PATIENCE_MILLISECONDS)

    receipt = await run(colleague, "send a prediction", token=key)

    assert (receipt["accepted"], receipt["rejectedCount"]) == (1, 0)
    await expect(colleague.get_by_text("1 prediction arrived")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await founder.goto(product.url)
    await founder.get_by_role("link", name="Stall", exact=True).first.click(timeout=PATIENCE_MILLISECONDS)
    await expect(founder.get_by_text("Intake, live")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(founder.get_by_text("Calls that succeeded")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(founder.get_by_text("1.000", exact=True)).to_be_visible()
    for page in (founder, colleague):
        assert page.problems == []  # type: ignore[attr-defined]
        await page.context.close()
