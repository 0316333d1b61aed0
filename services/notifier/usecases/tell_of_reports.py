"""Tell employees that their report can be read."""

from collections.abc import Sequence

from services.notifier.domain.templates import ABSENT
from services.notifier.usecases.compose_notification import compose_notification, shown_grade, shown_total
from services.notifier.usecases.ports import Work
from shared.contracts.procedure import ReportReady


async def tell_of_reports(work: Work, reports: Sequence[ReportReady]) -> None:
    """Tell each employee of the own report, with total and grade."""
    async with work() as uow:
        cycles = await uow.cycles.names({report.cycle_id for report in reports})
        await uow.notifications.put(
            [
                compose_notification(
                    uow,
                    report.employee_id,
                    "report.ready",
                    about=report.subject,
                    key=f"{report.subject}/{report.sequence}",
                    cycle=cycles.get(report.cycle_id, ABSENT),
                    total=shown_total(report.total),
                    grade=shown_grade(report.grade),
                )
                for report in reports
            ],
        )
        await uow.commit()
