"""Who may do what in the connector."""

from shared.kit.auth.policy import Policy

POLICY = Policy({})
