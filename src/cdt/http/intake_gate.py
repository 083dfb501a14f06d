"""Who may send rows for which version: asked once for each request, so answered from memory where it can be."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol
from uuid import UUID

from msgspec.structs import replace

from cdt.access.admission import Admission
from cdt.access.grants import Grants
from cdt.access.intake_policies import IntakePolicies
from cdt.database.reading import Reader
from cdt.domain.errors import Forbidden
from cdt.domain.tenancy.roles import Permission
from cdt.predictions.versions import Version
from cdt.readmodels import registry

MAXIMUM_KEPT = 10_000
KEPT_SECONDS = 60.0


class Gate(Protocol):
    """What the intake's routes must know of who asks."""

    async def admit(self, authorization: str | None, address: str) -> Grants | None:
        """What the bearer of a header may do, who asks from an address; None for nobody."""
        ...

    async def find_version(self, grants: Grants, version_id: UUID) -> Version | None:
        """A version in a project that the grants know, whether or not they allow to send rows for it."""
        ...

    def known(
        self, authorization: str, address: str, version_id: UUID, permission: Permission
    ) -> tuple[Grants, Version] | None:
        """Who asks and for which version, if all of it is in memory and they may; None says nothing of either."""
        ...

    def require(self, permission: Permission, grants: Grants, version: Version, address: str) -> None:
        """Raise unless the one who asks may do something with a version that they know."""
        ...


class _Kept(NamedTuple):
    version: Version
    until: float


class ReadGate:
    """The gate by admission and read models. A version doesn't change, but may be closed: it is kept for a minute."""

    def __init__(
        self,
        admission: Callable[[], Admission],
        reader: Callable[[], Reader],
        policies: Callable[[], IntakePolicies],
    ) -> None:
        """All are there once the process has started."""
        self._admission = admission
        self._policies = policies
        self._reader = reader
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()

    async def admit(self, authorization: str | None, address: str) -> Grants | None:
        """By token or key."""
        identity = await self._admission().identify(authorization, address)
        return None if identity is None else await self._admission().grants(identity)

    async def find_version(self, grants: Grants, version_id: UUID) -> Version | None:
        """From memory, or under the tenants' policy."""
        kept = self._kept.get(version_id)
        if kept is None or kept.until < time.monotonic():
            version = await self._read(grants, version_id)
            if version is None:
                return None
            self._kept[version_id] = kept = _Kept(version, time.monotonic() + KEPT_SECONDS)
            if len(self._kept) > MAXIMUM_KEPT:
                self._kept.popitem(last=False)
        version = await self._with_policy(version_id, kept)
        return version if version.project_id in grants.projects and grants.knows_model(version.model_id) else None

    def known(
        self, authorization: str, address: str, version_id: UUID, permission: Permission
    ) -> tuple[Grants, Version] | None:
        """From memory alone."""
        kept, grants = self._kept.get(version_id), self._admission().known(authorization, address)
        if grants is None or kept is None or kept.until < time.monotonic():
            return None
        version = kept.version
        if self._policies().known(version.model_id) != version.policy:
            return None
        may = grants.may(permission, version.project_id) and grants.knows_model(version.model_id)
        return (grants, version) if may else None

    async def _with_policy(self, version_id: UUID, kept: _Kept) -> Version:
        """The version with its model's present policy, which may change while the version is kept."""
        version, policies = kept.version, self._policies()
        policy = policies.known(version.model_id)
        if policy is None:
            policy = await policies.of(version.model_id, version.project_id)
        if policy != version.policy:
            version = replace(version, policy=policy)
            self._kept[version_id] = kept._replace(version=version)
        return version

    def require(self, permission: Permission, grants: Grants, version: Version, address: str) -> None:
        """A refusal is noticed."""
        try:
            grants.require(permission, version.project_id)
        except Forbidden as error:
            self._admission().notice_refusal(
                error, grants, subject="rows", address=address, organization_id=grants.projects[version.project_id]
            )
            raise

    async def _read(self, grants: Grants, version_id: UUID) -> Version | None:
        async with self._reader().at(None, grants.scope(Permission.SIGNED_IN)) as view:
            row = next(iter(await registry.versions(view, [version_id])), None)
        if row is None:
            return None
        return Version(
            version_id=row.id, project_id=row.project_id, model_id=row.model_id, signature=row.typed_signature
        )
