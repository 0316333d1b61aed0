"""Repositories of the notifier: they load and lock what use cases decide about, and write in bulk what events tell."""
