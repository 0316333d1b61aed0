"""The one metadata of the performance engine's tables, with the common ones and the organisation's copy."""

from sqlalchemy import MetaData

from shared.kit.operations.tables import operation_tables
from shared.kit.org.tables import org_tables
from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)
org = org_tables(metadata)
long_work = operation_tables(metadata)
