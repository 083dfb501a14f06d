"""Invitations: by address and role, for seven days, for one person; what is refused leaks nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import replace

from cdt.commands import tenancy
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.kernel import Command, Sealed, Tenant, derived_id
from cdt.domain.tenancy.roles import Role
from cdt.vault import people
from tests.api import Api, Someone, a_system_command, global_id
from tests.graphql.tenancy_operations import do, done, link_of, member_id, organization_of

RECEIVED = "query ($asOf: AsOf) { receivedInvitations(asOf: $asOf) { nodes { id organizationName role state } } }"
MADE = """query ($id: ID!, $asOf: AsOf) {
  organization(id: $id, asOf: $asOf) { invitations { nodes { id state email invitee invitedBy { name } } } }
}"""
BY_LINK = "query ($link: String!) { invitation(link: $link) { organizationName role state email } }"
UNKNOWN = ("NOT_FOUND", "There is no such invitation, or you may not see it.")


async def a_person(api: Api) -> Someone:
    return await api.make_owner(f"person{uuid4().hex[:8]}")


async def invited(api: Api, email: str, role: str = "MEMBER", *, by: Someone | None = None) -> tuple[str, str]:
    """The ids of a new invitation, and its link."""
    by = by or api.owner
    organization = organization_of(by)
    made = await done(api, "inviteMember", by=by, organizationId=organization, email=email, role=role)
    return made["invitation"]["id"], link_of(api, organization, made["invitation"]["id"])


async def test_whoever_is_invited_sees_it_and_joins_by_the_link(api: Api) -> None:
    carol = await a_person(api)
    assert carol.email is not None
    invitation, link = await invited(api, f" {carol.email.upper()} ")
    shown = {"id": invitation, "organizationName": "ada's organization", "role": "MEMBER", "state": "OPEN"}
    assert (await api.ask(RECEIVED, by=carol))["receivedInvitations"]["nodes"] == [shown]
    assert (await api.ask(BY_LINK, {"link": f"http://127.0.0.1/invitation#{link}"}, by=carol))["invitation"] == {
        "organizationName": "ada's organization", "role": "MEMBER", "state": "OPEN", "email": carol.email.upper(),
    }  # fmt: skip

    answer = await done(api, "acceptInvitation", by=carol, link=link)

    assert answer["organization"]["viewerRole"] == "MEMBER"
    names = (await api.ask("{ projects { nodes { name } } }", by=carol))["projects"]["nodes"]
    assert {"name": "ada's project"} in names
    assert (await api.ask(RECEIVED, by=carol))["receivedInvitations"]["nodes"] == [{**shown, "state": "ACCEPTED"}]
    assert (await done(api, "acceptInvitation", by=carol, link=link))["position"] is None


async def test_an_invitation_that_was_used_brings_nobody_back(api: Api) -> None:
    carol = await a_person(api)
    _, link = await invited(api, carol.email or "")
    await done(api, "acceptInvitation", by=carol, link=link)
    await done(api, "removeMember", memberId=member_id(carol, api.owner.organization_id))

    answer = await do(api, "acceptInvitation", by=carol, link=link)

    assert (answer["code"], answer["message"]) == (
        "CONFLICT", "This invitation was accepted before and can't be used again: ask for another one.",
    )  # fmt: skip
    await invited(api, carol.email or "")


async def test_an_invitation_for_another_address_is_refused_without_telling_the_address(api: Api) -> None:
    carol, dave = await a_person(api), await a_person(api)
    invitation, link = await invited(api, carol.email or "")

    for name in ("acceptInvitation", "declineInvitation"):
        answer = await do(api, name, by=dave, link=link)
        assert (answer["code"], answer["message"]) == (
            "CONFLICT", "This invitation is for another address: sign in with the one that it was sent to.",
        )  # fmt: skip
    assert (await api.ask(RECEIVED, by=dave))["receivedInvitations"]["nodes"] == []
    answer = await do(api, "declineInvitation", by=dave, invitationId=invitation)
    assert (answer["code"], answer["message"]) == UNKNOWN
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await api.ask(node, {"id": invitation}, by=dave))["node"] is None
    assert (await api.ask(node, {"id": invitation}, by=carol))["node"] == {"id": invitation}


async def test_a_forged_link_is_answered_as_an_unknown_one(api: Api) -> None:
    carol = await a_person(api)
    _, link = await invited(api, carol.email or "")
    organization, invitation, token = link.split(".")
    forged = [
        "", ".", "..", "a.b.c", link[:-1], f"{link}x", f"{organization}.{invitation}.{'0' * 32}",
        f"{organization}.{uuid4()}.{token}", f"{uuid4()}.{invitation}.{token}", f"{invitation}.{organization}.{token}",
        f"{organization}.{invitation}.", f"{organization}.{invitation}.{'é' * 32}", "x" * 10_000, f"{link}.{token}",
    ]  # fmt: skip
    for text in forged:
        for name in ("acceptInvitation", "declineInvitation"):
            answer = await do(api, name, by=carol, link=text)
            assert (answer["code"], answer["message"]) == UNKNOWN, text
        assert (await api.ask(BY_LINK, {"link": text}, by=carol))["invitation"] is None


async def test_without_signing_in_there_is_nothing(api: Api) -> None:
    _, link = await invited(api, (await a_person(api)).email or "")

    answer = (await api.post(BY_LINK, {"link": link})).json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    program = await api.make_key()
    assert (await do(api, "acceptInvitation", by=program, link=link))["code"] == "FORBIDDEN"


async def test_what_was_declined_or_withdrawn_is_over(api: Api) -> None:
    carol = await a_person(api)
    first, link = await invited(api, carol.email or "")
    assert (await done(api, "withdrawInvitation", invitationId=first))["invitation"]["state"] == "WITHDRAWN"
    refused = await do(api, "acceptInvitation", by=carol, link=link)
    assert (refused["code"], refused["message"]) == ("CONFLICT", "This invitation was withdrawn: ask for another one.")

    second, link = await invited(api, carol.email or "")
    answer = await done(api, "declineInvitation", by=carol, invitationId=second)
    assert answer["invitation"]["state"] == "DECLINED"
    assert (await done(api, "declineInvitation", by=carol, link=link))["position"] is None
    assert (await do(api, "acceptInvitation", by=carol, link=link))["code"] == "CONFLICT"
    assert (await do(api, "withdrawInvitation", invitationId=second))["code"] == "CONFLICT"
    both = await do(api, "declineInvitation", by=carol, link=link, invitationId=second)
    assert (both["code"], both["path"]) == ("INVALID", ["link"])


async def test_after_seven_days_it_has_expired(api: Api) -> None:
    carol = await a_person(api)
    organization_id, invitation_id = api.owner.organization_id, uuid4()
    assert carol.email is not None
    email_hash = api.secret.name_hash("email", carol.email)
    person = derived_id("invited", email_hash)
    async with api.writer.transaction() as connection:
        key = await people.new_person(connection, api.secret, person)
    by = a_system_command(Tenant(organization_id))
    then = datetime.now(UTC) - timedelta(days=7)
    await invite_then(api, invitation_id, people.sealed(person, key, carol.email), email_hash, by, then)
    link = link_of(api, organization_of(api.owner), global_id("Invitation", invitation_id))

    refused = await do(api, "acceptInvitation", by=carol, link=link)

    assert (refused["code"], refused["message"]) == ("CONFLICT", "This invitation has expired: ask for another one.")
    states = [each["state"] for each in (await api.ask(RECEIVED, by=carol))["receivedInvitations"]["nodes"]]
    assert states == ["EXPIRED"]
    await invited(api, carol.email)


async def invite_then(
    api: Api, invitation_id: UUID, email: Sealed, email_hash: str, by: Command, then: datetime
) -> None:
    owner = api.owner.user_id
    assert owner is not None
    position = await asyncio.to_thread(
        tenancy.invite_member, api.log, api.owner.organization_id, invitation_id=invitation_id, email=email,
        email_hash=email_hash, invited=None, role=Role.VIEWER, user_id=owner, by=replace(by, at=then),
    )  # fmt: skip
    assert position is not None
    await api.settle(position)


async def test_who_is_a_member_or_invited_already_is_not_invited_again(api: Api) -> None:
    organization = organization_of(api.owner)
    fields = {"organizationId": organization, "role": "VIEWER"}
    member = await do(api, "inviteMember", **fields, email="ada@example.com")
    assert (member["code"], member["message"]) == ("CONFLICT", "This person is a member already.")
    await done(api, "inviteMember", **fields, email="new@example.com")
    again = await do(api, "inviteMember", **fields, email="NEW@example.com")
    assert (again["code"], again["message"].partition(":")[0]) == (
        "CONFLICT", "This address has an invitation that is still open",
    )  # fmt: skip
    command = {**fields, "email": "twice@example.com", "commandId": str(uuid4())}
    assert await done(api, "inviteMember", **command) == await done(api, "inviteMember", **command)


@pytest.mark.parametrize(
    "email", ["", "x", "x@", "x" * 10_000 + "@example.com", "a\x00@b.c", "a\u202e@b.c", "a@b.c\nBcc: d@e.f"]
)
async def test_an_invitation_goes_to_an_address(api: Api, email: str) -> None:
    answer = await do(api, "inviteMember", organizationId=organization_of(api.owner), email=email, role="VIEWER")

    assert (answer["code"], answer["path"]) == ("INVALID", ["email"])


async def test_only_who_manages_members_or_audits_sees_whom_the_organization_invited(api: Api) -> None:
    invitation, _ = await invited(api, (await a_person(api)).email or "")
    asked = {"id": organization_of(api.owner)}
    for role in (Role.ADMIN, Role.AUDITOR):
        nodes = (await api.ask(MADE, asked, by=await api.make_member(role)))["organization"]["invitations"]["nodes"]
        assert invitation in [each["id"] for each in nodes]
    for role in (Role.MEMBER, Role.VIEWER):
        someone = await api.make_member(role)
        assert await api.refused(MADE, asked, by=someone) == "FORBIDDEN"
        assert (await do(api, "withdrawInvitation", by=someone, invitationId=invitation))["code"] == "FORBIDDEN"
    for ids in (invitation, global_id("Invitation", uuid4()), "", api.stranger.project):
        answer = await do(api, "withdrawInvitation", by=api.stranger, invitationId=ids)
        assert (answer["code"], answer["message"]) == UNKNOWN


async def test_at_an_earlier_moment_it_was_still_open_and_the_organization_had_its_former_name(api: Api) -> None:
    carol, host = await a_person(api), await a_person(api)
    first, _ = await invited(api, carol.email or "", by=host)
    then = (await api.ask("{ recordedTime { position } }", by=host))["recordedTime"]["position"]
    name = f"renamed {uuid4()}"
    await done(api, "renameOrganization", by=host, organizationId=organization_of(host), name=name)
    await done(api, "declineInvitation", by=carol, invitationId=first)

    def of(answer: dict) -> list[tuple[str, bool]]:
        return [(each["state"], each["organizationName"] == name) for each in answer["receivedInvitations"]["nodes"]]

    assert of(await api.ask(RECEIVED, by=carol)) == [("DECLINED", True)]
    assert of(await api.ask(RECEIVED, {"asOf": then}, by=carol)) == [("OPEN", False)]
    made = await api.ask(MADE, {"id": organization_of(host), "asOf": then}, by=host)
    assert [each["state"] for each in made["organization"]["invitations"]["nodes"]] == ["OPEN"]


async def test_no_byte_of_the_address_is_stored_and_without_its_key_a_pseudonym_is_left(own_api: Api) -> None:
    api, email = own_api, "margarethe.unmistakable@example.com"
    invitation, _ = await invited(api, email)
    person = derived_id("invited", api.secret.name_hash("email", email))
    asked = {"id": organization_of(api.owner)}
    (before,) = (await api.ask(MADE, asked, by=api.owner))["organization"]["invitations"]["nodes"]
    assert (before["email"], before["invitee"], before["invitedBy"]) == (email, email, {"name": "Ada"})
    with psycopg.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        for statement in (
            "SELECT convert_from(state, 'UTF8') FROM log.cdt_events",
            "SELECT t::text FROM read.tenancy_invitations AS t",
            "SELECT t::text FROM read.tenancy_invitations_history AS t",
            "SELECT t::text FROM read.audit_entries AS t",
            "SELECT t::text FROM vault.person_keys AS t",
        ):
            rows = connection.execute(statement.encode()).fetchall()
            assert not [row for (row,) in rows if "unmistakable" in row.lower()], statement
        connection.execute("DELETE FROM vault.person_keys WHERE person = %s", (person,))

    (after,) = (await api.ask(MADE, asked, by=api.owner))["organization"]["invitations"]["nodes"]
    assert (after["email"], after["invitee"]) == (None, f"erased person {person.hex[:8]}")

    await done(api, "withdrawInvitation", invitationId=invitation)
    await invited(api, email)
    newest, oldest = (await api.ask(MADE, asked, by=api.owner))["organization"]["invitations"]["nodes"]
    assert (newest["email"], oldest["email"]) == (email, None), "a new key opens nothing that is older"
