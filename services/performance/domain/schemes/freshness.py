"""How old the newest data behind a metric may be."""

from dataclasses import dataclass
from typing import Any, Literal

from services.performance.domain.document import Fields

StalePolicy = Literal["show", "pending"]
"""Whether scores wait for a stale source, or only show that it is stale."""
_POLICIES: tuple[StalePolicy, ...] = ("show", "pending")
_MOST = 366


@dataclass(frozen=True, slots=True)
class Freshness:
    max_age_workdays: int
    policy: StalePolicy = "show"

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Freshness":
        fields = Fields(document, pointer=pointer)
        days = fields.integer("max_age_workdays", low=0, high=_MOST)
        freshness = cls(days, fields.choice("policy", _POLICIES, default="show"))
        fields.done()
        return freshness

    def to_document(self) -> dict[str, Any]:
        return {"max_age_workdays": self.max_age_workdays, "policy": self.policy}
