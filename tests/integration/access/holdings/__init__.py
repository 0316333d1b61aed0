"""Whole companies in all five services: given away, kept apart, erased."""
