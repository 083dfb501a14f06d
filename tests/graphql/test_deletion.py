"""Deleting one's own account: everything that tells who somebody was is gone, everywhere and in the past too."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cdt.domain.accounts.events import ResetRequested, UserErased, VerificationRequested
from cdt.domain.kernel import NameReleased, derived_id
from cdt.vault import addresses, links, people
from tests.api import PASSWORD, Api, Someone
from tests.graphql.operations import FAILURE, act
from tests.graphql.tenancy_operations import done, member_id, organization_of
from tests.graphql.test_invitations import invited
from tests.graphql.test_joining import FORGOTTEN, OTHER, RESET, VERIFY, VOID, Newcomer
from tests.graphql.test_sessions import REFRESH, Visitor, enter

DELETE = f"""
mutation ($input: DeleteAccountInput!) {{
  deleteAccount(input: $input) {{ ... on DeleteAccountPayload {{ pseudonym position lagging }} {FAILURE} }}
}}"""
MEMBERS = """query ($id: ID!, $asOf: AsOf) {
  organization(id: $id, asOf: $asOf) { members { nodes { role email actor { name } } } }
}"""
AUDIT = "query ($asOf: AsOf) { auditLog(first: 20, asOf: $asOf) { nodes { action actor { name } } } }"


async def carol(api: Api) -> tuple[Newcomer, Visitor]:
    """Somebody who signed up, and is signed in."""
    newcomer = Newcomer(api)
    await newcomer.sign_up(name="Carol Distinctive")
    await newcomer.verify()
    like = Someone("", api.owner.organization_id, api.owner.project_id, newcomer.user_id, newcomer.email)
    return newcomer, await enter(api, like)


async def delete(who: Visitor, password: str = PASSWORD) -> dict[str, Any]:
    return await who.act(DELETE, password=password)


async def joined(api: Api, who: Visitor, role: str = "ADMIN") -> None:
    """A member of the first owner's organization."""
    _, link = await invited(api, who.someone.email or "", role)
    await done(api, "acceptInvitation", by=who.someone, link=link)


async def members(api: Api, as_of: str | None = None) -> list[tuple[str, str | None]]:
    answer = await api.ask(MEMBERS, {"id": organization_of(api.owner), "asOf": as_of}, by=api.owner)
    return [(each["actor"]["name"], each["email"]) for each in answer["organization"]["members"]["nodes"]]


async def actors(api: Api, as_of: str | None = None) -> list[tuple[str, str]]:
    nodes = (await api.ask(AUDIT, {"asOf": as_of}, by=api.owner))["auditLog"]["nodes"]
    return [(each["action"], each["actor"]["name"]) for each in nodes]


def erased(api: Api, user_id: UUID) -> bool:
    return any(isinstance(each.event, UserErased) for each in api.log.history(user_id))


async def test_whoever_deletes_the_account_is_a_pseudonym_from_then_on_in_the_past_too(api: Api) -> None:
    newcomer, visitor = await carol(api)
    await joined(api, visitor)
    await done(
        api, "describeOrganization", by=visitor.someone, organizationId=organization_of(api.owner), description="x"
    )
    assert ("Carol Distinctive", newcomer.email) in await members(api)
    before = (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]
    pseudonym = f"erased person {newcomer.user_id.hex[:8]}"

    answer = await delete(visitor)

    assert (answer["pseudonym"], answer["lagging"]) == (pseudonym, False)
    assert await visitor.is_out_soon()
    assert [name for name, _ in await members(api)] == ["Ada"]
    assert (pseudonym, None) in await members(api, before)
    for as_of in (None, before):
        assert ("tenancy.OrganizationDescribed", pseudonym) in await actors(api, as_of)
        assert "Carol" not in str(await actors(api, as_of))
    assert ("tenancy.MemberLeft", pseudonym) in await actors(api)


async def test_the_password_is_asked_for_and_a_wrong_one_deletes_nothing(api: Api) -> None:
    newcomer, visitor = await carol(api)

    answer = await delete(visitor, "not the password at all")

    assert (answer["code"], answer["message"]) == ("UNAUTHENTICATED", "The present password is wrong.")
    assert not erased(api, newcomer.user_id)
    assert await visitor.is_in()


async def test_the_last_owner_of_an_organization_is_told_of_which_and_what_to_do(api: Api) -> None:
    newcomer, visitor = await carol(api)
    await joined(api, visitor)
    names = sorted(f"Carol's {number} {uuid4().hex[:6]}" for number in range(2))
    for name in names:
        await done(api, "createOrganization", by=visitor.someone, name=name)

    answer = await delete(visitor)

    assert answer["code"] == "CONFLICT"
    before, after = answer["message"].split(": ")
    assert sorted(before.removeprefix("You are the last owner of ").split(", ")) == names
    assert after == "first make another member an owner there, or delete the organization."
    assert not erased(api, newcomer.user_id)
    assert ("Carol Distinctive", newcomer.email) in await members(api)  # nothing was left half
    await done(api, "removeMember", memberId=member_id(visitor.someone))


async def test_an_address_is_free_then_for_somebody_else(api: Api) -> None:
    newcomer, visitor = await carol(api)
    await delete(visitor)
    email_hash = api.secret.name_hash("email", newcomer.email)

    assert (await newcomer.sign_in())["code"] == "UNAUTHENTICATED"
    before = api.log.history(newcomer.user_id)
    assert await newcomer.sign_up(name="Somebody else") == {
        "message": "Follow the link in the mail that was sent to this address."
    }

    class Second(Newcomer):
        user_id = derived_id("user", email_hash, 1)

    second = Second(api)
    second.email = newcomer.email
    await second.verify()
    viewer = (await second.sign_in())["viewer"]
    assert (viewer["name"], viewer["email"]) == ("Somebody else", newcomer.email)
    assert api.log.history(newcomer.user_id) == before
    released = api.log.history(derived_id("name", "email", email_hash))
    assert [type(each.event) for each in released][1] is NameReleased


async def test_nothing_in_the_vault_admits_or_opens_what_is_of_an_erased_person(api: Api) -> None:
    newcomer, visitor = await carol(api)
    await joined(api, visitor)
    await delete(visitor)

    async with api.writer.transaction() as connection:
        email_hash = api.secret.name_hash("email", newcomer.email)
        invited_person = derived_id("invited", email_hash)
        assert await addresses.user_of(connection, email_hash) is None
        assert await people.keys_of(connection, api.secret, [newcomer.user_id, invited_person]) == {}
    renewed = await act(api, REFRESH, by=None, refreshToken=visitor.tokens["refreshToken"])
    assert renewed["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("purpose", ["verify", "reset"])
async def test_a_link_of_an_erased_person_is_void(api: Api, purpose: str) -> None:
    newcomer, visitor = await carol(api)
    await act(api, FORGOTTEN, by=None, email=newcomer.email)
    await delete(visitor)

    if purpose == "verify":
        link = newcomer.link(links.VERIFY_EMAIL, newcomer.asked(VerificationRequested)[-1])
        answer = await act(api, VERIFY, by=None, link=link, password=OTHER)
    else:
        link = newcomer.link(links.RESET_PASSWORD, newcomer.asked(ResetRequested)[-1])
        answer = await act(api, RESET, by=None, link=link, newPassword=OTHER)
    assert answer == VOID


async def test_a_program_has_no_account_to_delete(api: Api) -> None:
    answer = await act(api, DELETE, by=await api.make_key(), password=PASSWORD)

    assert answer["code"] == "FORBIDDEN"
