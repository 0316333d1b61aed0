"""The organisation as other services see it: a copy kept from the archive's events, and rows by relation."""
