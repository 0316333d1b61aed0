"""Who may do what in the performance engine."""

from dataclasses import replace

from shared.kit.auth.policy import Policy, Rows, Rule
from shared.kit.http.exporting import ACTION, TO_EXPORT

_OF_PEOPLE = Rule(employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="scores:read")
"""What is about a person: seen by that person, the heads above, HR in its scope."""
POLICY = Policy(
    {
        ACTION: TO_EXPORT,
        # The archive's own rules: what an id stands for is shown to who may read that there.
        "employees:read": replace(_OF_PEOPLE, scope="employees:read"),
        "departments:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="employees:read"),
        # As there, why others are away is for HR alone.
        "leave_kinds:read": Rule(hr=Rows.HR_SCOPE),
        "metrics:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="metrics:read"),
        "metrics:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="metrics:write"),
        "exchange_rates:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="exchange_rates:write"),
        "exchange_rates:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="exchange_rates:write"),
        "schemes:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="schemes:read"),
        "schemes:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="schemes:write"),
        "cycles:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="cycles:read"),
        "cycles:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="cycles:write"),
        "targets:read": replace(_OF_PEOPLE, scope="cycles:read"),
        "targets:write": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="cycles:write"),
        "plans:read": replace(_OF_PEOPLE, employee=None, scope="cycles:read"),
        "plans:submit": Rule(head=Rows.HEADED),
        "plans:decide": Rule(head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "scores:read": _OF_PEOPLE,
        "revisions:read": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "revisions:decide": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "applicability:propose": Rule(head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "applicability:approve": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "score_runs:read": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="scores:read"),
        "score_runs:retry": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL),
        "observation_uses:read": replace(_OF_PEOPLE, scope="observations:read"),
        "simulations:read": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="schemes:read"),
        "simulations:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="schemes:write"),
        "calibrations:read": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "calibrations:write": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL),
        "distribution_policies:read": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="cycles:read"),
        "distribution_policies:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="cycles:write"),
        "distributions:read": replace(_OF_PEOPLE, employee=None),
        "recommendations:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="scores:read"),
        "recommendations:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL),
        "feedback:read": _OF_PEOPLE,
        "feedback:write": Rule(head=Rows.HEADED),
        "improvement_plans:read": _OF_PEOPLE,
        "improvement_plans:write": Rule(employee=Rows.OWN),
        "improvement_plans:accept": Rule(head=Rows.HEADED),
        "tasks:read": Rule(employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL),
    },
)
