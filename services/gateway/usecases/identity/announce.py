"""A tenant as the event that carries it."""

from services.gateway.domain.tenant import Tenant
from shared.contracts.tenancy import TenantChanged


def tenant_changed(tenant: Tenant) -> TenantChanged:
    """Describe a tenant as it now is."""
    return TenantChanged(
        tenant_id=tenant.id,
        sequence=tenant.sequence,
        name=tenant.name,
        status=tenant.status,
        zone=tenant.zone,
        currency=tenant.currency,
        locale=tenant.locale,
        sandbox=tenant.sandbox,
        clock_offset_seconds=tenant.clock_offset_seconds,
    )
