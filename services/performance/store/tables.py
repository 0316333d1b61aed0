"""The performance's tables; `migrations/` creates the same ones, which a test compares."""

from sqlalchemy import MetaData

from shared.kit.org.tables import org_tables
from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)
org = org_tables(metadata)
