"""What the gateway's use cases need from outside."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.gateway.usecases.ports import audit, identity, tenancy
from shared.contracts import work
from shared.contracts.tenancy import TenantChanged


class UnitOfWork(identity.Repositories, tenancy.Repositories, audit.Repositories, work.UnitOfWork, Protocol):
    """All repositories of the gateway over one transaction."""

    def real_now(self) -> datetime:
        """Tell real time, by which credentials and tokens live, whatever a sandbox's clock says."""
        ...


Work = work.Work[UnitOfWork]
WorkOf = Callable[[UUID], Work]
"""Gives the `Work` of a tenant, for callers who are not let in yet."""
Founding = Callable[[TenantChanged], AbstractAsyncContextManager[UnitOfWork]]
"""Writes a new tenant and opens the unit of work in which it is founded."""


class Queries(identity.Queries, tenancy.Queries, audit.Queries, Protocol):
    """What routes read without a use case."""
