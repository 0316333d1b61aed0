"""Revisions as the events that carry them."""

from services.performance.domain.scoring.revision import Revision
from shared.contracts.scores import RevisionChanged


def revision_changed(revision: Revision) -> RevisionChanged:
    """Describe a revision as it now is; its numbers stay at home."""
    return RevisionChanged(
        revision_id=revision.id,
        sequence=revision.sequence,
        scorecard_id=revision.scorecard_id,
        cycle_id=revision.cycle_id,
        employee_id=revision.employee_id,
        department_id=revision.department_id,
        state=revision.state,
    )
