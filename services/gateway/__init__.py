"""The gateway: tenants, accounts, tokens, and one unified API over all services."""
