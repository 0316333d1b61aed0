"""One example of each event, enclosed and written as services do it: the same company, a week of March."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

from shared.contracts.audit import AuditRecorded
from shared.contracts.envelope import EventData
from shared.contracts.observations import (
    BusinessTargetChanged,
    CompletenessDeclared,
    ConnectionChanged,
    ConnectionStale,
    ObservationItem,
    ObservationsRecorded,
)
from shared.contracts.organisation import (
    CalendarChanged,
    DepartmentChanged,
    EmployeeChanged,
    Employment,
    Headship,
    Leave,
    PositionChanged,
)
from shared.contracts.procedure import (
    CycleChanged,
    FeedbackGiven,
    ImprovementPlanChanged,
    MetricChanged,
    PlanChanged,
    ReportReady,
    SchemePublished,
    TargetChanged,
    TaskDue,
    WeightChange,
)
from shared.contracts.records import Measurement, PastMetric, PastPerformance, RecordChanged
from shared.contracts.scores import (
    Cause,
    ItemResult,
    RevisionChanged,
    ScoreChange,
    ScorePublished,
    ScoreRevised,
    ScoresChanged,
)
from shared.contracts.tenancy import PrincipalRevoked, TenantChanged, TenantErased
from shared.kit.bus.port import Message
from shared.kit.outbox import enclose, message_of

AT = datetime(2026, 3, 4, 8, 15, 2, tzinfo=UTC)
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class _Numbered:
    """UUIDv7 of one instant, told apart by a number, so that every run writes the same."""

    def __init__(self, number: int) -> None:
        self._number = number

    def new(self) -> UUID:
        ms = int(AT.timestamp() * 1000)
        return UUID(int=(ms << 80) | (0x7 << 76) | (0b10 << 62) | self._number)


def _id(number: int) -> UUID:
    return _Numbered(number).new()


TENANT = _id(1)
SALES, SELLER, WANG, HEAD, CYCLE, SCHEME, PLAN, CARD, RUN = map(_id, range(2, 11))
_FROM, _TO = date(2026, 1, 1), date(2026, 7, 1)


def _item(key: str, name: str, weight: int, *, actual: str | None, points: int | None) -> ItemResult:
    return ItemResult(
        key=key,
        metric=key,
        name=name,
        weight=weight,
        state="pending" if actual is None else "value",
        target=Decimal(1200000 if key == "sales" else 90),
        actual=None if actual is None else Decimal(actual),
        points=None if points is None else Decimal(points),
    )


_SALES = _item("sales", "销售额", 6000, actual="1250000.00", points=64)
_CONVERSION = _item("conversion_rate", "转化率", 3000, actual="90", points=90)
_TEAMWORK = _item("teamwork", "团队协作", 1000, actual="85", points=85)
_PENDING = _item("teamwork", "团队协作", 1000, actual=None, points=None)
_RAISED = _item("sales", "销售额", 6000, actual="1350000.00", points=66)

EXAMPLES: tuple[EventData, ...] = (
    TenantChanged(tenant_id=TENANT, sequence=2, name="衡信消费金融", zone="Asia/Shanghai", currency="CNY"),
    TenantErased(tenant_id=TENANT, ordered_at=AT),
    PrincipalRevoked(principal=str(_id(11))),
    EmployeeChanged(
        employee_id=WANG,
        sequence=3,
        work_number="S07",
        name="王建国",
        email="s07@company.example",
        joined_on=date(2020, 1, 1),
        employments=(
            Employment(
                id=_id(12),
                department_id=SALES,
                position_id=SELLER,
                position_name="销售顾问",
                manager_id=HEAD,
                fte=Decimal(1),
                starts_on=date(2020, 1, 1),
            ),
        ),
        leaves=(Leave(kind="annual", starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 14)),),
    ),
    DepartmentChanged(
        department_id=SALES,
        sequence=2,
        code="SALES",
        name="销售部",
        heads=(Headship(employee_id=HEAD, kind="head", starts_on=date(2019, 7, 1)),),
    ),
    PositionChanged(position_id=SELLER, sequence=1, code="SELLER", name="销售顾问"),
    CalendarChanged(sequence=1, holidays=(date(2026, 5, 1),), workdays=(date(2026, 5, 9),)),
    RecordChanged(
        record_id=_id(13),
        sequence=1,
        employee_id=WANG,
        kind="performance",
        occurred_on=date(2025, 12, 31),
        measurements=(Measurement(measure="feedback.teamwork", value=Decimal(85)),),
        performance=PastPerformance(
            starts_on=date(2025, 7, 1),
            ends_on=_FROM,
            metrics=(PastMetric(metric="sales", target=Decimal(1100000), actual=Decimal("1163400.50")),),
            total=Decimal("81.20"),
            grade="good",
        ),
    ),
    ObservationsRecorded(
        batch_id=_id(14),
        shard=4,
        items=(
            ObservationItem(
                observation_id=_id(15),
                revision=1,
                source="crm",
                remote_id="SO-1",
                measure="order.amount",
                subject_kind="employee",
                subject_id=WANG,
                value=Decimal("1999.00"),
                currency="CNY",
                occurred_at=AT,
                credit_date=AT.date(),
                dimensions={"channel": "direct"},
            ),
        ),
    ),
    CompletenessDeclared(source="crm", measure="order.amount", complete_through=date(2026, 3, 3)),
    ConnectionChanged(connection_id=_id(16), sequence=1, source="telephone", name="电话系统"),
    ConnectionStale(connection_id=_id(16), source="telephone", last_received_at=AT.replace(day=3)),
    BusinessTargetChanged(
        business_target_id=_id(17),
        sequence=1,
        source="erp",
        metric="sales",
        subject_kind="company",
        starts_on=_FROM,
        ends_on=_TO,
        value=Decimal(48000000),
        currency="CNY",
    ),
    ScoresChanged(
        cycle_id=CYCLE,
        run_id=RUN,
        cause=Cause(kind="observations"),
        changes=(
            ScoreChange(
                scorecard_id=CARD,
                employee_id=WANG,
                department_id=SALES,
                sequence=17,
                status="provisional",
                previous_total=Decimal("64.20"),
                total=Decimal("65.40"),
                items=(_SALES, _CONVERSION, _PENDING),
            ),
        ),
    ),
    ScorePublished(
        cycle_id=CYCLE,
        scorecard_id=CARD,
        employee_id=WANG,
        department_id=SALES,
        sequence=41,
        total=Decimal("73.90"),
        grade="fair",
        items=(_SALES, _CONVERSION, _TEAMWORK),
        cycle_starts_on=_FROM.isoformat(),
        cycle_ends_on=_TO.isoformat(),
    ),
    ScoreRevised(
        cycle_id=CYCLE,
        scorecard_id=CARD,
        employee_id=WANG,
        department_id=SALES,
        sequence=42,
        total=Decimal("75.10"),
        grade="fair",
        items=(_RAISED, _CONVERSION, _TEAMWORK),
        previous_total=Decimal("73.90"),
        previous_grade="fair",
        reason="late_data",
    ),
    RevisionChanged(
        revision_id=_id(34),
        sequence=2,
        scorecard_id=CARD,
        cycle_id=CYCLE,
        employee_id=WANG,
        department_id=SALES,
        state="approved",
    ),
    MetricChanged(metric_id=_id(30), sequence=1, key="sales", name="销售额"),
    SchemePublished(
        scheme_id=SCHEME,
        sequence=2,
        name="销售顾问",
        effect="whole_cycle",
        weights=(
            WeightChange(key="sales", name="销售额", previous=7000, weight=6000),
            WeightChange(key="conversion", name="转化率", previous=3000, weight=4000),
        ),
        department_ids=(SALES,),
        employee_count=24,
        dropped_plan_ids=(PLAN,),
    ),
    TargetChanged(
        target_id=_id(18),
        sequence=2,
        cycle_id=CYCLE,
        metric="sales",
        subject_kind="employee",
        subject_id=WANG,
        previous=Decimal(1150000),
        value=Decimal(1200000),
        origin="business",
        reason="公司目标按历史份额分解",
    ),
    PlanChanged(
        plan_id=PLAN,
        sequence=3,
        cycle_id=CYCLE,
        department_id=SALES,
        state="returned",
        due_on=date(2026, 3, 10),
        actor_id=HEAD,
        comment="转化率权重偏低",
    ),
    CycleChanged(
        cycle_id=CYCLE,
        sequence=2,
        name="2026 年上半年",
        phase="running",
        starts_on=_FROM,
        ends_on=_TO,
        plan_due_on=date(2026, 3, 10),
    ),
    ReportReady(
        report_id=_id(19),
        scorecard_id=CARD,
        cycle_id=CYCLE,
        employee_id=WANG,
        department_id=SALES,
        sequence=1,
        total=Decimal("73.90"),
        grade="fair",
    ),
    FeedbackGiven(feedback_id=_id(20), scorecard_id=CARD, employee_id=WANG, author_id=HEAD),
    ImprovementPlanChanged(
        improvement_plan_id=_id(21),
        sequence=1,
        scorecard_id=CARD,
        employee_id=WANG,
        department_id=SALES,
        state="submitted",
    ),
    TaskDue(
        task="plan.submit",
        about=f"plans/{PLAN}",
        cycle_id=CYCLE,
        department_id=SALES,
        day=AT.date(),
        due_on=date(2026, 3, 10),
    ),
    AuditRecorded(
        actor=str(_id(11)),
        actor_kind="person",
        actor_employee_id=HEAD,
        action="records:read",
        outcome="read",
        method="GET",
        route="/v1/employees/{employee_id}/records",
        resource=f"/v1/employees/{WANG}/records",
        status=200,
        subjects=(WANG,),
        rows=3,
        request_id="0f4c2f6e6a1d4c6f8a52d0f4b7f7f0aa",
        client_address="203.0.113.7",
        occurred_at=AT,
    ),
)


@cache
def examples() -> Mapping[str, Message]:
    """Give a message of each event type as it travels."""
    return {event.event_type: _written(event, number) for number, event in enumerate(EXAMPLES, start=100)}


def _written(event: EventData, number: int) -> Message:
    envelope = enclose(event, source=event.topic.producer, tenant_id=TENANT, at=AT, ids=_Numbered(number))
    return message_of(envelope.model_copy(update={"traceparent": _TRACE}))
