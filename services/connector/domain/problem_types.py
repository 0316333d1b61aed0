"""What the connector refuses, and what to do about it."""

from shared.core import errors
from shared.core.problem_types import problem_types

PROBLEM_TYPES = problem_types(
    {
        errors.Invalid: {
            "credit_repeated": ("Credited twice", "Name everybody once, with the whole share."),
            "missing": ("Fields missing", "Send them, or `retracted` alone to take an observation back."),
            "reference_count": ("Not one reference", "Give either our id or your own reference."),
            "share_not_positive": ("Share of nothing", "Leave out who gets none."),
            "shares_not_one": ("Shares are not a whole", "Let them sum to exactly 1."),
            "subject_count": ("Not one subject", "Say about whom it is, once."),
        },
        errors.NotFound: {
            "source_unknown": ("No such connection", "Create it, or correct its key."),
        },
        errors.Conflict: {
            "connection_built_in": ("Connection of the system itself", "Use a connection of your own."),
            "control_totals_differ": ("Control totals differ", "Send what is missing, or accept the difference."),
            "day_not_over": ("Day not over", "Declare it complete once it is."),
            "identity_links_overlap": ("Linked already", "End the other link first; codes may be given again later."),
            "source_ended": ("Source at its end", "Nothing to do; or let what goes on come over another connection."),
            "source_goes_on": ("Later days have come", "Declare the last day; or retract what came of later ones."),
            "not_quarantined": ("Not in quarantine", "Nothing to do; it counts, or was dismissed already."),
        },
        errors.TooLarge: {
            "batch_too_large": ("Batch too large", "Split it; items may come in any number of batches."),
        },
    },
    places={
        "control_count_differs": ("Number of items differs", "Send what is missing, or accept the difference."),
        "control_sum_differs": ("Sum of values differs", "Correct the items, or accept the difference."),
        "department_unknown": ("Department not known", "Nothing; released when there is one. Or correct the code."),
        "identity_ambiguous": ("Several people fit", "Link the reference to one of them."),
        "identity_unknown": ("Nobody fits", "Link the reference, or hire the person: both release the item."),
        "revision_conflict": ("Another content under this revision", "Send a change under a higher `revision`."),
    },
)
