"""Plumbing every service stands on: database, outbox and inbox, bus, HTTP, access, organisation copy, logs."""
