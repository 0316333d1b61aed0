"""The company of the demo: 320 invented people in 8 departments, the same in every run."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

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
class DepartmentPlan:
    """A department of the company: its code, name, and how many people hold each position; the first one heads it."""

    code: str
    name: str
    staff: tuple[tuple[str, int], ...]


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
    by_key: Mapping[str, Person] = field(repr=False)

    @cached_property
    def heads(self) -> Mapping[str, Person]:
        """The head of each department, by its code."""
        return {plan.code: self.by_key[f"{plan.code}-{plan.staff[0][0]}-1"] for plan in DEPARTMENTS}

    def holding(self, position: str) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.position == position)

    def teamwork_of(self, person: Person) -> tuple[Decimal, ...]:
        """Three colleagues' ratings of a person's teamwork, of which the mean counts."""
        return _around(_TEAMWORK.get(person.key) or 70 + _noise(person, "teamwork") % 26)

    def quality_of(self, person: Person) -> tuple[Decimal, ...]:
        """Three ratings of the quality of a person's work."""
        return _around(68 + _noise(person, "quality") % 28)


_TEAMWORK: Mapping[str, int] = {"SALES-seller-1": 85, "SALES-seller-2": 90, "SALES-seller-3": 80}


def found_company() -> Company:
    """Invent everybody."""
    people = tuple(_people())
    return Company(people, {person.key: person for person in people})


def _people() -> Iterator[Person]:
    chance = random.Random(SEED)  # noqa: S311 -- invents names, keeps no secret
    number = 1000
    for plan in DEPARTMENTS:
        head = f"{plan.code}-{plan.staff[0][0]}-1"
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
