"""Who are you: log-ins, tokens, accounts, clients and keys."""
