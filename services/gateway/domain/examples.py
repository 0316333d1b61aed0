"""Examples of the main operations, by operation id: what is sent, and what is answered with which status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def _id(number: int) -> str:
    return f"01956bdd-a8d0-7000-8000-{number:012d}"


_WANG, _SALES, _SELLER, _CYCLE, _CARD = map(_id, range(1, 6))
_AT = "2026-03-04T08:15:02Z"
_STAMPS = {"created_at": "2026-01-05T01:00:00Z", "updated_at": _AT, "sequence": 3}
_CARD_OF_WANG = {
    "id": _CARD,
    "cycle_id": _CYCLE,
    "employee_id": _WANG,
    "employee_name": "王建国",
    "work_number": "S07",
    "department_id": _SALES,
    "position_id": _SELLER,
    "status": "provisional",
    "sequence": 17,
    "scheme_id": _id(6),
    "scheme_version": 1,
    "state": "complete",
    "total": "73.90",
    "grade": "fair",
    "computed": None,
    "calibration": None,
    "scored_weight": 10000,
    "segments": [
        {
            "starts_on": "2026-01-01",
            "ends_on": "2026-07-01",
            "workdays": 122,
            "absent": 0,
            "fte": "1",
            "allocation": "1",
            "department_id": _SALES,
            "position_id": _SELLER,
            "scheme_id": _id(6),
            "scheme_version": 1,
        }
    ],
    "adjustments": [],
    "vetoes": [],
    "before_veto": None,
    "items": [
        {
            "key": "sales",
            "metric": "sales",
            "name": "Sales",
            "weight": 6000,
            "state": "value",
            "code": None,
            "target": "1000000",
            "actual": "1250000",
            "points": "64",
        }
    ],
    "input_hash": "9f2c",
    "scored_at": _AT,
    "created_at": "2026-01-05T01:00:00Z",
    "updated_at": _AT,
}
_PERIOD = {"starts_on": "2026-01-01", "ends_on": "2026-07-01"}
_STANDING = {
    "employee_id": _WANG,
    "scorecards": [{**_CARD_OF_WANG, "cycle_name": "2026 H1", **_PERIOD, "phase": "running"}],
    "improvement_plans": [],
    "feedback": [],
}
_MASTER_DATA = {
    "id": _WANG,
    "work_number": "S07",
    "name": "王建国",
    "email": None,
    "joined_on": "2020-03-01",
    "left_on": None,
    "custom_fields": {},
    **_STAMPS,
}
_SPELL = {
    "id": _id(8),
    "department_id": _SALES,
    "position_id": _SELLER,
    "position_name": "Seller",
    "manager_id": None,
    "fte": "1",
    "starts_on": "2020-03-01",
    "ends_on": None,
}
_ORDER = {
    "id": "SO-1",
    "revision": 3,
    "measure": "order.amount",
    "employee": {"ref": "S07"},
    "value": "1999.00",
    "currency": "CNY",
    "occurred_at": "2026-03-04T16:15:00+08:00",
    "dimensions": {"channel": "direct"},
}
_WEBHOOK = {"url": "https://hr.example.com/steelyard", "event_types": ["score.published.v1"], "payload": "full"}


@dataclass(frozen=True, slots=True)
class Example:
    request: Any = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    """By status."""


EXAMPLES: Mapping[str, Example] = {
    "post_session": Example(
        {"username": "wang.jianguo", "password": "correct horse battery staple", "code": "287082"},
        {
            "201": {
                "access_token": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVk",
                "token_type": "Bearer",
                "expires_in": 300,
                "refresh_token": "rt_01956bdda8d07000_c2VjcmV0",
                "session_id": _id(20),
                "tenant_id": _id(21),
                "account_id": _id(22),
                "employee_id": _WANG,
                "roles": [],
            }
        },
    ),
    "post_employee": Example(
        {
            "work_number": "S07",
            "name": "王建国",
            "joined_on": "2020-03-01",
            "employment": {"department_id": _SALES, "position_id": _SELLER},
        },
        {"201": {**_MASTER_DATA, "employments": [_SPELL], "leaves": []}},
    ),
    "get_portrait": Example(
        answers={
            "200": {
                "employee": _MASTER_DATA,
                "employments": [{**_SPELL, "department_name": "Sales", "manager_name": None}],
                "history": [{**_SPELL, "department_name": "Sales", "manager_name": None}],
                "leaves": [],
                "performance": [],
                "records": {"training": []},
                "competencies": [
                    {
                        "competency": "negotiation",
                        "required": 7,
                        "reached": "6",
                        "assessed_on": "2025-12-10",
                        "gap": "1",
                    }
                ],
                "standing": _STANDING,
                "missing": [],
            }
        }
    ),
    "get_dashboard": Example(
        answers={
            "200": {
                "standing": _STANDING,
                "tasks": [
                    {
                        "kind": "plan.submit",
                        "link": f"/v1/plans/{_id(9)}",
                        "due_on": "2026-01-20",
                        "late": True,
                        "department_id": _SALES,
                        "department_name": "Sales",
                        "employee_id": None,
                        "employee_name": None,
                    }
                ],
                "notifications": [],
                "cycles": [
                    {
                        "id": _CYCLE,
                        "name": "2026 H1",
                        "phase": "running",
                        "plan_due_on": "2026-01-20",
                        **_PERIOD,
                        "plans": {"draft": 1, "approved": 8},
                        "late": 1,
                        "scorecards": {"provisional": 42},
                        "departments": [],
                        "grades": {"excellent": 6, "good": 20, "fair": 12, "ungraded": 4},
                        "unlisted_leave": None,
                    }
                ],
                "quarantine": None,
                "missing": [{"member": "quarantine", "code": "not_permitted", "retryable": False}],
            }
        }
    ),
    "post_observations": Example(
        {"source": "crm", "items": [_ORDER, {**_ORDER, "id": "SO-2", "employee": {"ref": "S99"}}]},
        {
            "207": {
                "batch_id": _id(11),
                "summary": {
                    "accepted": 0,
                    "replaced": 1,
                    "duplicate": 0,
                    "ignored": 0,
                    "quarantined": 1,
                    "rejected": 0,
                },
                "items": [
                    {"index": 0, "id": "SO-1", "status": "replaced", "observation_id": _id(12), "employee_id": _WANG},
                    {
                        "index": 1,
                        "id": "SO-2",
                        "status": "quarantined",
                        "observation_id": _id(13),
                        "code": "identity_unknown",
                        "pointer": "/items/1/employee/ref",
                        "retryable": False,
                    },
                ],
            }
        },
    ),
    "post_calibration_adjustment": Example(
        {"scorecard_id": _CARD, "grade": "good", "from_grade": "fair", "reason": "Carried the team through the merger."}
    ),
    "put_cycle_distribution_policy": Example(
        {
            "ties": "flag",
            "populations": [
                {
                    "name": "Each division",
                    "kind": "level",
                    "level": 2,
                    "minimum_size": 10,
                    "quotas": [
                        {"grade": "excellent", "kind": "max", "share": 2000},
                        {"grade": "poor", "kind": "min", "share": 500},
                    ],
                }
            ],
        }
    ),
    "put_applicability": Example({"applicable": False, "reason": "on parental leave when leads were given out"}),
    "put_exchange_rates": Example(
        {"source": "PBOC", "items": [{"base": "USD", "quote": "CNY", "day": "2026-03-04", "rate": "6.8812"}]},
        {"200": {"items": [{"index": 0, "status": "accepted"}]}},
    ),
    "list_scorecards": Example(answers={"200": {"data": [_CARD_OF_WANG], "next_cursor": None}}),
    "post_webhook": Example(
        _WEBHOOK,
        {
            "201": {
                **_WEBHOOK,
                **_STAMPS,
                "id": _id(10),
                "description": None,
                "enabled": True,
                "disabled_reason": None,
                "secret": "whsec_C2FtcGxlIHNlY3JldCBvZiAzMiBieXRlcy4uLi4u",
            }
        },
    ),
}
