"""The performance engine: one fixed procedure from goals to graded reports, and scores that compute themselves."""
