"""Repositories of the archive: they load and lock what use cases decide about."""
