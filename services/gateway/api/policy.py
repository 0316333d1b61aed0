"""Who may do what in the gateway."""

from shared.kit.auth.policy import Policy, Rows, Rule

POLICY = Policy(
    {
        "accounts:manage": Rule(admin=Rows.ALL),
        "api_clients:manage": Rule(admin=Rows.ALL),
        "tenant:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, auditor=Rows.ALL, scope="tenant:read"),
        "tenant:write": Rule(admin=Rows.ALL),
    },
)
