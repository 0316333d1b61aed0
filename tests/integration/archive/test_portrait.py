"""The portrait: one page about one person."""

from typing import Any

import pytest

from tests.factories.archive import Archive, record_body

pytestmark = pytest.mark.anyio


def performance(year: int, total: str) -> dict[str, Any]:
    past = {"starts_on": f"{year}-01-01", "ends_on": f"{year + 1}-01-01", "total": total, "grade": "good"}
    return record_body(kind="performance", occurred_on="2026-01-01", title=str(year), performance=past)


async def test_a_portrait_shows_jobs_history_records_and_competencies(archive: Archive) -> None:
    department = await archive.department()
    model = [{"competency": "negotiation", "level": 4}, {"competency": "listening", "level": 3}]
    junior, senior = await archive.position("junior"), await archive.position("senior", competencies=model)
    boss = await archive.employee("B1")
    employee = await archive.employee(employment={"department_id": department, "position_id": junior})
    spell = {"department_id": department, "position_id": senior, "manager_id": boss, "starts_on": "2025-01-01"}
    await archive.post(f"employees/{employee}/employments", spell)
    for body in (
        performance(2024, "80"),
        performance(2025, "90.10"),
        performance(2023, "70"),
        record_body(kind="training", title="First aid"),
        record_body(
            kind="competency", occurred_on="2025-01-01", measurements=[{"measure": "negotiation", "value": "2"}]
        ),
        record_body(
            kind="competency", occurred_on="2026-01-01", measurements=[{"measure": "negotiation", "value": "3.5"}]
        ),
    ):
        await archive.post(f"employees/{employee}/records", body)
    portrait = await archive.read(f"employees/{employee}/portrait")
    assert portrait["employee"]["work_number"] == "S01"
    assert [row["position_name"] for row in portrait["employments"]] == ["Position senior"]
    assert [row["starts_on"] for row in portrait["history"]] == ["2025-01-01", "2024-01-01"]
    assert (portrait["history"][0]["manager_name"], portrait["history"][0]["department_name"]) == (
        "Person B1",
        "Department S",
    )
    assert [row["performance"]["total"] for row in portrait["performance"]] == ["90.1", "80", "70"]
    assert {kind: len(rows) for kind, rows in portrait["records"].items()} == {
        "training": 1,
        "competency": 2,
        "reward": 0,
        "discipline": 0,
        "feedback": 0,
    }
    assert portrait["competencies"] == [
        {"competency": "negotiation", "required": 4, "reached": "3.5", "assessed_on": "2026-01-01", "gap": "0.5"},
        {"competency": "listening", "required": 3, "reached": None, "assessed_on": None, "gap": None},
    ]


async def test_a_portrait_of_somebody_new_is_empty_not_absent(archive: Archive) -> None:
    portrait = await archive.read(f"employees/{await archive.employee()}/portrait")
    assert (portrait["employments"], portrait["performance"], portrait["competencies"]) == ([], [], [])


async def test_a_portrait_shows_the_newest_of_each_kind(archive: Archive) -> None:
    employee = await archive.employee()
    items = [
        record_body(
            employee_id=employee, title=f"{kind} {n}", kind=kind, occurred_on=f"2026-0{1 + n // 28}-{1 + n % 28:02}"
        )
        for kind in ("training", "reward")
        for n in range(60)
    ]
    await archive.post("records/batch", {"items": items}, expect=200)
    shown = (await archive.read(f"employees/{employee}/portrait"))["records"]
    assert [row["title"] for row in shown["training"]] == [f"training {n}" for n in range(59, 9, -1)]
    assert len(shown["reward"]) == 50
