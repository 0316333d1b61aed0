"""The performance engine, from metrics to plans."""

from dataclasses import replace
from typing import Any

import httpx

from tests.factories.procedure import CONVERSION
from tests.integration.access.oracle import (
    ADMINISTRATORS,
    Audience,
    Verdict,
    company_hr,
    everybody_reads,
    hr_decides,
    of_people,
)
from tests.integration.access.recipe import Fill, Listing, Recipe, verdict_of
from tests.integration.access.world.performance import DOCUMENT

_METRIC = {"metric_id": "metric"}
_SCHEME = {"scheme_id": "scheme"}
_DRAFT = {"version": "2"}
_CYCLE = {"cycle_id": "cycle"}
_PLANNED = {"cycle_id": "planned_cycle"}
_PLANNING = {"cycle_id": "planning_cycle"}
_DECIDING = {"cycle_id": "deciding_cycle"}
_TARGET = {"target_id": "target"}
_PLAN = {"plan_id": "plan"}
_SUBMITTED = {"plan_id": "submitted_plan"}
_METRIC_READERS, _METRIC_WRITERS = everybody_reads("metrics:read"), company_hr("metrics:write")
_SCHEME_READERS, _SCHEME_WRITERS = everybody_reads("schemes:read"), company_hr("schemes:write")
_CYCLE_READERS, _CYCLE_WRITERS = everybody_reads("cycles:read"), company_hr("cycles:write")
_SIMULATION_READERS = Audience(hr="any", admin=True, scope="schemes:read")
_POLICY_READERS = Audience(hr="any", admin=True, scope="cycles:read")
_TARGET_READERS = replace(of_people("cycles:read"), shares_company=True)
_TARGET_WRITERS = hr_decides("cycles:write")
_PLAN_READERS = Audience(heads=True, hr="scope", admin=True, scope="cycles:read")
_PLANNERS = Audience(very_heads=True, sees=Audience(heads=True))
_DECIDERS = Audience(
    general_manager=True,
    hr="scope",
    admin=True,
    own_forbidden=True,
    needs_employee=True,
    sees=Audience(heads=True),
)
_NEW_CYCLE = {"name": "New", "starts_on": "2030-01-01", "ends_on": "2030-07-01", "plan_due_on": "2030-01-15"}
_RATES = {"source": "PBOC", "items": [{"base": "USD", "quote": "CNY", "day": "2026-01-01", "rate": "7.05"}]}


def _new_scheme(fill: Fill) -> Any:
    return {"name": "New", "position_ids": [fill.ours("position")], "document": DOCUMENT}


def _simulation(fill: Fill) -> Any:
    return {"scheme_id": fill.row("scheme"), "version": 1}


def _applied(response: httpx.Response) -> Verdict | None:
    """Take for admitted who hears that its version is published already."""
    return Verdict.ADMITTED if response.status_code == httpx.codes.CONFLICT else verdict_of(response)


def _weights(fill: Fill) -> Any:
    return {"scheme_id": fill.ours("scheme"), "weights": {"sales": 10_000}}


_OPERATION = {"operation_id": "operation"}

RECIPES = (
    Recipe("GET /v1/tenant/export/performance", ADMINISTRATORS),
    Recipe("GET /v1/operations", _SCHEME_WRITERS, listing=Listing("operation")),
    Recipe("GET /v1/operations/{operation_id}", _SCHEME_WRITERS, rows=_OPERATION),
    Recipe("POST /v1/operations/{operation_id}/cancel", _SCHEME_WRITERS, rows=_OPERATION),
    Recipe("GET /v1/metrics", _METRIC_READERS, listing=Listing("metric")),
    Recipe("GET /v1/metrics/{metric_id}", _METRIC_READERS, rows=_METRIC),
    Recipe("GET /v1/metrics/{metric_id}/curves", _SCHEME_READERS, rows=_METRIC),
    Recipe("POST /v1/metrics", _METRIC_WRITERS, body=lambda _: CONVERSION),
    Recipe("PATCH /v1/metrics/{metric_id}", _METRIC_WRITERS, rows=_METRIC, body=lambda _: {"name": "New"}),
    Recipe("GET /v1/exchange-rates", everybody_reads("exchange_rates:write")),
    Recipe("PUT /v1/exchange-rates", company_hr("exchange_rates:write"), body=lambda _: _RATES),
    Recipe("GET /v1/schemes", _SCHEME_READERS, listing=Listing("any_scheme")),
    Recipe("GET /v1/schemes/{scheme_id}", _SCHEME_READERS, rows=_SCHEME),
    Recipe("POST /v1/schemes", _SCHEME_WRITERS, body=_new_scheme),
    Recipe(
        "PATCH /v1/schemes/{scheme_id}", _SCHEME_WRITERS, rows=_SCHEME, body=lambda _: {"name": "Other"}, read=_applied
    ),
    Recipe("GET /v1/schemes/{scheme_id}/versions", _SCHEME_READERS, rows=_SCHEME),
    Recipe("GET /v1/schemes/{scheme_id}/versions/{version}", _SCHEME_READERS, rows=_SCHEME, fixed=_DRAFT),
    Recipe(
        "GET /v1/schemes/{scheme_id}/versions/{version}/items/{key}/curve",
        _SCHEME_READERS,
        rows=_SCHEME,
        fixed={**_DRAFT, "key": "sales"},
        query="?target=100",
    ),
    Recipe(
        "POST /v1/schemes/{scheme_id}/versions",
        _SCHEME_WRITERS,
        rows={"scheme_id": "settled_scheme"},
        body=lambda _: {"document": DOCUMENT},
    ),
    Recipe(
        "PUT /v1/schemes/{scheme_id}/versions/{version}",
        _SCHEME_WRITERS,
        rows=_SCHEME,
        fixed=_DRAFT,
        body=lambda _: {"document": DOCUMENT},
    ),
    Recipe(
        "POST /v1/schemes/{scheme_id}/versions/{version}/publication",
        _SCHEME_WRITERS,
        rows=_SCHEME,
        fixed=_DRAFT,
        body=lambda _: {"effect": "next_cycle"},
    ),
    Recipe("GET /v1/cycles", _CYCLE_READERS, listing=Listing("any_cycle")),
    Recipe("GET /v1/cycles/{cycle_id}", _CYCLE_READERS, rows=_CYCLE),
    Recipe("POST /v1/cycles", _CYCLE_WRITERS, body=lambda _: _NEW_CYCLE),
    Recipe("PUT /v1/cycles/{cycle_id}", _CYCLE_WRITERS, rows=_PLANNED, body=lambda _: _NEW_CYCLE),
    Recipe("POST /v1/cycles/{cycle_id}/opening", _CYCLE_WRITERS, rows=_PLANNING),
    Recipe("POST /v1/cycles/{cycle_id}/freeze", _CYCLE_WRITERS, rows=_DECIDING),
    Recipe("POST /v1/cycles/{cycle_id}/publication", _CYCLE_WRITERS, rows={"cycle_id": "frozen_cycle"}),
    Recipe("GET /v1/cycle-overviews", everybody_reads("cycles:read")),
    Recipe(
        "GET /v1/cycles/{cycle_id}/progress",
        _PLAN_READERS,
        rows=_PLANNING,
        listing=Listing("plan", key="plan_id", path="departments"),
    ),
    Recipe("GET /v1/cycles/{cycle_id}/simulations", _SIMULATION_READERS, rows=_DECIDING, listing=Listing("simulation")),
    Recipe(
        "GET /v1/cycles/{cycle_id}/simulations/{simulation_id}",
        _SIMULATION_READERS,
        rows={**_DECIDING, "simulation_id": "simulation"},
    ),
    Recipe("POST /v1/cycles/{cycle_id}/simulations", _SCHEME_WRITERS, rows=_DECIDING, body=_simulation),
    Recipe(
        "POST /v1/cycles/{cycle_id}/simulations/{simulation_id}/application",
        _SCHEME_WRITERS,
        rows={**_DECIDING, "simulation_id": "simulation"},
        body=lambda _: {"reason": "as decided"},
        read=_applied,
    ),
    Recipe("GET /v1/cycles/{cycle_id}/distribution-policy", _POLICY_READERS, rows=_DECIDING),
    Recipe(
        "PUT /v1/cycles/{cycle_id}/distribution-policy",
        _CYCLE_WRITERS,
        rows=_PLANNING,
        body=lambda _: {"populations": []},
    ),
    Recipe(
        "GET /v1/cycles/{cycle_id}/distribution",
        replace(_PLAN_READERS, scope="scores:read"),
        rows=_DECIDING,
        listing=Listing("group", key="department_id", path="populations"),
    ),
    Recipe("GET /v1/cycles/{cycle_id}/targets", _TARGET_READERS, rows=_PLANNING, listing=Listing("target")),
    Recipe(
        "PUT /v1/targets/{target_id}/override",
        _TARGET_WRITERS,
        "person",
        _TARGET,
        body=lambda _: {"value": "9", "reason": "illness", "confirm_tightening": True},
    ),
    Recipe(
        "DELETE /v1/targets/{target_id}/override", _TARGET_WRITERS, "person", _TARGET, query="?confirm_tightening=true"
    ),
    Recipe("GET /v1/targets/{target_id}/history", _TARGET_READERS, rows=_TARGET),
    Recipe("POST /v1/targets/{target_id}/confirmation", _TARGET_WRITERS, "person", _TARGET),
    Recipe("GET /v1/cycles/{cycle_id}/plans", _PLAN_READERS, rows=_PLANNING, listing=Listing("plan")),
    Recipe("GET /v1/plans/{plan_id}", _PLAN_READERS, "department", _PLAN),
    Recipe("PUT /v1/plans/{plan_id}/weights", _PLANNERS, "department", _PLAN, body=_weights),
    Recipe("POST /v1/plans/{plan_id}/submission", _PLANNERS, "department", _PLAN),
    Recipe("POST /v1/plans/{plan_id}/approval", _DECIDERS, "department", _SUBMITTED),
    Recipe("POST /v1/plans/{plan_id}/return", _DECIDERS, "department", _SUBMITTED, body=lambda _: {"comment": "again"}),
)
