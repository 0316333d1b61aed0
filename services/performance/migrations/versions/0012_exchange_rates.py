"""Exchange rates with every revision, and the currencies in which measures have come."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MONEY = """
CREATE TABLE exchange_rates (
    tenant_id uuid NOT NULL,
    base text NOT NULL,
    quote text NOT NULL,
    day date NOT NULL,
    revision integer NOT NULL,
    rate numeric,
    source text NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (tenant_id, base, quote, day, revision)
);
CREATE TABLE measure_currencies (
    tenant_id uuid NOT NULL,
    measure text NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (tenant_id, measure, currency)
);
ALTER TABLE observations NO FORCE ROW LEVEL SECURITY;
INSERT INTO measure_currencies SELECT DISTINCT tenant_id, measure, coalesce(currency, '') FROM observations;
ALTER TABLE observations FORCE ROW LEVEL SECURITY;
"""
ISOLATED = ("exchange_rates", "measure_currencies")


def upgrade() -> None:
    run_ddl(MONEY)
    isolate_tenants(*ISOLATED)
