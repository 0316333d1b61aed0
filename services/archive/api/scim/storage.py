"""What scim2-server reads and writes, over the archive's queries and use cases; one of them serves one request."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from scim2_models import Resource, ResourceType, ResponseParameters, SearchRequest
from scim2_server.storage import AsyncScimStorage, SearchPage

from services.archive.api.policy import POLICY
from services.archive.api.scim.groups import group_of, member_ids
from services.archive.api.scim.people import entry_of, user_of
from services.archive.api.scim.resources import Group
from services.archive.api.scim.searches import search_of
from services.archive.domain.search import Search
from services.archive.usecases.change_group import change_group
from services.archive.usecases.change_provisioned import change_provisioned
from services.archive.usecases.ports import DirectoryQueries, Work
from services.archive.usecases.provision_department import provision_department
from services.archive.usecases.provision_employee import provision_employee
from services.archive.usecases.release_department import release_department
from services.archive.usecases.release_employee import release_employee
from shared.core.access import Grant, Principal
from shared.core.errors import Invalid, NotFound, PreconditionFailed
from shared.kit.audit import show

_SEQUENCE = re.compile(r'W/"(\d+)-')
_USER = "User"


class ArchiveStorage(AsyncScimStorage):
    def __init__(self, principal: Principal, work: Work, queries: DirectoryQueries, *, writes: bool) -> None:
        verb = "write" if writes else "read"
        self._people = POLICY.reach(principal, f"employees:{verb}")
        self._departments = POLICY.reach(principal, f"departments:{verb}")
        self._principal = principal
        self._sight = POLICY.sight(principal)
        self._work = work
        self._queries = queries

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        found = _id(resource_type, resource_id)
        if resource_type.name == _USER:
            return user_of(await self._queries.person(found, self._people, sight=self._sight))
        wanted = _wants_members(response_parameters)
        row = await self._queries.group(found, self._departments, people=self._people, members=wanted)
        return self._shown_group(group_of(row))

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,  # noqa: ANN401, ARG002 -- of cursors, which are not announced
    ) -> SearchPage:
        """Page through people, and then groups, as one collection."""
        asked, refusals = search_of(search_request), list[Invalid]()
        page = SearchPage(0, [])
        for resource_type in resource_types:
            try:
                await self._add(page, resource_type, asked, members=_wants_members(search_request))
            except Invalid as refusal:  # what one type does not know matches none of it
                refusals.append(refusal)
        if refusals and len(refusals) == len(resource_types):
            raise refusals[0]
        return page

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if resource_type.name == _USER:
            created = await provision_employee(self._work, entry_of(resource), grant=self._people_grant)
        else:
            group = _group(resource)
            created = await provision_department(
                self._work,
                name=group.display_name or "",
                external_id=group.external_id,
                members=list(member_ids(group)),
                grant=self._departments_grant,
                people=self._people,
            )
        return await self.get(resource_type, str(created))

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        found, expected = _id(resource_type, resource.id or ""), _sequence(expected_version)
        if resource_type.name == _USER:
            entry = entry_of(resource)
            await change_provisioned(self._work, found, entry, grant=self._people_grant, expected=expected)
        else:
            await self._change_group(found, _group(resource), expected)
        return await self.get(resource_type, str(found))

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        found, expected = _id(resource_type, resource_id), _sequence(expected_version)
        if resource_type.name == _USER:
            await release_employee(self._work, found, grant=self._people_grant, expected=expected)
        else:
            await release_department(self._work, found, reach=self._departments, expected=expected)

    @property
    def _people_grant(self) -> Grant:
        return Grant(self._principal, self._people)

    @property
    def _departments_grant(self) -> Grant:
        return Grant(self._principal, self._departments)

    async def _add(self, page: SearchPage, resource_type: ResourceType, asked: Search, *, members: bool) -> None:
        """Add to a page what of the next type still belongs on it."""
        before, room = page.total or 0, None if asked.limit is None else asked.limit - len(page.resources)
        here = replace(asked, offset=max(0, asked.offset - before), limit=room)
        total, found = await self._search(resource_type, here, members=members)
        page.total = before + total
        page.resources += found

    async def _search(
        self, resource_type: ResourceType, asked: Search, *, members: bool
    ) -> tuple[int, Sequence[Resource[Any]]]:
        if resource_type.name == _USER:
            total, rows = await self._queries.people(asked, self._people, sight=self._sight)
            show(row["id"] for row in rows)
            return total, [user_of(row) for row in rows]
        total, rows = await self._queries.groups(asked, self._departments, people=self._people, members=members)
        return total, [self._shown_group(group_of(row)) for row in rows]

    async def _change_group(self, department_id: UUID, group: Group, expected: int) -> None:
        """Compare with who works there now: who was moved meanwhile by somebody else is left alone."""
        row = await self._queries.group(department_id, self._departments, people=self._people, members=True)
        there, wanted = set(map(UUID, row["members"] or ())), member_ids(group)
        await change_group(
            self._work,
            department_id,
            name=group.display_name or "",
            external_id=group.external_id,
            joining=[each for each in wanted if each not in there],
            leaving=there.difference(wanted),
            grant=self._departments_grant,
            people=self._people,
            expected=expected,
        )

    @staticmethod
    def _shown_group(group: Group) -> Group:
        show(UUID(member.value) for member in group.members or ())
        return group


def _id(resource_type: ResourceType, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound.of((resource_type.name or "").lower()) from None


def _group(resource: Resource[Any]) -> Group:
    assert isinstance(resource, Group)  # noqa: S101 -- scim2-server made it of our model
    return resource


def _sequence(version: str | None) -> int:
    """Read the part of a version that the archive counts; scim2-server compares the whole before."""
    found = _SEQUENCE.match(version or "")
    if found is None:
        raise PreconditionFailed("version_changed", "Somebody has changed this since you read it; read it again.")
    return int(found[1])


def _wants_members(asked: ResponseParameters[Any] | None) -> bool:
    if asked is None:
        return True
    wanted = {str(path).lower() for path in asked.attributes or ()}
    unwanted = {str(path).lower() for path in asked.excluded_attributes or ()}
    return "members" not in unwanted and (not wanted or any(path.startswith("members") for path in wanted))
