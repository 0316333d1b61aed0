"""Reads a document field by field and names every wrong place in one refusal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast

from shared.core.decimals import parse_decimal
from shared.core.errors import Invalid, Violation

Document = Mapping[str, Any]
"""A JSON object: decimals as text, days as `YYYY-MM-DD`."""
T = TypeVar("T")
Name = TypeVar("Name", bound=str)

_MAX_TEXT = 200


def refuse_all(violations: Sequence[Violation]) -> None:
    """Raise Invalid for all `violations`, under the code of the only one or `document_invalid`; nothing if none."""
    if not violations:
        return
    first = violations[0]
    if len(violations) == 1:
        raise Invalid(first.code, first.detail, violations=violations)
    raise Invalid("document_invalid", f"{len(violations)} places are wrong.", violations=violations)


def child(pointer: str, name: str | int) -> str:
    """Step down one level in an RFC 6901 pointer."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"


class Fields:
    """Reads the fields of one object; a wrong one gets a stand-in, and `done` refuses before any is used."""

    def __init__(self, document: object, *, pointer: str) -> None:
        if not isinstance(document, Mapping):
            raise Invalid.at(pointer, "object_expected", "An object stands here.")
        self._document = cast("Document", document)
        self._pointer = pointer
        self._read: set[str] = set()
        self._violations: list[Violation] = []

    def done(self, *, closed: bool = True) -> None:
        """Raise what was noted; `closed` also refuses fields that nobody read."""
        if closed:
            for name in self._document:
                if name not in self._read:
                    self.refuse(child("", str(name))[1:], "field_unknown", "There is no such field.")
        found, self._violations = self._violations, []
        refuse_all(found)

    def refuse(self, name: str | int, code: str, detail: str) -> None:
        """Note a fault at the field `name`; a path such as `bands/0/from` reaches deeper."""
        self._violations.append(Violation(f"{self._pointer}/{name}", code, detail))

    def has(self, name: str) -> bool:
        """Tell whether the field is given; null is the same as absent."""
        self._read.add(name)
        return self._document.get(name) is not None

    def text(self, name: str, *, default: str | None = None) -> str:
        value = self._value(name, default)
        if isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and _is_writable(value):
            return value
        if value is not None and value != default:
            self.refuse(name, "text_invalid", f"A text of 1 to {_MAX_TEXT} characters stands here.")
        return default or ""

    def choice(self, name: str, among: Sequence[Name], *, default: Name | None = None) -> Name:
        value = self._value(name, default)
        for candidate in among:
            if value == candidate:
                return candidate
        if value is not None:
            self.refuse(name, "value_unknown", f"One of {', '.join(among)} stands here.")
        return among[0]

    def decimal(self, name: str, *, default: Decimal | None = None) -> Decimal:
        value = self._value(name, default)
        return Decimal(0) if value is None else self._checked(name, value, read_decimal, Decimal(0))

    def optional_decimal(self, name: str) -> Decimal | None:
        return self.decimal(name) if self.has(name) else None

    def integer(self, name: str, *, low: int, high: int, default: int | None = None) -> int:
        value = self._value(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        if value is not None:
            self.refuse(name, "integer_invalid", f"An integer from {low} to {high} stands here.")
        return low

    def day(self, name: str) -> date:
        value = self._value(name, None)
        return date.min if value is None else self._checked(name, value, _read_day, date.min)

    def nested(self, name: str, read: Callable[[object, str], T]) -> T:
        """Read a required part with `read(value, pointer)`, noting what it refuses."""
        stand_in = cast("T", None)  # never seen: `done` raises first
        value = self._value(name, None)
        return stand_in if value is None else self._checked(name, value, read, stand_in)

    def each(self, name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """Read a required, non-empty list element by element."""
        value = self._value(name, None)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not value:
            self.refuse(name, "list_invalid", "A list with at least one element stands here.")
            return ()
        stand_in = cast("T", None)  # never seen: `done` raises first
        return tuple(self._checked(f"{name}/{at}", element, read, stand_in) for at, element in enumerate(value))

    def optional_each(self, name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """Read a list that may be absent, but where it is given has an element."""
        return self.each(name, read) if self.has(name) else ()

    def _value(self, name: str, default: object) -> object:
        if self.has(name):
            return self._document[name]
        if default is None:
            self.refuse(name, "field_missing", "This field is required.")
        return default

    def _checked(self, path: str, value: object, read: Callable[[object, str], T], stand_in: T) -> T:
        try:
            return read(value, f"{self._pointer}/{path}")
        except Invalid as refusal:
            self._violations.extend(refusal.violations)
            return stand_in


def _is_writable(text: str) -> bool:
    """Tell whether a text can be stored: no NUL, no half of a surrogate pair."""
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def read_decimal(value: object, pointer: str) -> Decimal:
    """Read a decimal given as text, integer or Decimal; floats are refused because they are not exact."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Invalid.at(pointer, "number_invalid", "A decimal number written as text stands here.")
    return parse_decimal(str(value), pointer=pointer)


def _read_day(value: object, pointer: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid.at(pointer, "day_invalid", "A day written as YYYY-MM-DD stands here.") from None
