"""A calibration in one sentence, in both languages."""

from collections.abc import Mapping
from decimal import Decimal

from services.performance.domain.calibration.calibration import Calibration
from services.performance.domain.schemes.rubric import Grade
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.texts import Texts

_ROLES: Mapping[str, Texts] = {"hr": Texts("人力资源", "HR"), "admin": Texts("管理员", "an administrator")}
_GRADE = Texts("经{role}校准，等级由{old}调整为{new}", "Calibrated by {role}: grade {old} → {new}")
_TOTAL = Texts(
    "经{role}校准，总分由 {before} 调整为 {after}，等级由{old}调整为{new}",
    "Calibrated by {role}: total {before} → {after}, grade {old} → {new}",
)
_REASON = Texts("。理由：{reason}", ". Reason: {reason}")
_NONE = Texts("无", "none")


def calibration_texts(calibration: Calibration, computed: Verdict, grades: tuple[Grade, ...]) -> Texts:
    """Say who changed what is computed to what, and why."""
    names = {grade.key: grade.name for grade in grades}
    after = calibration.over(computed)
    template = (_GRADE if after.total == computed.total else _TOTAL) + _REASON
    return template.filled(
        role=_ROLES[calibration.role],
        old=_named(computed.grade, names),
        new=_named(after.grade, names),
        before=_written(computed.total),
        after=_written(after.total),
        reason=calibration.reason,
    )


def _named(grade: str | None, names: Mapping[str, Texts]) -> Texts:
    return _NONE if grade is None else names.get(grade, Texts(grade, grade))


def _written(total: Decimal | None) -> str:
    return "–" if total is None else f"{total:f}"
