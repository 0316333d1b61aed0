"""Half a year of business numbers as the company's systems hold them: CRM, telephone system, finance."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.company import SEED, Company, Person, Stint
from shared.core.decimals import largest_remainder

ZONE = ZoneInfo("Asia/Shanghai")
STARTS_ON, ENDS_ON = date(2026, 1, 1), date(2026, 7, 1)
ORDERS_EACH = 300
LEADS_EACH = 400
CALLS_A_DAY = 7
LOANS_EACH = 120
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SellerYear:
    """What a seller turns over in the half-year, and how many of the leads are won."""

    sales: Decimal
    won: int


SELLERS: Mapping[str, SellerYear] = {
    "SALES-seller-1": SellerYear(Decimal("1260000.00"), 44),
    "SALES-seller-2": SellerYear(Decimal("1730000.00"), 76),
    "SALES-seller-3": SellerYear(Decimal("1150000.00"), 84),
    "SALES-seller-4": SellerYear(Decimal("1018250.40"), 71),
    "SALES-seller-5": SellerYear(Decimal("2264900.75"), 79),
    "SALES-seller-6": SellerYear(Decimal("940310.10"), 62),
    "SALES-seller-7": SellerYear(Decimal("1402777.77"), 68),
    "SALES-seller-8": SellerYear(Decimal("1101000.00"), 73),
    "SALES-seller-9": SellerYear(Decimal("1699999.99"), 77),
    "SALES-seller-10": SellerYear(Decimal("1310420.35"), 55),
}
CRM_CODES: Mapping[str, str] = {key: f"S{number:02d}" for number, key in enumerate(SELLERS, start=1)}
"""Sellers' codes in the CRM; they mean nothing until HR links them."""
UNKNOWN_CODE_OF = "SALES-seller-3"
"""The seller whose CRM code is linked only after the first quarter has arrived."""
CORRECTIONS = 25
"""Orders whose first amount was wrong; the CRM corrects them later."""
TWICE_EVERY = 4
"""Every fourth batch of the CRM is sent twice, as after a time-out."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything one system has to say, in order of time, and corrections that follow."""

    source: str
    items: Sequence[Item]
    corrections: Sequence[Item] = ()

    def between(self, starts_on: date, ends_on: date) -> list[Item]:
        """Give the items of `[starts_on, ends_on)`."""
        return [item for item in self.items if starts_on.isoformat() <= item["occurred_at"][:10] < ends_on.isoformat()]


def crm(company: Company) -> Feed:
    """Tell the orders and leads of the ten sellers."""
    orders = [order for key in SELLERS for order in _orders(company.by_key[key])]
    wrong = {order["id"]: order for order in orders[:: len(orders) // CORRECTIONS][:CORRECTIONS]}
    first = [_as_first_entered(order) if order["id"] in wrong else order for order in orders]
    corrections = [{**order, "revision": 1} for order in wrong.values()]
    leads = [lead for key, year in SELLERS.items() for lead in _leads(company.by_key[key], CRM_CODES[key], year.won)]
    return Feed("crm", _by_time([*first, *leads]), corrections)


def telephone(company: Company) -> Feed:
    """Tell the calls of telesales, each with its minutes."""
    calls = [call for person, stint in company.holding("telesales") for call in _while(stint, _calls(person))]
    return Feed("telephone", _by_time(calls))


def finance(company: Company) -> Feed:
    """Tell the overdue amounts of each risk officer's loans."""
    loans = [loan for person, stint in company.holding("risk_officer") for loan in _while(stint, _loans(person))]
    return Feed("finance", _by_time(loans))


def _while(stint: Stint, items: Iterable[Item]) -> Iterator[Item]:
    """Keep what happens while somebody holds the position."""
    first, beyond = stint.starts_on.isoformat(), stint.ends_on.isoformat()
    return (item for item in items if first <= item["occurred_at"][:10] < beyond)


def _orders(person: Person) -> Iterator[Item]:
    chance = _chance(person, "orders")
    shares = [Decimal(chance.randint(40, 400)) for _ in range(ORDERS_EACH)]
    for number, amount in enumerate(largest_remainder(SELLERS[person.key].sales, shares), start=1):
        channel = chance.choice(["direct", "partner", "web"])
        yield {
            "id": f"SO-{CRM_CODES[person.key]}-{number:04d}",
            "measure": "order.amount",
            "employee": {"ref": CRM_CODES[person.key]},
            "value": str(amount),
            "currency": "CNY",
            "occurred_at": _moment(chance),
            "dimensions": {"channel": channel},
        }


def _as_first_entered(order: Item) -> Item:
    """Mistype the amount: one zero too many."""
    return {**order, "value": str(Decimal(order["value"]) * 10)}


def _leads(person: Person, code: str, won: int) -> Iterator[Item]:
    chance = _chance(person, "leads")
    winners = set(chance.sample(range(LEADS_EACH), won))
    for number in range(LEADS_EACH):
        created_at = _moment(chance, margin_days=20)
        yield _lead(code, f"L-{code}-{number:04d}", "lead.created", created_at)
        if number in winners:
            won_at = (datetime.fromisoformat(created_at) + timedelta(days=chance.randint(1, 19))).isoformat()
            won_lead = _lead(code, f"W-{code}-{number:04d}", "lead.won", won_at)
            yield {**won_lead, "cohort_date": created_at[:10]}


def _lead(code: str, lead_id: str, measure: str, at: str) -> Item:
    return {"id": lead_id, "measure": measure, "employee": {"ref": code}, "value": "1", "occurred_at": at}


def _calls(person: Person) -> Iterator[Item]:
    chance = _chance(person, "calls")
    diligence = 0.62 + 0.36 * chance.random()
    for day in _weekdays():
        for number in range(CALLS_A_DAY):
            if chance.random() < diligence:
                yield {
                    "id": f"C-{person.work_number}-{day:%m%d}-{number}",
                    "measure": "call.minutes",
                    "employee": {"ref": person.work_number},
                    "value": str(chance.randint(20, 60)),
                    "occurred_at": _at(day, 9 + number, chance.randrange(60)),
                }


def _loans(person: Person) -> Iterator[Item]:
    chance = _chance(person, "loans")
    care = 0.5 + chance.random()
    for number in range(LOANS_EACH):
        yield {
            "id": f"OD-{person.work_number}-{number:04d}",
            "measure": "loan.overdue_amount",
            "employee": {"ref": person.work_number},
            "value": str((Decimal(chance.randint(10_000, 90_000)) * Decimal(str(round(care, 2)))) / 100),
            "currency": "CNY",
            "occurred_at": _moment(chance),
        }


def _weekdays() -> Iterator[date]:
    day = STARTS_ON
    while day < ENDS_ON:
        if day.weekday() < 5:  # noqa: PLR2004 -- Monday to Friday
            yield day
        day += timedelta(days=1)


def _moment(chance: random.Random, *, margin_days: int = 0) -> str:
    days = (ENDS_ON - STARTS_ON).days - margin_days
    return _at(STARTS_ON + timedelta(days=chance.randrange(days)), chance.randint(9, 18), chance.randrange(60))


def _at(day: date, hour: int, minute: int) -> str:
    return datetime.combine(day, time(hour, minute), ZONE).isoformat()


def _by_time(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item["occurred_at"], item["id"]))


def _chance(person: Person, about: str) -> random.Random:
    return random.Random(f"{SEED}/{person.key}/{about}")  # noqa: S311 -- invents numbers, keeps no secret
