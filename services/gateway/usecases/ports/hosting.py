"""What is asked about operators, and by them."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.gateway.domain.hosting.operator import Operator
from shared.core.paging import Page, PageRequest, Row


class Operators(Protocol):
    """Who runs the installation."""

    async def find(self, operator_id: UUID) -> Operator | None: ...

    async def all(self) -> Sequence[Operator]: ...

    async def add(self, operator: Operator) -> None: ...

    async def save(self, operator: Operator) -> None: ...


class Companies(Protocol):
    """All companies, and whether each is open; nothing that lies inside of them."""

    async def page(self, page: PageRequest) -> Page: ...

    async def one(self, tenant_id: UUID) -> Row: ...
