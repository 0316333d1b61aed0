"""The callers of the matrix: each role, and systems with and without the scope."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from services.gateway.domain.identity.scopes import SCOPES
from shared.core.access import Principal
from tests.integration.access.oracle import Audience, Caller

PEOPLE: Sequence[Caller] = (
    Caller("employee", "seller"),
    Caller("head", "head"),
    Caller("acting head", "acting"),
    Caller("former head", "former"),
    Caller("general manager", "chief"),
    Caller("hr of sales", "hr_sales", frozenset({"hr"}), confined_to=("sales",)),
    Caller("hr of sales from outside", None, frozenset({"hr"}), confined_to=("sales",)),
    Caller("hr", "hr", frozenset({"hr"})),
    Caller("admin", "admin", frozenset({"admin"})),
    Caller("admin from outside", None, frozenset({"admin"})),
    Caller("auditor", None, frozenset({"auditor"})),
    Caller("auditor who works here", "auditor", frozenset({"auditor"})),
    Caller("account of nobody who works here"),
)


def callers_of(audience: Audience) -> Sequence[Caller]:
    """Give everybody who is worth asking: people of each role, a system with the scope, and one with all others."""
    wanted = frozenset({audience.scope} if audience.scope else ())
    admitted = [Caller("client with the scope", is_system=True, scopes=wanted)] if wanted else []
    others = Caller("client with all other scopes", is_system=True, scopes=frozenset(SCOPES) - wanted)
    return (*PEOPLE, *admitted, others, Caller("client without scopes", is_system=True))


def principal_of(caller: Caller, tenant_id: UUID, ids: Mapping[str, Mapping[str, str]]) -> Principal:
    """Say the same as a token would, with the ids of a world."""
    people, departments, accounts = ids["employee"], ids["department"], ids["account"]
    confined = caller.confined_to
    return Principal(
        tenant_id=tenant_id,
        subject=accounts.get(caller.person or "") or str(uuid5(tenant_id, caller.name)),
        kind="client" if caller.is_system else "person",
        employee_id=UUID(people[caller.person]) if caller.person is not None else None,
        roles=caller.roles,
        scopes=caller.scopes,
        hr_departments=None if confined is None else tuple(UUID(departments[name]) for name in confined),
    )
