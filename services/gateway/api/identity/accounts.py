"""`/v1/accounts`: how people log in and what they are appointed to."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.gateway.api.deps import QueriesDep, WorkDep
from services.gateway.api.policy import POLICY
from services.gateway.domain.identity.account import Role
from services.gateway.usecases.identity.change_account import change_account
from services.gateway.usecases.identity.create_account import create_account
from services.gateway.usecases.identity.end_sessions import end_all_sessions
from shared.core.access import Grant
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="accounts")
ToManage = Annotated[Grant, POLICY.allow("accounts:manage")]
Username = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=12, max_length=200),
    Field(repr=False, json_schema_extra={"format": "password", "writeOnly": True}),
]
ShownPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False, max_length=1024),
    Field(repr=False, json_schema_extra={"format": "password"}),
]
"""As it was chosen, whatever it begins or ends with."""
Roles = Annotated[
    tuple[Role, ...],
    Field(max_length=10, description="Appointments; being a head follows from the organisation instead."),
    AfterValidator(lambda roles: tuple(sorted(set(roles)))),
]
HrDepartments = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)] | None
WorkNumber = Annotated[str, Field(min_length=1, max_length=50)]


class _PersonNamed(Body):
    employee_id: UUID | None = None
    work_number: WorkNumber | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.employee_id is not None and self.work_number is not None:
            raise PydanticCustomError("reference_count", "Name the employee by `employee_id` or by `work_number`.")
        return self


class NewAccount(_PersonNamed):
    username: Username
    password: Password
    roles: Roles = ()
    hr_departments: HrDepartments = None


class AccountPatch(_PersonNamed):
    password: Password = OMITTED
    roles: Roles = OMITTED
    hr_departments: HrDepartments = None
    active: bool = OMITTED


class AccountView(View):
    id: UUID
    username: str
    employee_id: UUID | None
    roles: list[str]
    hr_departments: list[UUID] | None
    active: bool
    created_at: datetime
    updated_at: datetime
    sequence: int


@router.get("/accounts", dependencies=[POLICY.allow("accounts:manage")])
async def list_accounts(queries: QueriesDep, page: UpdatedParams) -> Listed[AccountView]:
    return listed(await queries.accounts(page), AccountView.model_validate)


@router.get("/accounts/{account_id}", dependencies=[POLICY.allow("accounts:manage")])
async def get_account(account_id: UUID, response: Response, queries: QueriesDep) -> AccountView:
    row = await queries.account(account_id)
    return tagged(response, AccountView.model_validate(row))


@router.post("/accounts", status_code=201, dependencies=[POLICY.allow("accounts:manage")])
async def post_account(body: NewAccount, response: Response, work: WorkDep) -> AccountView:
    return tagged(response, AccountView.model_validate(await create_account(work, **body.model_dump())))


@router.delete("/accounts/{account_id}/sessions", status_code=204, dependencies=[POLICY.allow("accounts:manage")])
async def delete_account_sessions(account_id: UUID, work: WorkDep) -> None:
    """Log a person out everywhere, within seconds."""
    await end_all_sessions(work, account_id)


@router.patch("/accounts/{account_id}")
async def patch_account(
    account_id: UUID,
    body: AccountPatch,
    *,
    response: Response,
    grant: ToManage,
    work: WorkDep,
    expected: ExpectedVersion,
) -> AccountView:
    changes = body.model_dump(exclude_unset=True)
    account = await change_account(work, account_id, changes, by=grant.principal, expected=expected)
    return tagged(response, AccountView.model_validate(account))
