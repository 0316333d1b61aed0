"""Tenants for tests."""

from typing import Any

from shared.contracts.tenancy import TenantChanged
from shared.core.ids import Uuid7

_ids = Uuid7()


def make_tenant(**overrides: Any) -> TenantChanged:
    fields: dict[str, Any] = {
        "tenant_id": _ids.new(),
        "sequence": 1,
        "name": "Test company",
        "zone": "Asia/Shanghai",
        "currency": "CNY",
        "locale": "zh",
        "sandbox": True,
    }
    return TenantChanged(**{**fields, **overrides})
