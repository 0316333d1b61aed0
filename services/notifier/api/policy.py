"""Who may do what in the notifier."""

from shared.kit.auth.policy import Policy

POLICY = Policy({})
