"""Who may do what in the performance."""

from shared.kit.auth.policy import Policy

POLICY = Policy({})
