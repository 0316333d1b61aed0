"""Makes the results of a frozen cycle final, files everybody's report, and tells payroll and people."""

from collections.abc import Mapping, Sequence

from services.performance.domain.cycle import Cycle
from services.performance.domain.reports.review import FiledReport, review
from services.performance.domain.schemes.rulebook import Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.announce_scores import score_published
from services.performance.usecases.scoring.settle_results import begin_run, settle_results
from shared.contracts.procedure import ReportReady
from shared.contracts.scores import Cause


async def publish_scorecards(uow: UnitOfWork, cycle: Cycle) -> None:
    """Settle every frozen scorecard with missing data treated as its metric says. Does not commit."""
    cards = await uow.scorecards.lock(cycle.id, status="frozen")
    run = begin_run(uow, cycle, cause=Cause(kind="cycle", reference=str(cycle.id)), concerned=len(cards))
    published = await settle_results(uow, cycle, cards, run=run, status="published")
    schemes = (await uow.inputs.rulebook(cycle.id)).schemes
    for card in published:
        uow.publish(score_published(card, cycle, schemes=schemes))
    for report in await _file_reports(uow, cycle, published, schemes=schemes):
        uow.publish(_report_ready(report))


async def _file_reports(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, schemes: Mapping[Version, Scheme]
) -> list[FiledReport]:
    reports = review(
        cards,
        schemes=schemes,
        past=await uow.inputs.past([card.employee_id for card in cards], before=cycle.period.starts_on),
        recommendations=(await uow.recommendations.current()).rules,
        at=uow.now(),
    )
    await uow.reports.file(reports)
    return reports


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
