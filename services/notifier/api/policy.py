"""Who may do what in the notifier."""

from collections.abc import Mapping

from shared.core.access import Grant
from shared.kit.auth.policy import Policy, Rows, Rule
from shared.kit.http.exporting import ACTION, TO_EXPORT

_WEBHOOKS = Rule(admin=Rows.ALL, scope="webhooks:write")
_OWN = Rule(employee=Rows.OWN)


def _everybody(scope: str) -> Rule:
    return Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope=scope)


def _of_people(scope: str) -> Rule:
    return Rule(employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope=scope)


_READ_ELSEWHERE: Mapping[str, Rule] = {
    "business_targets:read": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="business_targets:write"),
    "calendar:read": _everybody("employees:read"),
    "connections:read": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="observations:read"),
    "cycles:read": _everybody("cycles:read"),
    "departments:read": _everybody("employees:read"),
    "employees:read": _of_people("employees:read"),
    "feedback:read": _of_people("scores:read"),
    "improvement_plans:read": _of_people("scores:read"),
    "metrics:read": _everybody("metrics:read"),
    "observations:read": _of_people("observations:read"),
    "plans:read": Rule(head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="cycles:read"),
    "positions:read": _everybody("employees:read"),
    "records:read": _of_people("records:read"),
    "revisions:read": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL),
    "schemes:read": _everybody("schemes:read"),
    "score_runs:read": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="scores:read"),
    "scores:read": _of_people("scores:read"),
    "targets:read": _of_people("cycles:read"),
    "tenant:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, auditor=Rows.ALL, scope="tenant:read"),
}
"""What the services say of their own resources, which a test compares: the feed shows no change to anybody else."""

READ_BY: Mapping[str, str] = {
    "business-targets": "business_targets:read",
    "calendar": "calendar:read",
    "connections": "connections:read",
    "cycles": "cycles:read",
    "departments": "departments:read",
    "employees": "employees:read",
    "feedback": "feedback:read",
    "improvement-plans": "improvement_plans:read",
    "metrics": "metrics:read",
    "observations": "observations:read",
    "plans": "plans:read",
    "positions": "positions:read",
    "records": "records:read",
    "reports": "scores:read",
    "revisions": "revisions:read",
    "schemes": "schemes:read",
    "score-runs": "score_runs:read",
    "scorecards": "scores:read",
    "targets": "targets:read",
    "tenant": "tenant:read",
}
"""By resource of the feed the action that reads it."""

POLICY = Policy(
    {
        ACTION: TO_EXPORT,
        **_READ_ELSEWHERE,
        "webhooks:read": _WEBHOOKS,
        "webhooks:write": _WEBHOOKS,
        # Full bodies carry scores, so that only who may read these decides where such bodies go.
        "webhooks:disclose": Rule(admin=Rows.ALL, scope="scores:read"),
        "notifications:read": _OWN,
        "notifications:write": _OWN,
        "reminder_rules:read": Rule(hr=Rows.ALL, admin=Rows.ALL),
        "reminder_rules:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL),
    },
)


def may_disclose(grant: Grant) -> bool:
    """Tell whether a caller decides where scores go."""
    return POLICY.reach(grant.principal, "webhooks:disclose").everything
