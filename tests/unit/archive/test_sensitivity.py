"""Every label that a column bears is decided by the policy, and the policy knows no label that nothing bears."""

from services.archive.api.policy import POLICY
from services.archive.store.tables import metadata


def test_labels_of_columns_are_those_of_the_policy() -> None:
    borne = {label for table in metadata.tables.values() for column in table.c if (label := column.info.get("label"))}
    assert borne == POLICY.labels.keys()
