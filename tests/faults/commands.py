"""What changes beside observations: targets, rules, people, departments, codes, the clock, a cycle that closes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from tests.faults.chance import chances
from tests.faults.client import Json, Refuted
from tests.faults.company import CLOCK, COMPANY_TARGET, Company, hire, scheme_of, set_clock, set_company_target
from tests.faults.ledger import Ledger
from tests.faults.narrator import Narrator

MOST_HIRES = 12
"""Newcomers of a run; each moves everybody's share of the company's target."""


ASKED_AGAIN = 0.4
"""How often a change is asked for twice under one key."""


class NotTheSame(Refuted):
    """The same request under the same key was answered otherwise: it had its effect twice."""


class WentBack(Refuted):
    """An answer showed less than one that was given before it: what was shown was lost."""


@dataclass
class Commands:
    """One change at a time of each kind, so that the last acknowledged one is known to hold."""

    company: Company
    ledger: Ledger
    seed: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    closing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while rules change or a cycle closes, so that it is known by which rules it closed."""
    closed_under: dict[str, tuple[str, int, Json]] | None = None
    """The schemes by which the earlier cycle was closed."""
    shown: dict[str, int] = field(default_factory=dict)
    """By scorecard the highest sequence that was shown."""
    hires: int = 0
    hours: float = 1.0
    """By which the business clock has been moved."""
    _dice: dict[str, Random] = field(default_factory=dict)

    def dice(self, kind: str) -> Random:
        """Give each kind of change chances of its own."""
        return self._dice.setdefault(kind, chances(self.seed, kind))

    def kinds(self) -> dict[Callable[[], Awaitable[None]], float]:
        """Give every kind of change with the seconds between two of it."""
        return {
            self.set_company_target: 6.0,
            self.override_a_target: 1.5,
            self.publish_a_scheme: 8.0,
            self.hire_somebody: 12.0,
            self.rename_somebody: 1.0,
            self.rename_a_department: 5.0,
            self.move_the_clock: 2.0,
            self.ask_for_a_test: 1.0,
            self.look_at_scores: 0.7,
        }

    async def set_company_target(self) -> None:
        """Stay within what needs no confirmation: at most a tenth to either side."""
        value = COMPANY_TARGET + 1000 * self.dice("set_company_target").randrange(-600, 600)
        await set_company_target(self.company, self.ledger, value)
        self.ledger.commands += 1

    async def override_a_target(self) -> None:
        number = self.dice("override_a_target").choice(
            [who for who, position in self.ledger.positions.items() if position == "seller"]
        )
        path = f"/v1/cycles/{self.company.cycle}/targets"
        wanted = {"metric": "sales", "subject_id": self.ledger.employees[number]}
        found = await self.company.hr.all(path, **wanted)
        if not found:  # somebody hired a moment ago
            return
        value = Decimal(self.dice("override_a_target").randrange(50_000, 150_000))
        body = {"value": str(value), "reason": "negotiated", "confirm_tightening": True}
        await self.company.hr.put(f"/v1/targets/{found[0]['id']}/override", body)
        self.ledger.overrides[found[0]["id"]] = value
        self.ledger.commands += 1

    async def publish_a_scheme(self) -> None:
        position = self.dice("publish_a_scheme").choice(list(self.ledger.schemes))
        scheme_id, _, _ = self.ledger.schemes[position]
        document = scheme_of(
            position,
            weight=self.dice("publish_a_scheme").randrange(4000, 9000, 50),
            up=self.dice("publish_a_scheme").choice(("1", "2", "2.5")),
            cap=self.dice("publish_a_scheme").choice(("100", "110", "120")),
        )
        async with self.closing:
            key = f"draft-{next(self.numbers)}"
            versions = f"/v1/schemes/{scheme_id}/versions"
            drafted = await self._post(versions, {"document": document}, key=key)
            number = int(drafted["version"])
            publication = f"{versions}/{number}/publication"
            await self._post(publication, {"effect": "whole_cycle", "confirm_tightening": True}, key=f"{key}-out")
            self.ledger.schemes[position] = (scheme_id, number, document)
        self.ledger.commands += 1

    async def hire_somebody(self) -> None:
        if self.hires >= MOST_HIRES:
            return
        self.hires += 1
        position, number = self.dice("hire_somebody").choice(("seller", "agent")), f"N{self.hires:03d}"
        key = f"newcomer-{self.hires}"
        await hire(self.company, self.ledger, number, position, key=key, joined_on="2026-01-05")
        self.ledger.commands += 1

    async def rename_somebody(self) -> None:
        await self._rename("employees", self.dice("rename_somebody").choice(list(self.ledger.employees.values())))

    async def rename_a_department(self) -> None:
        await self._rename("departments", self.dice("rename_a_department").choice(self.company.departments))

    async def _rename(self, noun: str, subject_id: str) -> None:
        name = f"name {next(self.numbers)}"
        await self.company.hr.patch(f"/v1/{noun}/{subject_id}", {"name": name})
        self.ledger.names[subject_id] = name
        self.ledger.commands += 1

    async def move_the_clock(self) -> None:
        """Move it forwards, far from the end of the main cycle: what arrives later must never seem to be earlier."""
        self.hours += self.dice("move_the_clock").random()
        now = datetime.fromisoformat(CLOCK) + timedelta(hours=self.hours)
        await set_clock(self.company.admin, self.ledger, now.isoformat())
        self.ledger.commands += 1

    async def ask_for_a_test(self) -> None:
        webhooks = (await self.company.hr.get("/v1/webhooks"))["data"]
        chosen = self.dice("ask_for_a_test").choice(webhooks)["id"]
        asked = await self._post(f"/v1/webhooks/{chosen}/test", None, key=f"test-{next(self.numbers)}")
        self.ledger.tests.add((chosen, asked["message_id"]))
        self.ledger.commands += 1

    async def look_at_scores(self) -> None:
        """Read a page of scorecards; raises WentBack where one has fallen behind what was shown before."""
        known = dict(self.shown)
        page = await self.company.hr.get("/v1/scorecards", cycle_id=self.company.cycle, limit="50")
        for card in page["data"]:
            if card["sequence"] < known.get(card["id"], 0):
                raise WentBack(f"scorecard {card['id']} fell from {known[card['id']]} to {card['sequence']}")
            self.shown[card["id"]] = max(self.shown.get(card["id"], 0), card["sequence"])

    async def close_the_earlier_cycle(self) -> None:
        """Freeze and publish it, once; late observations for it may come from then on."""
        async with self.closing:
            path = f"/v1/cycles/{self.company.closed_cycle}"
            await self.company.hr.post(f"{path}/freeze", key="freeze")
            self.closed_under = dict(self.ledger.schemes)
            await self.company.hr.post(f"{path}/publication", key="publish")
        self.ledger.commands += 1

    async def _post(self, path: str, body: object, *, key: str) -> Json:
        """Post, and now and then the very same once more; raises NotTheSame where that is told anything else."""
        answer = await self.company.hr.post(path, body, key=key)
        if self.dice("again").random() < ASKED_AGAIN:
            again = await self.company.hr.post(path, body, key=key)
            if again != answer:
                raise NotTheSame(f"{path} under {key}: {answer}, then {again}")
        return answer

    async def link_a_code(self, narrator: Narrator, source: str) -> None:
        """Say whom one of a sender's unknown codes means, which releases what waits for it."""
        if not narrator.unlinked:
            return
        code = narrator.unlinked.pop(0)
        number = self.dice("link_a_code").choice(sorted(narrator.settled))
        body = {"value": code, "employee_id": self.ledger.employees[number]}
        path = f"/v1/connections/{self.company.connections[source]}/identity-links"
        await self._post(path, body, key=f"link-{code}")
        self.ledger.links[source, code] = number
        self.ledger.commands += 1
