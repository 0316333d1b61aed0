"""The company of the demo: 320 invented people in 8 departments, the same in every run."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from deploy.demo.staff import ARRIVALS, LEAVERS, MOVES, RATED_ON, SPLITS

SEED = 20260101
HISTORY_YEARS = (2023, 2024, 2025)
_SURNAMES = "赵钱孙李周吴郑冯褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹喻"
_GIVEN_NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英慧建国志远晓红文博思雨嘉怡子轩"


@dataclass(frozen=True, slots=True)
class Person:
    """One employee; `key` names the role in the story and is unique."""

    key: str
    work_number: str
    name: str
    department: str
    position: str
    manager: str | None
    joined_on: date


@dataclass(frozen=True, slots=True)
class Stint:
    """Days `[starts_on, ends_on)` in one position."""

    starts_on: date
    ends_on: date
    department: str
    position: str
    part: Fraction = Fraction(1)
    """Of each day."""


@dataclass(frozen=True, slots=True)
class DepartmentPlan:
    """A department of the company: its code, name, and how many people hold each position; the first one heads it."""

    code: str
    name: str
    staff: tuple[tuple[str, int], ...]

    @property
    def head(self) -> str:
        """The key of who heads it."""
        return f"{self.code}-{self.staff[0][0]}-1"


DEPARTMENTS = (
    DepartmentPlan("GM", "总经理办公室", (("general_manager", 1), ("assistant", 3))),
    DepartmentPlan("SALES", "销售部", (("manager", 1), ("seller", 10), ("assistant", 1))),
    DepartmentPlan("TELE", "电销部", (("manager", 1), ("team_lead", 5), ("telesales", 60))),
    DepartmentPlan("RISK", "风控部", (("manager", 1), ("risk_officer", 39))),
    DepartmentPlan("FIN", "财务部", (("manager", 1), ("specialist", 27))),
    DepartmentPlan("HR", "人力资源部", (("manager", 1), ("specialist", 13))),
    DepartmentPlan("TECH", "技术部", (("manager", 1), ("engineer", 79))),
    DepartmentPlan("OPS", "运营部", (("manager", 1), ("specialist", 75))),
)
POSITIONS: Mapping[str, str] = {
    "general_manager": "总经理",
    "manager": "部门经理",
    "assistant": "助理",
    "seller": "销售顾问",
    "team_lead": "电销主管",
    "telesales": "电销专员",
    "risk_officer": "风控专员",
    "specialist": "专员",
    "engineer": "工程师",
}
STORY_NAMES: Mapping[str, str] = {
    "SALES-seller-1": "王建国",
    "SALES-seller-2": "李晓红",
    "SALES-seller-3": "陈志远",
}
"""The three sellers who are shown line by line."""


@dataclass(frozen=True)
class Company:
    """The people, and what is known of each when the story begins."""

    people: tuple[Person, ...]
    """Who is there at the beginning."""
    arrivals: tuple[Person, ...]
    by_key: Mapping[str, Person] = field(repr=False)

    @cached_property
    def heads(self) -> Mapping[str, Person]:
        """The head of each department, by its code."""
        return {plan.code: self.by_key[plan.head] for plan in DEPARTMENTS}

    @property
    def everybody(self) -> tuple[Person, ...]:
        return (*self.people, *self.arrivals)

    def stints_of(self, person: Person) -> Iterator[Stint]:
        """Tell where somebody works, from joining on and for as long as is known."""
        move, split = MOVES.get(person.key), SPLITS.get(person.key)
        change, beyond = move or split, LEAVERS.get(person.key, date.max)
        yield Stint(person.joined_on, beyond if change is None else change.on, person.department, person.position)
        if move is not None:
            yield Stint(move.on, beyond, move.department, move.position)
        if split is not None:
            part = Fraction(split.part)
            yield Stint(split.on, beyond, person.department, person.position, 1 - part)
            yield Stint(split.on, beyond, split.department, split.position, part)

    def holding(self, position: str) -> Iterator[tuple[Person, Stint]]:
        """Find who holds a position, and when."""
        spells = ((person, stint) for person in self.everybody for stint in self.stints_of(person))
        return ((person, stint) for person, stint in spells if stint.position == position)

    def ratings_of(self, person: Person, metric: str, day: date) -> tuple[Decimal, ...]:
        """Give what three colleagues say on a day of a person's `teamwork` or `quality`; the mean counts."""
        about = metric if day == RATED_ON else f"{metric} {day}"
        if metric == "teamwork":
            return _around(_TEAMWORK.get(person.key) or 70 + _noise(person, about) % 26)
        return _around(68 + _noise(person, about) % 28)


_TEAMWORK: Mapping[str, int] = {"SALES-seller-1": 85, "SALES-seller-2": 90, "SALES-seller-3": 80}


def found_company() -> Company:
    """Invent everybody."""
    people = tuple(_people())
    arrivals = tuple(_arrivals(2001))
    return Company(people, arrivals, {person.key: person for person in (*people, *arrivals)})


def _arrivals(number: int) -> Iterator[Person]:
    for at, (key, arrival) in enumerate(ARRIVALS.items()):
        head = next(plan for plan in DEPARTMENTS if plan.code == arrival.department).head
        yield Person(
            key=key,
            work_number=f"E{number + at}",
            name=arrival.name,
            department=arrival.department,
            position=arrival.position,
            manager=head,
            joined_on=arrival.joined_on,
        )


def _people() -> Iterator[Person]:
    chance = random.Random(SEED)  # noqa: S311 -- invents names, keeps no secret
    number = 1000
    for plan in DEPARTMENTS:
        head = plan.head
        above = None if plan.code == "GM" else "GM-general_manager-1"
        for position, count in plan.staff:
            for index in range(1, count + 1):
                number += 1
                key = f"{plan.code}-{position}-{index}"
                invented = chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN_NAMES, 2))
                yield Person(
                    key=key,
                    work_number=f"E{number}",
                    name=STORY_NAMES.get(key, invented),
                    department=plan.code,
                    position=position,
                    manager=above if key == head else head,
                    joined_on=date(chance.randint(2014, 2022), chance.randint(1, 12), chance.randint(1, 28)),
                )


def _noise(person: Person, about: str) -> int:
    """Give a number that is always the same for the same person and subject."""
    return random.Random(f"{SEED}/{person.key}/{about}").randrange(1_000_000)  # noqa: S311 -- no secret


def _around(mean: int) -> tuple[Decimal, ...]:
    return (Decimal(mean - 5), Decimal(mean), Decimal(mean + 5))
