"""Metrics and schemes, from a draft to the rules in force."""
