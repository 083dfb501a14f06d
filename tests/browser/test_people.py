"""People and what they belong to, in a browser: invited, joined, given other roles, removed; and one's own account."""

import re
from uuid import uuid4

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.pages import (
    PATIENCE_MILLISECONDS,
    blank,
    go,
    mailed_link,
    opened,
    settled,
    sign_in,
    to_the_model,
)

PASSWORD = "a quiet long evening at sea"
expect.set_options(timeout=30_000)


async def members_of_the_organization(page: Page, product: Product) -> str:
    """Go to the first organization's members; the address of that screen."""
    await page.goto(f"{product.url}/settings")
    panel = page.get_by_role("region", name="My organization")
    await panel.get_by_role("link", name="Members and settings").click()
    await page.get_by_role("link", name="Members", exact=True).click()
    await expect(page.get_by_role("button", name="Invite")).to_be_visible()
    return page.url


async def invite(page: Page, product: Product, email: str, role: str) -> str:
    """Invite somebody on the members' screen; the link of the mail."""
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Role", exact=True).first.click()
    await page.get_by_role("option", name=role).click()
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_text(f"is on its way to {email}")).to_be_visible()
    return await mailed_link(product, email, "invitation")


async def is_offered_nothing_that_would_be_refused(page: Page) -> None:
    """A viewer looks at the model's screens, at alerts, and at where others send predictions."""
    await expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit")).to_have_count(0)
    await expect(page.get_by_text("What changed last")).to_have_count(0)
    await to_the_model(page)
    model = page.url.rpartition("/")[0]
    for tab, seen in (("versions", "Signature"), ("evaluations", "Recorded evaluations"), ("alerts", "Rules")):
        await go(page, f"{model}/{tab}")
        await expect(page.get_by_text(seen).first).to_be_visible()
        await settled(page)
        await expect(page.get_by_role("main").get_by_role("button", name="…")).to_have_count(0)
    await go(page, f"{model}/timeline")
    await expect(page.get_by_text("What happened to this model")).to_be_visible()
    await settled(page)
    await expect(page.get_by_text("Audit entries of the model itself")).to_have_count(0)
    await go(page, f"{model.partition('/models/')[0]}/welcome")
    await expect(page.get_by_text("Your role sends no predictions")).to_be_visible()
    await expect(page.get_by_role("button", name="Copy the line that sets it")).to_have_count(0)


async def test_a_newcomer_is_invited_signs_up_joins_is_given_another_role_and_removed(
    browser: Browser, product: Product
) -> None:
    email, name = f"grace-{uuid4().hex[:8]}@example.org", f"Grace {uuid4().hex[:6]}"
    owner, newcomer = await opened(browser, product), await blank(browser)
    members = await members_of_the_organization(owner, product)
    link = await invite(owner, product, email, "Viewer")
    row = owner.get_by_role("row").filter(has_text=email)
    await expect(row).to_contain_text("Open")

    await newcomer.goto(link)
    await newcomer.get_by_role("link", name="Sign up").click()
    await newcomer.get_by_label("Name").fill(name)
    await newcomer.get_by_label("Email").fill(email)
    await newcomer.get_by_role("button", name="Sign up").click()
    await expect(newcomer.get_by_text("Look at your mail")).to_be_visible()
    confirming = await newcomer.context.new_page()
    await confirming.goto(await mailed_link(product, email, "verify"))
    await confirming.locator("input[type=password]").fill(PASSWORD)
    await confirming.get_by_role("button", name="Confirm and sign in").click()
    await expect(confirming.get_by_role("heading", name="You belong to no organization yet.")).to_be_visible()
    await expect(confirming.get_by_text("1 invitation to you")).to_be_visible()
    await confirming.get_by_role("button", name="Join…").click()
    dialog = confirming.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"went to {email}")
    await dialog.get_by_label("Link of the mail").fill(link[:-1] + "~")
    await dialog.get_by_role("button", name="Join").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_role("button", name="Cancel").click()
    await newcomer.get_by_role("link", name="Back to signing in").click()  # all tabs are signed in by now

    await newcomer.get_by_role("button", name="Join").click()

    await expect(newcomer.get_by_text("You joined as a viewer.")).to_be_visible()
    await newcomer.get_by_role("link", name="See its models").click()
    await expect(newcomer.get_by_role("link", name="Employment", exact=True).first).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
    await is_offered_nothing_that_would_be_refused(newcomer)
    await newcomer.goto(members)
    await expect(newcomer.get_by_text("Your role does not show members")).to_be_visible()
    await expect(newcomer.get_by_role("link", name="Members", exact=True)).to_have_count(0)

    await owner.goto(members)
    row = owner.get_by_role("row").filter(has_text=name)
    await row.get_by_role("button", name="Change").click()
    await owner.get_by_role("menuitem", name="Change the role…").click()
    await owner.get_by_role("radio", name="Auditor").click()
    await owner.get_by_role("dialog").get_by_role("button", name="Change the role").click()
    await expect(row).to_contain_text("Auditor")
    await newcomer.goto(members)
    await expect(newcomer.get_by_role("row").filter(has_text=product.email)).to_be_visible()
    await expect(newcomer.get_by_role("button", name="Change")).to_have_count(0)

    await row.get_by_role("button", name="Change").click()
    await owner.get_by_role("menuitem", name="Remove…").click()
    await owner.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(owner.get_by_role("dialog")).to_have_count(0)
    await expect(owner.get_by_text(re.compile(r"\d+ members?$"))).to_be_visible()
    await expect(owner.get_by_role("button", name=f"Change {name}")).to_have_count(0)
    await newcomer.goto(members)
    await expect(newcomer.get_by_text("There is no such organization")).to_be_visible()
    await newcomer.goto(product.url)
    await expect(newcomer.get_by_role("heading", name="You belong to no organization yet.")).to_be_visible()
    await newcomer.goto(f"{product.url}/profile")
    await newcomer.get_by_role("button", name="Delete the account").click()
    await newcomer.get_by_role("dialog").locator("input[type=password]").fill(PASSWORD)
    await newcomer.get_by_role("button", name="Delete my account").click()
    await expect(newcomer.get_by_role("heading", name="Sign in to CDT")).to_be_visible()
    for page in (owner, newcomer):
        assert page.problems == []  # type: ignore[attr-defined]
        await page.context.close()


async def test_an_invitation_says_for_whom_it_is_and_what_became_of_it(browser: Browser, product: Product) -> None:
    email = f"alan-{uuid4().hex[:8]}@example.org"
    page = await opened(browser, product)
    members = await members_of_the_organization(page, product)
    link = await invite(page, product, email, "Member")
    await page.get_by_label("Email").fill(email)
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_role("alert")).to_contain_text("has an invitation that is still open")

    await page.goto(link)
    await expect(page.get_by_text(f"It was sent to {email}, and you are signed in as {product.email}.")).to_be_visible()
    await expect(page.get_by_role("button", name="Join")).to_have_count(0)

    await page.goto(members)
    await page.get_by_role("row").filter(has_text=email).get_by_role("button", name="Withdraw").click()
    await page.get_by_role("dialog").get_by_role("button", name="Withdraw it").click()
    await expect(page.get_by_role("row").filter(has_text=email)).to_contain_text("Withdrawn")
    for wrong, said in ((link, "This invitation was withdrawn"), (link[:-1] + "~", "This link opens nothing")):
        await page.goto("about:blank")  # another part after # alone is no other page
        await page.goto(wrong)
        await expect(page.get_by_role("heading", name=said)).to_be_visible()
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_an_organization_and_its_project_are_founded_changed_and_ended(
    browser: Browser, product: Product
) -> None:
    page, name = await opened(browser, product), f"Bureau {uuid4().hex[:6]}"
    await page.goto(f"{product.url}/settings")
    await page.get_by_role("button", name="New organization").click()
    await page.get_by_role("dialog").get_by_label("Name").fill(name)
    await page.get_by_role("button", name="Found it").click()
    await page.get_by_role("button", name="New project").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Credit")
    await page.get_by_role("button", name="Open it").click()
    await expect(page.get_by_role("heading", name="Credit")).to_be_visible()
    credit = page.url

    switch = page.get_by_label("Project", exact=True).first
    await switch.click()
    await page.get_by_role("option", name="Credit", exact=True).click()
    await expect(page.get_by_role("heading", name="No model is registered in this project yet")).to_be_visible()
    assert "?project=" in page.url
    await page.goto(product.url)  # the next visit goes on with it
    await expect(page.get_by_role("heading", name="No model is registered in this project yet")).to_be_visible()
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Alerts").click()
    await expect(page.get_by_text("Of the project\u2019s models")).to_be_visible()
    chosen = page.url.partition("?")[2]
    await go(page, f"{product.url}/audit?action=registry.ModelRegistered&{chosen}")
    await expect(page.get_by_text("No entry fits")).to_be_visible()
    await switch.click()
    await page.get_by_role("option", name="All projects").click()
    await expect(page.get_by_role("table", name="Audit entries")).to_contain_text("Employment")
    assert "project=" not in page.url
    await go(page, credit)

    await page.get_by_role("textbox", name="What it is for").fill("Who gets a loan")
    await page.get_by_role("button", name="Save: What it is for").click()
    await page.get_by_label("Days for which rows are kept").fill("400")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    policy = page.get_by_role("region", name="Trust policy of new models")
    await policy.get_by_role("button", name="Change…").click()
    await page.get_by_role("dialog").get_by_label("Threshold").fill("0.9")
    await page.get_by_role("dialog").get_by_label("Why?").fill("A loan is a serious matter")
    await page.get_by_role("button", name="Change it").click()
    await expect(policy).to_contain_text("0.90")
    await expect(policy).to_contain_text("A loan is a serious matter")
    await page.get_by_role("button", name="Archive the project").click()
    await page.get_by_role("button", name="Archive it").click()
    await expect(page.get_by_text("Restore it before you change it.")).to_be_visible()
    await expect(page.get_by_text("Who gets a loan")).to_be_visible()
    await expect(page.get_by_text("400 days")).to_be_visible()
    await page.get_by_role("button", name="Restore the project").click()
    await page.get_by_role("button", name="Delete the project").click()
    confirm = page.get_by_role("dialog").get_by_role("button", name="Delete the project")
    await expect(confirm).to_be_disabled()
    await page.get_by_role("dialog").get_by_role("textbox").fill("Credit")
    await confirm.click()
    await expect(page.get_by_text("No project yet")).to_be_visible()

    await page.get_by_role("link", name="General").click()
    await page.get_by_role("textbox", name="Domain").fill("no domain")
    await page.get_by_role("button", name="Save: Domain").click()
    await expect(page.get_by_role("alert")).to_contain_text("write a domain name such as example.org")
    await page.get_by_role("textbox", name="Name").fill(f"{name} of loans")
    await page.get_by_role("button", name="Save: Name").click()
    await expect(page.get_by_role("heading", name=f"{name} of loans")).to_be_visible()
    await page.get_by_role("button", name="Leave the organization").click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("keeps at least one owner")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Delete the organization").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill(f"{name} of loans")
    await page.get_by_role("dialog").get_by_role("button", name="Delete the organization").click()
    await expect(page.get_by_role("heading", name="You belong to")).to_be_visible()
    await expect(page.get_by_text(name)).to_have_count(0)
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_a_text_that_looks_personal_is_recorded_once_confirmed_and_redacted_for_good(
    browser: Browser, product: Product
) -> None:
    page, text = await opened(browser, product), f"Ask ada.{uuid4().hex[:6]}@example.org about it"
    organization = (await members_of_the_organization(page, product)).rpartition("/")[0]
    await go(page, f"{organization}/general")
    await page.get_by_role("textbox", name="Description").fill(text)
    await page.get_by_role("button", name="Save: Description").click()
    await expect(page.get_by_role("alert")).to_contain_text("This looks like an e-mail address")
    await page.get_by_role("button", name="Record it all the same").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.get_by_role("button", name="Save: Description")).to_be_disabled()

    await go(page, f"{product.url}/audit?action=tenancy.OrganizationDescribed")
    await page.get_by_role("table", name="Audit entries").get_by_role("button").first.click()
    entry = page.get_by_role("region", name="Organization described")
    await expect(entry).to_contain_text(text)
    await entry.get_by_role("button", name="Redact the text…").click()
    dialog = page.get_by_role("dialog", name="Redact the text")
    await expect(dialog).to_contain_text("This is for good")
    await dialog.get_by_role("button", name="Redact it for good").click()
    await expect(dialog).to_have_count(0)
    await expect(entry).to_contain_text("[redacted]")
    await expect(entry).not_to_contain_text(text)
    await expect(entry.get_by_role("button", name="Redact the text…")).to_have_count(0)
    await go(page, f"{organization}/general")
    await expect(page.get_by_role("textbox", name="Description")).to_have_value("[redacted]")
    await page.get_by_role("textbox", name="Description").fill("")
    await page.get_by_role("button", name="Save: Description").click()
    await expect(page.get_by_role("button", name="Save: Description")).to_be_disabled()
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_ones_own_account_is_changed_and_other_sessions_are_ended(browser: Browser, product: Product) -> None:
    page = await opened(browser, product)
    other = await (await browser.new_context(user_agent="Lost-Laptop/1.0")).new_page()
    await other.goto(product.url)
    await sign_in(other, product.email, product.password)
    await expect(other.get_by_role("navigation", name="Main")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("menuitem", name="Your account").click()
    await page.get_by_role("textbox", name="Name").fill("Ada Owner")
    await page.get_by_role("button", name="Change the name").click()
    await expect(page.get_by_role("button", name="Account of Ada Owner")).to_be_visible()
    await page.get_by_label("Present password").fill("not the password")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("alert")).to_contain_text("password is wrong")

    await page.get_by_role("link", name="Sessions").click()
    await expect(page.get_by_role("row").filter(has_text="This one")).to_have_count(1)
    lost = page.get_by_role("row").filter(has_text="Lost-Laptop")
    await lost.get_by_role("button", name="Sign out").click()
    await page.get_by_role("dialog").get_by_role("button", name="Sign it out").click()
    await expect(lost).to_have_count(0)

    await other.reload()
    await expect(other.get_by_role("heading", name="Sign in to CDT")).to_be_visible()
    assert page.problems == []  # type: ignore[attr-defined]
    for each in (page, other):
        await each.context.close()


async def test_the_screens_of_people_show_the_past_without_a_way_to_change_it(
    browser: Browser, product: Product
) -> None:
    page = await opened(browser, product)
    members = await members_of_the_organization(page, product)
    organization = members.rpartition("/")[0]
    await page.get_by_role("link", name="Projects", exact=True).click()
    await page.get_by_role("link", name="My project").click()
    await expect(page.get_by_role("heading", name="My project")).to_be_visible()
    project = page.url.rpartition("/")[0]
    places = [
        *(f"{organization}/{tab}" for tab in ("general", "members", "projects")),
        *(f"{project}/{tab}" for tab in ("general", "members")),
        f"{product.url}/settings",
    ]

    position = await page.evaluate("Math.floor(Date.now() / 1000)")
    moment = await page.evaluate("(seconds) => new Date((seconds - 1) * 1000).toISOString()", position)
    for place in places:
        await go(page, f"{place}?asOf={moment}")
        await expect(page.get_by_text("As known on").first).to_be_visible()
        await settled(page)
        content = page.get_by_role("main")
        await expect(
            content.get_by_role("button", name=re.compile("Save|Invite|Change|Delete|Leave|New|Archive"))
        ).to_have_count(0)
    assert page.problems == []  # type: ignore[attr-defined]
    await page.context.close()
