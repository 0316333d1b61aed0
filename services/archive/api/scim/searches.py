"""SCIM's filters and paging as the archive's own conditions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from scim2_models import SearchRequest
from scim2_models.path import AttrPath, Comparison, FilterNode, LogicalExpr, LogicalOperator, Not, Present, ValuePath

from services.archive.domain import search
from shared.core.errors import Invalid

_INSTANTS = frozenset({"meta.created", "meta.lastmodified"})
_NOBODY = UUID(int=0)


def search_of(asked: SearchRequest[Any]) -> search.Search:
    """Read what is looked for. Raises Invalid (`filter_unsupported`)."""
    return search.Search(
        condition=None if asked.filter is None else _condition(asked.filter.ast),
        sort_by=None if asked.sort_by is None else _sort_name(str(asked.sort_by)),
        descending=asked.sort_order == SearchRequest.SortOrder.descending,
        offset=asked.start_index_0 or 0,
        limit=asked.count,
    )


def _condition(node: FilterNode, *, within: str = "") -> search.Condition:
    if isinstance(node, Comparison):
        name = within + _name(node.attr_path)
        return search.Compared(name, node.op.value, _operand(name, node.value))
    if isinstance(node, Present):
        return search.Present(within + _name(node.attr_path))
    if isinstance(node, Not):
        return search.Negated(_condition(node.expr, within=within))
    if isinstance(node, LogicalExpr):
        terms = [_condition(term, within=within) for term in node.terms]
        return search.Together(every=node.op == LogicalOperator.and_, terms=terms)
    assert isinstance(node, ValuePath)  # noqa: S101 -- there is no other kind
    return _condition(node.val_filter, within=f"{_name(node.attr_path)}.")


def _name(path: AttrPath) -> str:
    """Write an attribute in lower case and without its schema: no two schemas here share one."""
    return ".".join(part.lower() for part in (path.attr, path.sub_attr) if part)


def _sort_name(path: str) -> str:
    return path.rpartition(":")[2].lower()


def _operand(name: str, value: Any) -> search.Operand:  # noqa: ANN401 -- whatever a filter may hold
    if name == "id" and isinstance(value, str):
        return _uuid(value)
    if name in _INSTANTS and isinstance(value, str):
        return _instant(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Invalid.at("#/query/filter", "filter_unsupported", "Nothing here is a number.")
    if isinstance(value, str) and "\0" in value:
        raise Invalid.at("#/query/filter", "nul_refused", "A NUL character is not text.")
    operand: search.Operand = value
    return operand


def _uuid(value: str) -> UUID:
    """Read an id; what is none is nobody's."""
    try:
        return UUID(value)
    except ValueError:
        return _NOBODY


def _instant(value: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        instant = datetime.min  # noqa: DTZ901 -- without a zone, and so refused below
    if instant.tzinfo is None:
        raise Invalid.at("#/query/filter", "filter_unsupported", "Write instants as 2026-03-04T08:00:00Z.")
    return instant
