"""Who may do what in the gateway."""

from shared.kit.auth.policy import Policy

POLICY = Policy({})
