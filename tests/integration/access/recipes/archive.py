"""The archive: the organisation, people, and their files."""

from dataclasses import replace
from typing import Any

import httpx

from tests.integration.access.chart import APPOINTED, HOMES
from tests.integration.access.oracle import (
    ADMINISTRATORS,
    Audience,
    Verdict,
    company_hr,
    everybody_reads,
    hr_decides,
    of_people,
)
from tests.integration.access.recipe import OWN_CODE, Fill, Listing, Recipe

_SHARED = everybody_reads("employees:read")
_WHOLE = company_hr("employees:write")
_PEOPLE = of_people("employees:read")
_HR = hr_decides("employees:write")
_TREE = Audience(hr="scope", admin=True, scope="employees:write")
_APPOINTING = replace(_TREE, own_headship_forbidden=True)
_FILES = of_people("records:read")
_FILING = hr_decides("records:write")
_DEPARTMENT = {"department_id": "department"}
_EMPLOYEE = {"employee_id": "employee"}
_EMPLOYMENT = {**_EMPLOYEE, "employment_id": "employment"}
_LEAVE = {**_EMPLOYEE, "leave_id": "leave"}
_RECORD = {"kind": "training", "occurred_on": "2026-03-01", "title": "Training"}
_AWAY = {"kind": "sick", "starts_on": "2024-03-01", "ends_on": "2024-03-02"}


def _new_department(fill: Fill) -> Any:
    return {"code": "new", "name": "New", "parent_id": fill.row("department")}


def _new_employee(fill: Fill) -> Any:
    place = {"department_id": fill.row("department"), "position_id": fill.ours("position")}
    return {"work_number": "new", "name": "New", "joined_on": "2024-01-01", "employment": place}


def _new_employment(fill: Fill) -> Any:
    """Employ somebody where they are: whoever reaches them reaches the department."""
    home = HOMES[fill.subject.person or ""]
    place = {"department_id": fill.ours("department", home), "position_id": fill.ours("position")}
    return {**place, "starts_on": "2024-01-01"}


def _heads(fill: Fill) -> Any:
    return {"heads": [{"employee_id": fill.ours("employee", APPOINTED), "starts_on": "2024-01-01"}]}


def _batch_verdict(response: httpx.Response) -> Verdict | None:
    """Read the fate of the only item."""
    if response.status_code == httpx.codes.FORBIDDEN:
        return Verdict.FORBIDDEN
    item = response.json()["items"][0]
    codes = {"not_found": Verdict.HIDDEN, OWN_CODE: Verdict.OWN}
    return Verdict.ADMITTED if item["status"] == "accepted" else codes.get(item["code"])


RECIPES = (
    Recipe("GET /v1/tenant/export/archive", ADMINISTRATORS),
    Recipe("GET /v1/calendar", _SHARED),
    Recipe("PUT /v1/calendar", _WHOLE, body=lambda _: {"holidays": ["2026-10-01"]}),
    Recipe("GET /v1/departments", _SHARED, listing=Listing("department")),
    Recipe("GET /v1/departments/{department_id}", _SHARED, "department", _DEPARTMENT),
    Recipe("POST /v1/departments", _TREE, "department", body=_new_department),
    Recipe("PATCH /v1/departments/{department_id}", _TREE, "department", _DEPARTMENT, body=lambda _: {"name": "New"}),
    Recipe("PUT /v1/departments/{department_id}/heads", _APPOINTING, "department", _DEPARTMENT, body=_heads),
    Recipe("GET /v1/positions", _SHARED, listing=Listing("position")),
    Recipe("GET /v1/positions/{position_id}", _SHARED, rows={"position_id": "position"}),
    Recipe("POST /v1/positions", _WHOLE, body=lambda _: {"code": "new", "name": "New"}),
    Recipe(
        "PATCH /v1/positions/{position_id}", _WHOLE, rows={"position_id": "position"}, body=lambda _: {"name": "New"}
    ),
    Recipe("GET /v1/employees", _PEOPLE, listing=Listing("employee")),
    Recipe("GET /v1/employees/{employee_id}", _PEOPLE, "person", _EMPLOYEE),
    Recipe("POST /v1/employees", _TREE, "department", body=_new_employee),
    Recipe("PATCH /v1/employees/{employee_id}", _HR, "person", _EMPLOYEE, body=lambda _: {"name": "New"}),
    Recipe(
        "POST /v1/employees/{employee_id}/departure",
        _HR,
        "person",
        _EMPLOYEE,
        body=lambda _: {"left_on": "2099-01-01"},
    ),
    Recipe("GET /v1/employees/{employee_id}/employments", _PEOPLE, "person", _EMPLOYEE),
    Recipe("POST /v1/employees/{employee_id}/employments", _HR, "person", _EMPLOYEE, body=_new_employment),
    Recipe(
        "PATCH /v1/employees/{employee_id}/employments/{employment_id}",
        _HR,
        "person",
        _EMPLOYMENT,
        body=lambda _: {"fte": "0.5"},
    ),
    Recipe("DELETE /v1/employees/{employee_id}/employments/{employment_id}", _HR, "person", _EMPLOYMENT),
    Recipe("POST /v1/employees/{employee_id}/leaves", _HR, "person", _EMPLOYEE, body=lambda _: _AWAY),
    Recipe("DELETE /v1/employees/{employee_id}/leaves/{leave_id}", _HR, "person", _LEAVE),
    Recipe("GET /v1/employees/{employee_id}/portrait", _FILES, "person", _EMPLOYEE),
    Recipe("GET /v1/employees/{employee_id}/records", _FILES, "person", _EMPLOYEE),
    Recipe("POST /v1/employees/{employee_id}/records", _FILING, "person", _EMPLOYEE, body=lambda _: _RECORD),
    Recipe(
        "POST /v1/records/batch",
        _FILING,
        "person",
        body=lambda fill: {"items": [{**_RECORD, "employee_id": fill.row("employee")}]},
        read=_batch_verdict,
    ),
    Recipe("DELETE /v1/records/{record_id}", _FILING, "person", {"record_id": "training_record"}),
)
