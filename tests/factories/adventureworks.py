"""The AdventureWorks sample as plain rows: 290 people, 16 departments, quarterly quotas, 3,806 orders."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

QUARTERS = tuple(
    (
        date(2022 + (6 + 3 * index) // 12, (6 + 3 * index) % 12 + 1, 1),
        date(2022 + (9 + 3 * index) // 12, (9 + 3 * index) % 12 + 1, 1),
    )
    for index in range(12)
)
"""`[starts_on, ends_on)` of quarter 0 (2022-07-01) to quarter 11 (up to 2025-07-01)."""


@dataclass(frozen=True, slots=True)
class Spell:
    department: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class Worker:
    number: str
    login: str
    title: str
    manager: str | None
    level: int
    spells: tuple[Spell, ...]
    """In order of time; each lasts until the next begins."""


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    seller: str
    quarter: int
    month: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """One line of a purchase order, as it arrived."""

    number: str
    buyer: str
    ordered_on: date
    amount: Decimal
    received: Decimal
    rejected: Decimal


@dataclass(frozen=True)
class AdventureWorks:
    folder: Path

    @cached_property
    def departments(self) -> Mapping[str, str]:
        """Names by id."""
        return {row["DepartmentID"]: row["Name"] for row in self._rows("Department")}

    @cached_property
    def workers(self) -> tuple[Worker, ...]:
        """Managers before those they manage."""
        spells: dict[str, list[Spell]] = defaultdict(list)
        for row in self._rows("EmployeeDepartmentHistory"):
            starts_on = date.fromisoformat(row["StartDate"])
            spells[row["BusinessEntityID"]].append(Spell(row["DepartmentID"], starts_on))
        workers = [
            Worker(
                number=row["BusinessEntityID"],
                login=row["LoginID"],
                title=row["JobTitle"],
                manager=row["ManagerID"] or None,
                level=int(row["OrganizationLevel"] or 0),
                spells=tuple(sorted(spells[row["BusinessEntityID"]], key=lambda spell: spell.starts_on)),
            )
            for row in self._rows("Employee")
        ]
        return tuple(sorted(workers, key=lambda worker: (worker.level, int(worker.number))))

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        return tuple(
            Order(
                number=row["SalesOrderID"],
                seller=row["SalesPersonID"],
                quarter=int(row["quarter_index"]),
                month=row["order_month"],
                amount=Decimal(row["SubTotal"]),
            )
            for row in self._rows("SalesOrders_by_salesperson")
        )

    @cached_property
    def purchases(self) -> tuple[Purchase, ...]:
        orders = {row["PurchaseOrderID"]: row for row in self._rows("PurchaseOrderHeader")}
        return tuple(
            Purchase(
                number=f"{row['PurchaseOrderID']}-{row['PurchaseOrderDetailID']}",
                buyer=orders[row["PurchaseOrderID"]]["EmployeeID"],
                ordered_on=date.fromisoformat(orders[row["PurchaseOrderID"]]["OrderDate"][:10]),
                amount=Decimal(row["LineTotal"]),
                received=Decimal(row["ReceivedQty"]),
                rejected=Decimal(row["RejectedQty"]),
            )
            for row in self._rows("PurchaseOrderDetail")
        )

    @cached_property
    def quotas(self) -> Mapping[tuple[str, int], Decimal]:
        """By seller and quarter."""
        return {
            (row["SalesPersonID"], int(row["quarter_index"])): Decimal(row["SalesQuota"])
            for row in self._rows("SalesQuota_vs_actual")
        }

    @cached_property
    def year_to_date(self) -> Mapping[str, Decimal]:
        """What the sample itself says each seller sold in the last four quarters."""
        return {row["BusinessEntityID"]: Decimal(row["SalesYTD"]) for row in self._rows("SalesPerson")}

    def _rows(self, table: str) -> Iterator[dict[str, str]]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def last_day(ends_on: date) -> date:
    """Tell the last day inside a half-open period."""
    return ends_on - timedelta(days=1)
