"""Who may do what in the notifier."""

from shared.core.access import Grant
from shared.kit.auth.policy import Policy, Rows, Rule

_WEBHOOKS = Rule(admin=Rows.ALL, scope="webhooks:write")
_OWN = Rule(employee=Rows.OWN)

POLICY = Policy(
    {
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
