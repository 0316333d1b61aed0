"""The performance engine, from scorecards to what follows them."""

import httpx

from tests.integration.access.oracle import Audience, Verdict, company_hr, everybody_reads, of_people
from tests.integration.access.recipe import Listing, Recipe, verdict_of

_SCORES = of_people("scores:read")
_CARD = {"scorecard_id": "scorecard"}
_HEADS = Audience(heads=True, own_forbidden=True)
_REVISERS = Audience(hr="scope", admin=True)
_DECIDERS = Audience(hr="scope", admin=True, own_forbidden=True)


def _found(response: httpx.Response) -> Verdict | None:
    """Take for admitted who hears that the item has no target yet."""
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
    Recipe("GET /v1/score-runs", Audience(hr="any", admin=True, scope="scores:read")),
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
