"""Files reports beside scorecards, and says that they can be read."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.performance.domain.calibration.calibration import Calibration
from services.performance.domain.cycle import Cycle
from services.performance.domain.reports.calibrated import calibrated_reports
from services.performance.domain.reports.review import FiledReport, review
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork
from shared.contracts.procedure import ReportReady


async def file_reports(
    uow: UnitOfWork,
    cycle: Cycle,
    cards: Sequence[Scorecard],
    *,
    among: Sequence[Scorecard],
    schemes: Mapping[Version, Scheme],
    calibrations: Mapping[UUID, Calibration],
) -> None:
    """Write the reports on `cards`, which compare with everybody `among` whom they are. Does not commit."""
    wanted = {card.id for card in cards}
    reports = review(
        among,
        schemes=schemes,
        past=await uow.inputs.past([card.employee_id for card in cards], before=cycle.period.starts_on),
        recommendations=(await uow.recommendations.current()).rules,
        at=uow.now(),
    )
    shown = calibrated_reports(among, reports, calibrations, schemes)
    filed = [report for report in shown if report.scorecard_id in wanted]
    await uow.reports.file(filed)
    for report in filed:
        uow.publish(_report_ready(report))


def _report_ready(report: FiledReport) -> ReportReady:
    return ReportReady(
        report_id=report.id,
        scorecard_id=report.scorecard_id,
        cycle_id=report.cycle_id,
        employee_id=report.employee_id,
        department_id=report.department_id,
        sequence=report.sequence,
        total=report.total,
        grade=report.grade,
    )
