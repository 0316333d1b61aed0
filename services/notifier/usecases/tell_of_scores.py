"""Tell people of scores that moved because a rule or a target did, each with their own numbers."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.notifier.domain.digest import Digest, digest_of_one
from services.notifier.domain.notification import Notification
from services.notifier.domain.templates import ABSENT
from services.notifier.usecases.compose_notification import compose_notification, shown_grade, shown_total
from services.notifier.usecases.ports import UnitOfWork, Work
from shared.contracts.scores import ScoreChange, ScoresChanged

_KINDS = {"scheme": "score.changed.scheme", "target": "score.changed.target"}
"""Causes that are told; what observations move day by day is not news for an inbox."""


async def tell_of_scores(work: Work, runs: Sequence[ScoresChanged]) -> None:
    """Tell each employee the total before and after, and each head the department's count and averages."""
    told = [run for run in runs if run.cause.kind in _KINDS]
    if not told:
        return
    async with work() as uow:
        cycles = await uow.cycles.names({run.cycle_id for run in told})
        own = [_own(uow, run, change, cycles) for run in told for change in _moved(run)]
        await uow.notifications.put([*own, *await _of_departments(uow, told, cycles)])
        await uow.commit()


def _own(uow: UnitOfWork, run: ScoresChanged, change: ScoreChange, cycles: Mapping[UUID, str]) -> Notification:
    about = f"scorecards/{change.scorecard_id}"
    return compose_notification(
        uow,
        change.employee_id,
        _KINDS[run.cause.kind],
        about=about,
        key=f"{about}/{change.sequence}",
        cycle=cycles.get(run.cycle_id, ABSENT),
        previous=shown_total(change.previous_total),
        previous_grade=shown_grade(change.previous_grade),
        total=shown_total(change.total),
        grade=shown_grade(change.grade),
    )


async def _of_departments(
    uow: UnitOfWork, runs: Sequence[ScoresChanged], cycles: Mapping[UUID, str]
) -> list[Notification]:
    sums = await uow.digests.add(_digests(runs))
    departments = {digest.department_id for digest in sums}
    heads = await uow.org.heads(departments, on=uow.today())
    names = await uow.org.department_names(departments)
    cycle_of = {run.run_id: run.cycle_id for run in runs}
    return [
        compose_notification(
            uow,
            head,
            "scores.changed",
            about=f"score-runs/{digest.run_id}",
            key=f"score-runs/{digest.run_id}/{digest.department_id}",
            link=f"/v1/scorecards?cycle_id={cycle_of[digest.run_id]}&department_id={digest.department_id}",
            department=names.get(digest.department_id, ABSENT),
            cycle=cycles.get(cycle_of[digest.run_id], ABSENT),
            changed=digest.changed,
            before=shown_total(digest.before),
            after=shown_total(digest.after),
        )
        for digest in sums
        for head in sorted(heads.get(digest.department_id, frozenset()))
    ]


def _moved(run: ScoresChanged) -> list[ScoreChange]:
    """Leave out scorecards of which lines alone have changed."""
    return [each for each in run.changes if (each.total, each.grade) != (each.previous_total, each.previous_grade)]


def _digests(runs: Iterable[ScoresChanged]) -> list[Digest]:
    sums: dict[tuple[UUID, UUID], Digest] = {}
    for run in runs:
        for change in _moved(run):
            one = digest_of_one(run.run_id, change.department_id, before=change.previous_total, after=change.total)
            key = (run.run_id, change.department_id)
            sums[key] = sums[key] + one if key in sums else one
    return list(sums.values())
