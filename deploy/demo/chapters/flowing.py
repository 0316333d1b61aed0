"""Chapter 3: the business numbers arrive by themselves: twice, late, corrected, for an unknown code; scores follow."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from deploy.demo.business import (
    CRM_CODES,
    ENDS_ON,
    STARTS_ON,
    TWICE_EVERY,
    UNKNOWN_CODE_OF,
    Feed,
    Item,
    crm,
    finance,
    telephone,
)
from deploy.demo.chapters import moving
from deploy.demo.client import Json
from deploy.demo.staff import rated_on
from deploy.demo.stage import Stage

BATCH = 1000
ENOUGH = 50_000
HALF_YEAR = {"starts_on": STARTS_ON.isoformat(), "ends_on": ENDS_ON.isoformat()}
QUARTERS = (
    (date(2026, 1, 1), date(2026, 4, 1), "2026-04-01T08:00"),
    (date(2026, 4, 1), date(2026, 7, 1), "2026-06-30T20:00"),
)
"""Each with the moment at which it has passed."""
EXPECTED = {"SALES-seller-1": "63.40", "SALES-seller-2": "81.90", "SALES-seller-3": "75.20"}


@dataclass
class Sent:
    """What the demo itself knows of a source: the control totals."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, items: Iterable[Item]) -> None:
        for item in items:
            self.count += 1
            self.sums[item["measure"]] = self.sums.get(item["measure"], Decimal(0)) + Decimal(item["value"])


async def tell(stage: Stage) -> None:
    stage.chapter("3 · The numbers arrive by themselves")
    feeds = [crm(stage.company), telephone(stage.company), finance(stage.company)]
    sent = {feed.source: Sent() for feed in feeds}
    await _link_sellers(stage)
    for starts_on, ends_on, passed in QUARTERS:
        await stage.move_clock(passed)
        if starts_on == QUARTERS[0][0]:
            await moving.file_changes(stage)
        for feed in feeds:
            await _push(stage, feed, feed.between(starts_on, ends_on), sent[feed.source])
        if starts_on == QUARTERS[0][0]:
            await _unknown_code(stage)
    await _correct(stage, feeds[0], sent["crm"])
    await _declare_complete(stage, feeds)
    await _rate(stage)
    await _books(stage, feeds, sent)
    totals = await expect_totals(stage, "with the target of 1,000,000 and 60/30/10", EXPECTED)
    stage.ledger.facts["totals at 1.0M, 60/30/10"] = totals


async def expect_totals(stage: Stage, when: str, expected: Mapping[str, str]) -> Mapping[str, str | None]:
    """Wait until the three sellers have the totals they must have, and print them line by line."""
    seen = await stage.until("scores follow", lambda: stage.totals_of(expected), lambda found: found == expected)
    for key, total in expected.items():
        stage.ledger.check(f"{stage.company.by_key[key].name} {when}", seen[key], total)
    return seen


async def _link_sellers(stage: Stage) -> None:
    """Link the CRM's codes to people, but for one that HR does not know yet."""
    for key, code in CRM_CODES.items():
        if key != UNKNOWN_CODE_OF:
            await _link(stage, key, code)


async def _link(stage: Stage, key: str, code: str) -> None:
    path = f"/v1/connections/{stage.connection_ids['crm']}/identity-links"
    await stage.admin.post(path, {"value": code, "employee_id": stage.employee_ids[key]})


async def _push(stage: Stage, feed: Feed, items: list[Item], sent: Sent) -> None:
    """Post in batches, every fourth of the CRM's twice; a batch with quarantined items still counts as received."""
    batches = [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
    sent.add(items)
    once = [partial(_post, stage, feed.source, batch) for batch in batches]
    again = once[::TWICE_EVERY] if feed.source == "crm" else []
    for answer in await stage.each(f"{feed.source:<9}", once):
        sent.statuses.update(answer["summary"])
    for answer in await stage.each("…again   ", again) if again else []:
        sent.statuses.update(answer["summary"])


async def _post(stage: Stage, source: str, batch: list[Item]) -> Json:
    return await stage.systems[source].post("/v1/observations", {"source": source, "items": batch})


async def _unknown_code(stage: Stage) -> None:
    waiting = await stage.admin.all("/v1/quarantine")
    person = stage.company.by_key[UNKNOWN_CODE_OF]
    stage.tell(f"{len(waiting)} observations wait in quarantine for the unknown code {CRM_CODES[UNKNOWN_CODE_OF]}")
    stage.ledger.check("something waits in quarantine", bool(waiting), expected=True)
    await _link(stage, UNKNOWN_CODE_OF, CRM_CODES[UNKNOWN_CODE_OF])
    left = await stage.until("they are replayed", lambda: stage.admin.all("/v1/quarantine"), lambda rows: not rows)
    stage.ledger.check(f"left in quarantine once {person.name} is linked", len(left), 0)


async def _correct(stage: Stage, feed: Feed, sent: Sent) -> None:
    """Let the CRM correct amounts with a higher revision."""
    first = {item["id"]: Decimal(item["value"]) for item in feed.items}
    answer = await _post(stage, feed.source, list(feed.corrections))
    sent.statuses.update(answer["summary"])
    for item in feed.corrections:
        sent.sums[item["measure"]] += Decimal(item["value"]) - first[item["id"]]
    stage.tell(f"the CRM corrects {len(feed.corrections)} orders whose amount was mistyped")


async def _declare_complete(stage: Stage, feeds: Iterable[Feed]) -> None:
    for feed in feeds:
        for measure in sorted({item["measure"] for item in feed.items}):
            body = {
                "source": feed.source,
                "measure": measure,
                "starts_on": "2026-01-01",
                "complete_through": "2026-06-30",
            }
            declared = await stage.systems[feed.source].post("/v1/completeness", {**body, **_control(feed, measure)})
            stage.ledger.check(f"control totals of {feed.source} {measure} agree", declared["agrees"], expected=True)


def _control(feed: Feed, measure: str) -> Json:
    """Count and sum as the system itself does, corrections included."""
    current = {item["id"]: item for item in [*feed.items, *feed.corrections] if item["measure"] == measure}
    return {"count": len(current), "sum": str(sum(Decimal(item["value"]) for item in current.values()))}


async def _rate(stage: Stage) -> None:
    """Let colleagues' feedback go into the archive, from where it becomes observations.

    An import does it: nobody, HR's head included, may write into the own file.
    """
    records = [
        {
            "employee_id": stage.employee_ids[person.key],
            "kind": "feedback",
            "title": "半年度同事反馈",
            "occurred_on": day.isoformat(),
            "remote_id": f"F-{person.work_number}-{day:%m%d}-{number}",
            "measurements": [
                {"measure": "feedback.teamwork", "value": str(teamwork)},
                {"measure": "feedback.quality", "value": str(quality)},
            ],
        }
        for person in stage.company.everybody
        for day in rated_on(person.key)
        for number, (teamwork, quality) in enumerate(
            zip(*(stage.company.ratings_of(person, metric, day) for metric in ("teamwork", "quality")), strict=True)
        )
    ]
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    post = partial(stage.admin.post, "/v1/records/batch")
    answers = await stage.each("feedback ", [partial(post, {"items": batch}) for batch in batches])
    stage.ledger.check("feedback filed", sum(answer["summary"]["accepted"] for answer in answers), len(records))


async def _books(stage: Stage, feeds: Iterable[Feed], sent: Mapping[str, Sent]) -> None:
    """For each source: what was sent is what was counted and quarantined, to the cent."""
    observations = 0
    for feed in feeds:
        totals = await stage.admin.get(f"/v1/connections/{stage.connection_ids[feed.source]}/totals", **HALF_YEAR)
        mine = sent[feed.source]
        for row in totals["data"]:
            held = Decimal(row["counted"]["sum"]) + Decimal(row["quarantined"]["sum"])
            stage.ledger.check(
                f"{feed.source} {row['measure']}: counted + quarantined", held, mine.sums[row["measure"]]
            )
        counted = sum(row["counted"]["count"] + row["quarantined"]["count"] for row in totals["data"])
        duplicates = sum(row["duplicates"] for row in totals["data"])
        corrections = sum(row["corrections"] for row in totals["data"])
        observations += counted
        stage.ledger.check(f"{feed.source}: observations counted + quarantined", counted, mine.count)
        stage.ledger.check(f"{feed.source}: duplicates", duplicates, mine.statuses["duplicate"])
        stage.ledger.check(f"{feed.source}: corrections", corrections, mine.statuses["replaced"])
    stage.ledger.facts["observations"] = observations
    stage.ledger.check(f"at least {ENOUGH:,} observations", observations >= ENOUGH, expected=True)
