"""The performance engine, from scorecards to what follows them."""

import httpx

from tests.integration.access.oracle import Audience, Verdict, company_hr, everybody_reads, hr_decides, of_people
from tests.integration.access.recipe import Listing, Recipe, verdict_of

_SCORES = of_people("scores:read")
_CARD = {"scorecard_id": "scorecard"}
_HEADS = Audience(heads=True, own_forbidden=True)
_REVISERS = Audience(hr="scope", admin=True)
_CALIBRATORS = Audience(hr="scope", admin=True)
_DECIDERS = hr_decides(None)
_SESSION = {"session_id": "calibration_session"}
_ADJUSTMENT = {"session_id": "session_about", "adjustment_id": "adjustment"}
_CALIBRATED = {"cycle_id": "calibrating_cycle"}


def _found(response: httpx.Response) -> Verdict | None:
    """Take for admitted who hears of the row's state: that there is no target yet, or a decision already."""
    return Verdict.ADMITTED if response.status_code == httpx.codes.CONFLICT else verdict_of(response)


RECIPES = (
    Recipe("GET /v1/employees/{employee_id}/standing", _SCORES, "person", {"employee_id": "employee"}),
    Recipe("GET /v1/tasks", Audience(everybody=True, hr="any", admin=True)),
    Recipe("GET /v1/scorecards", _SCORES, listing=Listing("any_scorecard"), query="?limit=200"),
    Recipe("GET /v1/scorecards/{scorecard_id}", _SCORES, "person", _CARD),
    Recipe("GET /v1/scorecards/{scorecard_id}/results", _SCORES, "person", _CARD),
    Recipe("GET /v1/scorecards/{scorecard_id}/explanation", _SCORES, "person", _CARD),
    Recipe(
        "GET /v1/scorecards/{scorecard_id}/items/{key}/curve", _SCORES, "person", _CARD, {"key": "sales"}, read=_found
    ),
    Recipe("GET /v1/scorecards/{scorecard_id}/items/{key}/observations", _SCORES, "person", _CARD, {"key": "sales"}),
    Recipe("GET /v1/revisions", _REVISERS, listing=Listing("revision")),
    Recipe("GET /v1/revisions/{revision_id}", _REVISERS, "person", {"revision_id": "revision"}),
    Recipe(
        "POST /v1/revisions/{revision_id}/approval",
        _DECIDERS,
        "person",
        {"revision_id": "revision"},
        body=lambda _: {"reason": "booked late"},
    ),
    Recipe(
        "POST /v1/revisions/{revision_id}/rejection",
        _DECIDERS,
        "person",
        {"revision_id": "revision"},
        body=lambda _: {"reason": "not ours"},
    ),
    Recipe(
        "GET /v1/cycles/{cycle_id}/calibration-sessions",
        _CALIBRATORS,
        rows=_CALIBRATED,
        listing=Listing("calibration_session"),
    ),
    Recipe(
        "POST /v1/cycles/{cycle_id}/calibration-sessions",
        _CALIBRATORS,
        "department",
        _CALIBRATED,
        body=lambda fill: {"name": "Another", "department_id": fill.row("department")},
    ),
    Recipe("GET /v1/calibration-sessions/{session_id}", _CALIBRATORS, "department", _SESSION),
    Recipe("POST /v1/calibration-sessions/{session_id}/application", _DECIDERS, "department", _SESSION),
    Recipe("POST /v1/calibration-sessions/{session_id}/withdrawal", _DECIDERS, "department", _SESSION),
    Recipe(
        "POST /v1/calibration-sessions/{session_id}/adjustments",
        _DECIDERS,
        "person",
        {"session_id": "session_about"},
        body=lambda fill: {"scorecard_id": fill.row("frozen_scorecard"), "grade": "poor", "reason": "again"},
        read=_found,
    ),
    Recipe(
        "POST /v1/calibration-sessions/{session_id}/adjustments/{adjustment_id}/withdrawal",
        _DECIDERS,
        "person",
        _ADJUSTMENT,
    ),
    Recipe(
        "POST /v1/calibration-sessions/{session_id}/adjustments/{adjustment_id}/review",
        _DECIDERS,
        "person",
        _ADJUSTMENT,
    ),
    Recipe("GET /v1/scorecards/{scorecard_id}/applicability", _SCORES, "person", _CARD),
    Recipe(
        "PUT /v1/scorecards/{scorecard_id}/items/{key}/applicability",
        Audience(heads=True, hr="scope", admin=True, own_forbidden=True),
        "person",
        _CARD,
        {"key": "sales"},
        body=lambda _: {"applicable": False, "reason": "long illness"},
        read=_found,
    ),
    Recipe(
        "POST /v1/scorecards/{scorecard_id}/items/{key}/applicability/approval",
        Audience(hr="scope", admin=True, own_forbidden=True),
        "person",
        _CARD,
        {"key": "sales"},
        read=_found,
    ),
    Recipe("GET /v1/score-runs", Audience(hr="any", admin=True, scope="scores:read")),
    Recipe("POST /v1/score-runs/{run_id}/retry", company_hr(), rows={"run_id": "score_run"}, read=_found),
    Recipe(
        "GET /v1/observations/{observation_id}/uses",
        of_people("observations:read"),
        "person",
        {"observation_id": "observation"},
    ),
    Recipe("GET /v1/reports", _SCORES, listing=Listing("any_report"), query="?limit=200"),
    Recipe("GET /v1/reports/{report_id}", _SCORES, "person", {"report_id": "report"}),
    Recipe("GET /v1/recommendations", everybody_reads("scores:read")),
    Recipe("PUT /v1/recommendations", company_hr(), body=lambda _: {"rules": []}),
    Recipe("GET /v1/feedback", _SCORES, listing=Listing("feedback")),
    Recipe(
        "POST /v1/feedback",
        _HEADS,
        "person",
        body=lambda fill: {"scorecard_id": fill.row("scorecard"), "text": "well done"},
    ),
    Recipe("GET /v1/improvement-plans", _SCORES, listing=Listing("improvement_plan")),
    Recipe(
        "POST /v1/improvement-plans",
        Audience(oneself=True),
        "person",
        body=lambda fill: {"scorecard_id": fill.row("scorecard"), "goals": [{"text": "call more"}]},
    ),
    Recipe(
        "POST /v1/improvement-plans/{improvement_plan_id}/acceptance",
        _HEADS,
        "person",
        {"improvement_plan_id": "improvement_plan"},
    ),
)
