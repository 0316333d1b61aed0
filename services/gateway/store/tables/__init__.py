"""The gateway's tables; `migrations/` creates the same ones, which a test compares."""

from services.gateway.store.tables import audit, federation, hosting, identity, quotas
from services.gateway.store.tables.base import kit, metadata, org

__all__ = ["EXEMPT", "audit", "federation", "hosting", "identity", "kit", "metadata", "org", "quotas"]

EXEMPT = frozenset(
    {
        *("accounts", "api_clients", "client_keys", "used_assertions", "login_attempts", "operators"),
        *("quota_windows", "audit_chains"),
    }
)
"""Tables that no tenant predicate guards: credentials are read before the tenant is known, operators and counts belong
to none, and the ends of audit logs, which hold digests and numbers, are looked at across tenants."""

SECRETS = {
    "identity_providers": frozenset({"client_secret"}),
    "authorization_codes": frozenset({"digest"}),
    "accounts": frozenset({"password_hash"}),
    "client_keys": frozenset({"digest"}),
    "sessions": frozenset({"token_digest", "previous_digest"}),
    "second_factors": frozenset({"secret", "recovery_digests", "last_step"}),
}
"""Columns by which somebody proves who they are."""
LEFT_OUT = {
    "used_assertions": "digests of what was shown once and is not accepted again; of no company",
    "login_attempts": "how often log-ins have failed, by digests; of no company",
    "operators": "who runs the installation; of no company",
    "quota_windows": "how often somebody has asked in the last minutes",
}
"""Tables that no export has."""
TRACES = (
    "DELETE FROM used_assertions WHERE client_id IN (SELECT id FROM api_clients WHERE tenant_id = $1)",
    "DELETE FROM revocations WHERE principal IN (SELECT id::text FROM accounts WHERE tenant_id = $1)",
    "DELETE FROM revocations WHERE principal IN (SELECT id::text FROM api_clients WHERE tenant_id = $1)",
    "DELETE FROM quota_windows WHERE key LIKE $1::text || '/%'",
)
"""What else tells of a company, and how to erase it."""
