"""What the archive refuses, and what to do about it."""

from shared.core import errors
from shared.core.problem_types import problem_types

PROBLEM_TYPES = problem_types(
    {
        errors.Invalid: {
            "custom_fields_invalid": ("Custom fields unusable", "Use texts, numbers, booleans and nulls by name."),
            "custom_fields_too_large": (
                "Custom fields too large",
                "Keep what is long elsewhere, and a reference here.",
            ),
            "day_twice": ("A day is both holiday and workday", "Name it once."),
            "employment_required": ("No department named", "Send an `employment` in one of your departments."),
            "filter_unsupported": (
                "Filter not supported",
                "Search by another attribute; the archive's page lists them.",
            ),
            "heads_overlap": ("Two heads on one day", "Let one end before the next begins."),
            "work_number_required": ("No work number", "Send an `employeeNumber` of at most 50 characters."),
        },
        errors.NotFound: {
            "period_unknown": ("Revision of an unknown result", "Wait for its publication, or republish it."),
        },
        errors.Conflict: {
            "department_circle": ("Department inside itself", "Choose a parent outside its own subtree."),
            "departure_before_joining": ("Leaves before joining", "Correct the day, or that of joining."),
            "fte_exceeded": ("More than full time", "End or reduce another employment of these days first."),
            "head_leaves": ("Head leaves the company", "Let the appointment end by then."),
            "left_already": ("Has left already", "Take the person on again first."),
            "leaves_overlap": ("Leaves overlap", "Cancel or shorten the other leave first."),
            "outside_membership": ("Days outside the employment with us", "Stay between joining and leaving."),
            "own_manager": ("One's own manager", "Name somebody else."),
            "record_of_scorecard": ("Record of a scorecard", "Revise the scorecard; the record follows."),
            "remote_id_taken": (
                "Remote id of another record",
                "Send it for the person it belongs to, or use a new id.",
            ),
            "worked_after_departure": ("Employed after leaving", "Correct the employment first."),
        },
    },
    places={
        "competency_repeated": ("Competency named twice", "Name each once."),
        "fte_invalid": ("Not a share of full time", "Send more than 0 and at most 1, with four places at most."),
        "measure_repeated": ("Measure named twice", "Name each once."),
        "metric_repeated": ("Metric named twice", "Name each once."),
        "performance_required": ("Result missing", "Send `performance` with a record of that kind."),
        "performance_unexpected": ("Result out of place", "Leave `performance` to records of that kind."),
    },
)
