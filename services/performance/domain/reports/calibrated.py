"""Reports on calibrated results: what is in force, with what was computed beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.performance.domain.calibration.calibration import Calibration, effective
from services.performance.domain.calibration.texts import calibration_texts
from services.performance.domain.reports.review import FiledReport
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.rubric import Grade
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.scorecard import Scorecard, Verdict


def calibrated_reports(
    cards: Sequence[Scorecard],
    reports: Sequence[FiledReport],
    calibrations: Mapping[UUID, Calibration],
    schemes: Mapping[Version, Scheme],
) -> list[FiledReport]:
    """Lay calibrations, by scorecard, over the reports on `cards`."""
    holding = [effective(calibrations.get(card.id), card.verdict) for card in cards]
    return [
        report if calibration is None else _calibrated(report, calibration, _scale(card, schemes))
        for card, report, calibration in zip(cards, reports, holding, strict=True)
    ]


def _scale(card: Scorecard, schemes: Mapping[Version, Scheme]) -> tuple[Grade, ...]:
    closing = card.result.closing
    version = None if closing is None else closing.version
    return () if version is None else schemes[version].rubric.grades


def _calibrated(report: FiledReport, calibration: Calibration, grades: tuple[Grade, ...]) -> FiledReport:
    """Let the calibrated total and grade stand, and say who calibrated what and why."""
    computed = Verdict(report.total, report.grade)
    shown = calibration.over(computed)
    said, summary = calibration_texts(calibration, computed, grades), report.document["summary"]
    document = {
        **report.document,
        **shown.to_document(),
        "computed": computed.to_document(),
        "summary": {"zh": summary["zh"] + said.zh, "en": f"{summary['en']} {said.en}"},
    }
    return replace(report, total=shown.total, grade=shown.grade, document=document)
