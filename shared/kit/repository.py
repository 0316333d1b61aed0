"""The base of every repository: one entity, one table, the same names on both sides."""

from dataclasses import asdict, fields, is_dataclass
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Table, UniqueConstraint, insert, select, update
from sqlalchemy.exc import IntegrityError

from shared.core.errors import Conflict, NotFound, Violation
from shared.core.paging import Row
from shared.kit.db import Transaction

E = TypeVar("E")
_UNIQUE_VIOLATION = "23505"
_FOREIGN_KEY_VIOLATION = "23503"


class Repository(Generic[E]):
    """Loads, adds and saves frozen dataclasses whose fields are the table's columns.

    Subclasses name `table`, `entity` and `noun`, override `to_row` and `to_entity` where a field is no plain column,
    and add the look-ups their use cases need.
    """

    table: ClassVar[Table]
    entity: ClassVar[type[Any]]
    noun: ClassVar[str]

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self.tx = tx
        self.tenant_id = tenant_id

    async def get(self, entity_id: UUID) -> E:
        """Load and lock one, so that what is decided about it holds. Raises NotFound."""
        found = await self.find(id=entity_id)
        if found is None:
            raise NotFound.of(self.noun)
        return found

    async def find(self, **equals: object) -> E | None:
        """Load and lock the one whose columns equal these, or give None."""
        rows = await self.all(**equals)
        return rows[0] if rows else None

    async def all(self, **equals: object) -> list[E]:
        """Load and lock all whose columns equal these, oldest id first."""
        return await self.load(*(self.table.c[name] == value for name, value in equals.items()))

    async def load(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[E]:
        """Load and lock those that meet `conditions`, oldest id first.

        The lock leaves the key alone, so that rows referring to these may be written meanwhile.
        """
        statement = (
            select(self.table)
            .where(self.table.c.tenant_id == self.tenant_id, *conditions)
            .order_by(*self.table.primary_key.columns)
            .limit(limit)
            .with_for_update(key_share=True)
        )
        return [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]

    async def add(self, entity: E) -> None:
        """Insert. Raises Conflict (`already_exists`) where a unique key is taken, NotFound for a missing reference."""
        statement = insert(self.table).values(tenant_id=self.tenant_id, **self.to_row(entity))
        await self._write(statement)

    async def save(self, entity: E) -> None:
        """Write every column of an entity that was loaded before. Raises like `add`."""
        row = self.to_row(entity)
        keys = [self.table.c[column.name] == row[column.name] for column in self._keys()]
        statement = update(self.table).where(self.table.c.tenant_id == self.tenant_id, *keys).values(**row)
        await self._write(statement)

    def to_row(self, entity: E) -> dict[str, Any]:
        assert is_dataclass(entity) and not isinstance(entity, type)  # noqa: S101, PT018 -- narrows for the checker
        return asdict(entity)

    def to_entity(self, row: Row) -> E:
        built: E = self.entity(**{field.name: row[field.name] for field in fields(self.entity)})
        return built

    def _keys(self) -> list[Any]:
        return [column for column in self.table.primary_key.columns if column.name != "tenant_id"]

    def _taken(self, key: str | None) -> Conflict:
        """Refuse at the member that a unique key is about; nowhere for a key over several, which none alone broke."""
        code, detail = "already_exists", f"This {self.noun} exists already."
        unique = (each for each in self.table.constraints if isinstance(each, UniqueConstraint) and each.name == key)
        names = [column.name for each in unique for column in each.columns if column.name != "tenant_id"]
        violations = [Violation(f"/{name}", code, detail) for name in names] if len(names) == 1 else []
        return Conflict(code, detail, violations=violations)

    async def _write(self, statement: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's insert and update share no base
        try:
            await self.tx.execute(statement)
        except IntegrityError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == _UNIQUE_VIOLATION:
                cause = getattr(error.orig, "__cause__", None)
                raise self._taken(getattr(cause, "constraint_name", None)) from error
            if state == _FOREIGN_KEY_VIOLATION:
                raise NotFound(
                    "reference_not_found", f"The {self.noun} refers to something that is not there."
                ) from error
            raise
