"""What the performance engine refuses, and what to do about it; faults of a document point at their place."""

from shared.core import errors
from shared.core.problem_types import Told, problem_types

_DOCUMENTS: Told = {
    "currency_invalid": ("Not a currency", "Write three capital letters of ISO 4217."),
    "currency_of_a_count": ("Currency of a count", "Leave it out, or sum, average or pick values."),
    "document_invalid": ("Several places wrong", "Correct what `errors` points at."),
    "day_invalid": ("Not a day", "Write YYYY-MM-DD."),
    "field_missing": ("Field missing", "Send it."),
    "field_unknown": ("No such field", "Leave it out, or correct its name."),
    "filter_invalid": ("Filter unusable", "Send a list of texts by dimension."),
    "integer_invalid": ("Not an integer in range", "Send a whole number the detail allows."),
    "list_invalid": ("Not a list", "Send a list with at least one element."),
    "object_expected": ("Not an object", "Send an object."),
    "text_invalid": ("Not a short text", "Send 1 to 200 characters."),
    "value_unknown": ("No such value", "Choose one the detail names."),
}
_RULES: Told = {
    "anchor_not_positive": ("Anchor not above zero", "Proportional points need one."),
    "band_edges_mixed": ("Edges of two kinds", "Let all be absolute, or all relative to the target."),
    "band_gap": ("Gap between bands", "Let every possible actual have a band."),
    "band_order": ("Band ends before it starts", "Exchange its edges."),
    "band_overlap": ("Bands overlap", "Let each start where the one before it ends."),
    "base_outside_limits": ("Base outside its limits", "Choose one between floor and cap."),
    "below_anchor_missing": ("Nothing said below the anchor", "Send `down`, or say that it is proportional."),
    "bound_ambiguous": ("Not one bound", "Give either `value` or `of_target`."),
    "bounds_order": (
        "Places in the wrong order",
        "Let the worse value lie on the worse side, by the metric's direction.",
    ),
    "cap_not_positive": ("Cap not above zero", "Raise it."),
    "condition_ambiguous": ("Not one condition", "Give one of `at_least`, `above`, `at_most` and `below`."),
    "deduction_against_direction": ("Deduction from more", "Count events in a metric where lower is better."),
    "floor_above_cap": ("Floor above the cap", "Exchange them."),
    "form_against_direction": ("Form does not fit the direction", "Choose the form for the metric's direction."),
    "full_mark_not_positive": ("Full mark not above zero", "Raise it."),
    "levels_too_few": ("Too few levels", "A scale has at least two."),
    "points_negative": ("Negative points", "Use a deduction instead."),
    "points_not_positive": ("Points not above zero", "Raise them."),
    "scale_order": ("Scale does not ascend", "Put its levels in order."),
    "share_not_positive": ("Share not above zero", "Raise it."),
    "target_not_positive": ("Target not above zero", "This rule divides by it; raise it, or choose another rule."),
    "target_unusable": ("No meaning for this target", "Send one beyond the rule's other places, above zero."),
    "unit_not_positive": ("Unit not above zero", "Raise it."),
}
_SCHEMES: Told = {
    "cap_below_floor": ("Cap below the floor", "Exchange them."),
    "dimension_unknown": ("No such dimension", "Name one of an item of this version."),
    "grade_duplicate": ("Grade named twice", "Give each a key of its own."),
    "grade_of_a_part": ("Grade of a part", "Let the veto cap the grade of the total, or the score of the part."),
    "grade_open": ("Grades do not cover everything", "Let the last, and no other, take what is left."),
    "grade_order": ("Grades not in order", "Put the best first."),
    "grade_too_precise": ("Grade too precise", "Totals have two places."),
    "grade_unknown": ("No such grade", "Name one of the scale."),
    "item_duplicate": ("Item named twice", "Give each a key of its own."),
    "item_unknown": ("No such item", "Name an item of this version."),
    "level_of_a_part": ("Metric of a department", "Use one that counts the person or the company."),
    "metric_unknown": ("No such metric", "Define it first."),
    "rule_duplicate": ("Rule named twice", "Give each a key of its own."),
    "scheme_not_used": ("Scheme not used here", "Choose one by which somebody under this plan is scored."),
    "weights_not_whole": ("Weights are not a whole", "Let them sum to 10,000 basis points."),
}
_RATES: Told = {
    "rate_duplicate": ("Rate named twice", "Send one rate of a pair and day."),
    "rate_not_positive": ("Rate not above zero", "Raise it, or send null to withdraw it."),
    "rate_of_itself": ("Rate of a currency in itself", "Name two currencies; an amount in its own needs no rate."),
}
_CYCLES: Told = {
    "comment_missing": ("No comment", "Say what has to change."),
    "day_outside_cycle": ("Day outside of the cycle", "Choose one within it."),
    "day_unfit": ("A day too many or too few", "Send `effective_on` with `from_date`, and only then."),
    "growth_absurd": ("Growth out of range", "Stay between -1 and 1."),
    "period_open": ("Period without an end", "Send `ends_on`."),
    "plan_due_late": ("Plans due after the cycle", "Let them be due before it ends."),
    "threshold_negative": ("Negative threshold", "Send zero or more."),
}
_CALIBRATION: Told = {
    "calibration_ambiguous": ("Not one decision", "Send either `grade` or `total`."),
    "participant_unknown": ("No such participant", "Name people who work in the cycle or since."),
    "total_out_of_range": ("Total out of range", "Stay between the floor and the cap of the person's scheme."),
    "total_too_precise": ("Total too precise", "Totals have two places."),
    "population_ambiguous": ("Not one population", "Send `department_id` or `level` with its kind, and with no other."),
    "quota_duplicate": ("Two quotas of a grade", "Keep one."),
    "quotas_impossible": ("Quotas exclude each other", "Let them leave room for a whole group."),
}

PROBLEM_TYPES = problem_types(
    {
        errors.Invalid: {**_DOCUMENTS, **_RULES, **_SCHEMES, **_RATES, **_CYCLES, **_CALIBRATION},
        errors.Forbidden: {
            "plan_not_approver": ("Not the approver", "Let HR or the general manager decide."),
            "plan_not_head": ("Not the head", "Let the department's head or acting head do it."),
        },
        errors.NotFound: {
            "department_not_found": ("No such department", "Check the id; a new one is known here after a moment."),
        },
        errors.Conflict: {
            "assignment_taken": ("Assignment taken", "Change the other scheme's departments or positions first."),
            "calibration_closed": ("Session closed", "Open another session, or withdraw this one."),
            "calibration_outdated": (
                "Another grade in force",
                "Read the session again, and decide on what is in force.",
            ),
            "calibration_pending": (
                "Decided about already",
                "Withdraw the other adjustment, or have its session applied.",
            ),
            "calibration_withdrawn": ("Withdrawn already", "Nothing to do."),
            "calibrations_open": ("Calibration not finished", "Apply the open sessions, or withdraw them."),
            "calibrations_stale": ("Computed results moved", "Review the adjustments that the detail names."),
            "curve_undefined": ("No curve for this target", "Have the item's target set."),
            "cycle_not_calibratable": (
                "Not the time to calibrate",
                "Freeze the cycle first; what is published stands.",
            ),
            "cycle_not_plannable": ("Results stand still", "Change it in a cycle that is not frozen yet."),
            "cycle_overlaps": ("Cycles overlap", "Choose days that no other cycle has."),
            "cycle_phase": ("Not the phase for it", "Read the cycle; its phases follow one another."),
            "improvement_plan_accepted": ("Accepted already", "Nothing to do."),
            "metric_in_use": ("Metric in use", "Define a new metric; only the name of this one may change."),
            "no_scheme_published": ("No scheme published", "Publish one first."),
            "nothing_to_calibrate": ("In force already", "Nothing to do."),
            "nothing_to_approve": ("Nothing to approve", "Nothing to do; read what holds."),
            "nothing_to_confirm": ("Nothing to confirm", "Nothing to do; read the target."),
            "tightening_unconfirmed": (
                "More would be asked of the past",
                "Send `confirm_tightening`, or let it hold `from_date`.",
            ),
            "override_missing": ("Nothing set by hand", "Nothing to do; read the target."),
            "plan_not_due": ("Plan not due", "Wait until it is."),
            "plan_not_editable": ("Plan not editable", "Have it returned first."),
            "plan_not_open": ("Plan not open", "Nothing to do; somebody submitted it."),
            "plan_not_submittable": ("Plan not submittable", "Read the plan; it is submitted or approved."),
            "plan_not_submitted": ("Plan not submitted", "Have it submitted first."),
            "plans_open": ("Plans not approved", "Have them approved, or let late plans take their defaults."),
            "revision_not_proposed": ("Nothing to decide", "Read the revision; it is decided or withdrawn."),
            "score_ungraded": ("No grade to calibrate", "Have its data completed before the cycle is frozen."),
            "score_not_published": ("Score not published", "Wait for its publication."),
            "simulation_applied": ("Applied already", "Nothing to do."),
            "simulation_not_applicable": ("Not to be applied", "Move people in the archive; simulate the rest alone."),
            "simulation_outdated": ("Simulation outdated", "Simulate again, and look at what is new."),
            "version_published": ("Version published", "Write a new version."),
            "version_superseded": ("Later version published", "Write a new version."),
        },
    },
    places={
        "amount_negative": ("Negative amount", "Send zero or more."),
        "supposition_empty": ("Nothing supposed", "Name a scheme version, targets, moves or bonus bands."),
        "version_incomplete": ("Half a scheme version", "Send `scheme_id` and `version` together, or neither."),
    },
)
