"""Who may do what in the notifier."""

from shared.kit.auth.policy import Policy, Rows, Rule

_WEBHOOKS = Rule(admin=Rows.ALL, scope="webhooks:write")
_OWN = Rule(employee=Rows.OWN)

POLICY = Policy(
    {
        "webhooks:read": _WEBHOOKS,
        "webhooks:write": _WEBHOOKS,
        "notifications:read": _OWN,
        "notifications:write": _OWN,
        "reminder_rules:read": Rule(hr=Rows.ALL, admin=Rows.ALL),
        "reminder_rules:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL),
    },
)
