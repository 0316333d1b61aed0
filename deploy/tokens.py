"""`steelyard token`: a short-lived token for the local stack, signed with its own key as one who holds it may."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from deploy.errors import DeployError
from deploy.standalone.postgres import Postgres
from deploy.standalone.secrets import keys
from deploy.standalone.settings import Settings
from deploy.tenants import SANDBOX
from services.gateway.domain.identity.scopes import SCOPES
from shared.core.access import Principal
from shared.kit.auth.tokens import SigningKey, sign

_TODAY = """
SELECT (now() + make_interval(secs => clock_offset_seconds)) AT TIME ZONE zone AS today
FROM gateway.tenants WHERE id = $1
"""
_HEAD = """
SELECT headship.employee_id
FROM gateway.org_headships AS headship
JOIN gateway.org_departments AS department
  ON department.tenant_id = headship.tenant_id AND department.id = headship.department_id AND NOT department.deleted
WHERE headship.tenant_id = $1
  AND headship.starts_on <= $2 AND (headship.ends_on IS NULL OR headship.ends_on > $2)
ORDER BY department.code, headship.kind DESC LIMIT 1
"""
_EMPLOYEE = """
SELECT employee.id
FROM gateway.org_employees AS employee
WHERE employee.tenant_id = $1 AND NOT employee.deleted
  AND employee.joined_on <= $2 AND (employee.left_on IS NULL OR employee.left_on > $2)
ORDER BY EXISTS (
    SELECT FROM gateway.org_headships AS headship
    WHERE headship.tenant_id = $1 AND headship.employee_id = employee.id
), employee.work_number LIMIT 1
"""
_PEOPLE = {"head": _HEAD, "employee": _EMPLOYEE}
"""How to find somebody for the roles that follow from the organisation."""


def issue(settings: Settings, *, role: str, tenant_id: UUID = SANDBOX) -> str:
    """Sign a token for `admin`, `hr`, some present `head`, some `employee`, or an `integration` with every scope."""
    principal = asyncio.run(_principal(settings, role, tenant_id))
    return sign(principal, key=SigningKey.read(keys(settings).signing), now=datetime.now(UTC))


async def _principal(settings: Settings, role: str, tenant_id: UUID) -> Principal:
    somebody = await _find(settings, role, tenant_id)
    subject = f"local-{role}"
    if role == "integration":
        return Principal(tenant_id, subject, "client", scopes=frozenset(SCOPES))
    roles = frozenset() if role in _PEOPLE else frozenset({role})
    return Principal(tenant_id, subject, "person", employee_id=somebody, roles=roles)


async def _find(settings: Settings, role: str, tenant_id: UUID) -> UUID | None:
    """Make sure that the tenant exists, and find the person for roles that need one."""
    connection = await _connect(settings)
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.tenant', $1, true)", str(tenant_id))
            now = await connection.fetchval(_TODAY, tenant_id)
            if now is None:
                raise DeployError(f"There is no tenant {tenant_id}; `make up` makes the sandbox.")
            return await _person(connection, role, tenant_id, now) if role in _PEOPLE else None
    finally:
        await connection.close()


async def _person(connection: asyncpg.Connection, role: str, tenant_id: UUID, now: datetime) -> UUID:
    found: UUID | None = await connection.fetchval(_PEOPLE[role], tenant_id, now.date())
    if found is None:
        missing = "a department has a head" if role == "head" else "there is an employee"
        raise DeployError(f"No token for `{role}` before {missing}; add one as hr (make token AS=hr).")
    return found


async def _connect(settings: Settings) -> asyncpg.Connection:
    url = settings.database_url or Postgres(settings.postgres).url
    try:
        return await asyncpg.connect(url.replace("+asyncpg", "", 1))
    except OSError:
        raise DeployError("The database does not answer; start the stack with `make up`.") from None
