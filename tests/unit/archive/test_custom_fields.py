"""A tenant's own fields: merge patch and bounds."""

import pytest

from services.archive.domain.custom_fields import MAX_BYTES, merged, refuse_oversize
from shared.core.errors import Invalid


def test_a_merge_patch_removes_merges_and_replaces() -> None:
    fields = {"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]}
    patch = {"a": None, "b": {"c": None, "x": {"y": None, "z": 1}}, "e": [3], "f": "new"}
    assert merged(fields, patch) == {"b": {"d": 3, "x": {"z": 1}}, "e": [3], "f": "new"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(Invalid, match="JSON"):
        refuse_oversize({"a": value})


def test_the_size_is_bounded() -> None:
    refuse_oversize({"a": "x" * (MAX_BYTES - 9)})
    with pytest.raises(Invalid, match="bytes"):
        refuse_oversize({"a": "x" * (MAX_BYTES - 8)})
