"""Whatever a service keeps of a company is in its export, or stands in a list that says why not."""

from importlib import import_module

import pytest
from sqlalchemy import ARRAY, LargeBinary

from deploy.migrate import SERVICES
from shared.kit.holdings.tables import Holdings
from tests.factories.installation import Installation

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("service", SERVICES)]
SHOWN_IN_HEXADECIMAL = {"audit_chains.digest", "audit_events.digest"}
"""Bytes that are neither text nor secret. What is sealed must be decided about: opened, or withheld."""
NO_PROOFS = {"identity_providers.local_passwords"}
"""Named like one, and none."""
PROOFS = ("password", "secret", "token", "digest", "private")


def holdings_of(installation: Installation, service: str) -> Holdings:
    settings = import_module(f"services.{service}.config").Settings(**installation.settings(service))
    holdings: Holdings = import_module(f"services.{service}.wiring").wire(settings).holdings
    return holdings


async def test_every_table_is_exported_or_left_out_for_a_reason(installation: Installation, service: str) -> None:
    holdings = holdings_of(installation, service)
    exported = {table.name for table in holdings.exported}
    assert exported.isdisjoint(holdings.reasons)
    assert exported | (holdings.reasons.keys() & holdings.metadata.tables.keys()) == holdings.metadata.tables.keys()
    assert holdings.left_out.keys() <= holdings.metadata.tables.keys()


async def test_what_is_withheld_is_there(installation: Installation, service: str) -> None:
    holdings = holdings_of(installation, service)
    for declared in (holdings.secrets, holdings.texts):
        for table, columns in declared.items():
            assert columns <= set(holdings.metadata.tables[table].c.keys()), table


async def test_what_might_prove_who_somebody_is_is_decided_about(installation: Installation, service: str) -> None:
    holdings = holdings_of(installation, service)
    open_bytes, open_proofs = set(), set()
    for table in holdings.exported:
        for column in table.columns:
            decided = {*holdings.secrets.get(table.name, ()), *holdings.texts.get(table.name, ())}
            kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
            name = f"{table.name}.{column.name}"
            if column.name not in decided and isinstance(kind, LargeBinary):
                open_bytes.add(name)
            if column.name not in decided and any(word in column.name for word in PROOFS):
                open_proofs.add(name)
    assert (open_bytes | open_proofs) - SHOWN_IN_HEXADECIMAL - NO_PROOFS == set()
