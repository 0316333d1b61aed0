"""The policy's decisions: deny by default, and the union of what every role reaches."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared.core.access import Principal, Reach
from shared.core.errors import Forbidden
from shared.kit.auth.audience import audience_of
from shared.kit.auth.policy import Policy, Rows, Rule

TENANT, ME, SALES = uuid4(), uuid4(), uuid4()


def person(*roles: str, employee_id: UUID | None = ME, hr_departments: tuple[UUID, ...] | None = None) -> Principal:
    return Principal(TENANT, "me", "person", employee_id, frozenset(roles), frozenset(), hr_departments)


def client(*scopes: str) -> Principal:
    return Principal(TENANT, "system", "client", scopes=frozenset(scopes))


READ = Rule(employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="scores:read")


@pytest.mark.parametrize(
    ("principal", "reach"),
    [
        (person(), Reach(own=ME, headed_by=ME)),
        (person("hr"), Reach(everything=True)),
        (person("hr", hr_departments=(SALES,)), Reach(own=ME, headed_by=ME, departments=(SALES,))),
        (person("hr", hr_departments=(SALES,), employee_id=None), Reach(departments=(SALES,))),
        (person("admin", employee_id=None), Reach(everything=True)),
        (client("scores:read"), Reach(everything=True)),
    ],
)
def test_rows_of_every_role_are_united(principal: Principal, reach: Reach) -> None:
    assert Policy.decide(principal, READ).reach == reach


@pytest.mark.parametrize(
    "principal",
    [
        person(employee_id=None),
        person("auditor", employee_id=None),
        person("made_up", employee_id=None),
        person("hr", hr_departments=(), employee_id=None),
        client(),
        client("scores:write"),
    ],
)
def test_whoever_reaches_nothing_is_refused(principal: Principal) -> None:
    with pytest.raises(Forbidden):
        Policy.decide(principal, READ)


def test_who_is_confined_to_departments_decides_nothing_for_the_whole_company() -> None:
    whole = Rule(hr=Rows.HR_COMPANY)
    assert Policy.decide(person("hr"), whole).reach == Reach(everything=True)
    with pytest.raises(Forbidden):
        Policy.decide(person("hr", hr_departments=(SALES,)), whole)


def test_a_system_gains_nothing_by_claiming_a_role() -> None:
    sly = Principal(TENANT, "system", "client", ME, frozenset({"admin", "hr"}))
    with pytest.raises(Forbidden):
        Policy.decide(sly, READ)


def test_an_action_without_a_rule_fails_when_it_is_asked_for() -> None:
    with pytest.raises(KeyError):
        Policy({}).allow("scores:read")


def test_what_is_for_everybody_with_an_account_needs_neither_a_role_nor_an_employee_and_is_for_no_system() -> None:
    own = Rule(person=Rows.ALL)
    assert Policy.decide(person(employee_id=None), own).reach == Reach(everything=True)
    assert (own.personal, audience_of(own)) == (False, "For everybody with an account.")
    for stranger in (client("sessions:own"), replace(person(employee_id=None), kind="operator")):
        with pytest.raises(Forbidden):
            Policy.decide(stranger, own)
