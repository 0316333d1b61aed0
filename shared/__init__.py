"""Plumbing, contracts and error kinds shared by the services; no business rule lives here."""
