"""Who may do what in the performance."""

from shared.kit.auth.policy import Policy, Rows, Rule

POLICY = Policy(
    {
        "metrics:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, auditor=Rows.ALL, scope="metrics:read"),
        "metrics:write": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="metrics:write"),
        "schemes:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, auditor=Rows.ALL, scope="schemes:read"),
        "schemes:write": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="schemes:write"),
    },
)
