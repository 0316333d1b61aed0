"""Targets and plans, until a cycle runs."""
