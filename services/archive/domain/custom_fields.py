"""Custom fields: a tenant's own small JSON object beside an employee's master data."""

import json
from collections.abc import Mapping
from typing import Any

from shared.core.errors import Invalid

MAX_BYTES = 16_384


def merged(fields: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces."""
    result = {name: value for name, value in fields.items() if name not in patch}
    for name, value in patch.items():
        if isinstance(value, Mapping):
            below = fields.get(name)
            result[name] = merged(below if isinstance(below, Mapping) else {}, value)
        elif value is not None:
            result[name] = value
    return result


def refuse_oversize(fields: Mapping[str, Any]) -> None:
    """Raise Invalid (`custom_fields_invalid`, `custom_fields_too_large`)."""
    try:
        size = len(json.dumps(fields, allow_nan=False, ensure_ascii=False).encode())
    except ValueError:  # NaN, infinity, or half a surrogate pair: Python reads them, JSON has none of them
        raise Invalid.at("/custom_fields", "custom_fields_invalid", "These fields cannot be kept as JSON.") from None
    if size > MAX_BYTES:
        raise Invalid.at("/custom_fields", "custom_fields_too_large", f"At most {MAX_BYTES} bytes are kept.")
