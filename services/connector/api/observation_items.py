"""One item of a batch: its shape, and the message it becomes or the place where it is wrong."""

from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import Field, GetPydanticSchema, ValidatorFunctionWrapHandler
from pydantic_core import core_schema

from services.connector.api.fields import Currency, DepartmentRef, EmployeeRef, MetricName, RemoteId
from services.connector.domain.identity import Reference
from services.connector.domain.observation import Arrival
from services.connector.domain.statement import Share, Statement, refuse_uneven
from shared.core.errors import Invalid, Violation
from shared.kit.http.app import Body
from shared.kit.http.batches import Tolerated, Wrong
from shared.kit.http.days import Day, Instant
from shared.kit.http.numbers import Number

Word = Annotated[str, Field(min_length=1, max_length=100)]


class CreditIn(Body):
    employee: EmployeeRef
    share: Number


class ObservationIn(Body):
    """What one record of the source says, or that it is no longer so.

    `measure`, `value`, `occurred_at` and exactly one of `employee`, `credits`, `department` and `company` are required;
    a retraction needs none of them.
    """

    id: RemoteId
    revision: Annotated[int, Field(strict=True, ge=0, lt=2**53)] = 0
    measure: MetricName | None = None
    value: Number | None = None
    currency: Currency | None = None
    occurred_at: Instant | None = None
    credit_date: Day | None = None
    cohort_date: Day | None = None
    dimensions: Annotated[dict[Word, Annotated[str, Field(max_length=200)]], Field(max_length=20, default_factory=dict)]
    employee: EmployeeRef | None = None
    credits: Annotated[list[CreditIn], Field(min_length=1, max_length=50)] | None = None
    department: DepartmentRef | None = None
    company: Annotated[bool, Field(strict=True)] = False
    retracted: Annotated[bool, Field(strict=True)] = False

    def arrival(self, payload: str) -> Arrival:
        """Give the message, `payload` being its JSON as sent.

        Raises Invalid where fields are missing or do not go together.
        """
        return Arrival(
            remote_id=self.id,
            revision=self.revision,
            statement=None if self._is_bare_retraction else self._statement(),
            retracted=self.retracted,
            payload=payload,
        )

    @property
    def _is_bare_retraction(self) -> bool:
        return self.retracted and self.model_fields_set <= {"id", "revision", "retracted"}

    def _statement(self) -> Statement:
        if self.measure is None or self.value is None or self.occurred_at is None:
            raise self._incomplete()
        return Statement(
            measure=self.measure,
            value=self.value,
            occurred_at=self.occurred_at,
            shares=self._shares(),
            credit_date=self.credit_date,
            currency=self.currency,
            cohort_date=self.cohort_date,
            dimensions=self.dimensions,
        )

    def _shares(self) -> tuple[Share, ...]:
        subjects = (self.employee, self.credits, self.department, self.company or None)
        if sum(subject is not None for subject in subjects) != 1:
            raise Invalid("subject_count", "Give exactly one of `employee`, `credits`, `department` and `company`.")
        if self.employee is not None:
            return (Share(self.employee.reference("/employee")),)
        if self.department is not None:
            return (Share(self.department.reference("/department")),)
        if self.credits is None:
            return (Share(Reference("company", place="/company")),)
        shares = tuple(
            Share(credit.employee.reference(f"/credits/{position}/employee"), credit.share)
            for position, credit in enumerate(self.credits)
        )
        refuse_uneven(shares)
        return shares

    def _incomplete(self) -> Invalid:
        absent = [name for name in ("measure", "value", "occurred_at") if getattr(self, name) is None]
        violations = [Violation(f"/{name}", "missing", "Field required") for name in absent]
        return Invalid("missing", "Fields are missing.", violations=violations)


@dataclass(frozen=True, slots=True)
class Received:
    """An item as read: a message, or the first place where it is wrong."""

    remote_id: str | None
    result: Arrival | Violation


def _receive(value: object, read: ValidatorFunctionWrapHandler) -> Received:
    if isinstance(value, Received):  # `observation_reading` was there before
        return value
    item = read(value)
    if isinstance(item, Wrong):
        return Received(_sound_id(value, item), item.violations[0])
    try:
        return Received(item.id, item.arrival(orjson.dumps(value).decode()))
    except Invalid as refusal:
        place = refusal.violations[0] if refusal.violations else Violation("", refusal.code, refusal.detail)
        return Received(item.id, place)


def _sound_id(value: object, wrong: Wrong) -> str | None:
    """Give the id of a wrong item where that, at least, is right: an answer cannot repeat half a surrogate pair."""
    if not isinstance(value, dict) or any(violation.pointer == "/id" for violation in wrong.violations):
        return None
    remote_id: str = value["id"]
    return remote_id


ReceivedItem = Annotated[
    Received,
    GetPydanticSchema(
        lambda _, handler: core_schema.no_info_wrap_validator_function(
            _receive, handler.generate_schema(Tolerated[ObservationIn])
        )
    ),
]
"""An item of a batch, read leniently; the OpenAPI document shows `ObservationIn`."""
