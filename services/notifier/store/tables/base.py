"""What every table of the notifier is declared on: the metadata, the kit's tables and the organisation's copy."""

from sqlalchemy import MetaData

from shared.kit.org.tables import org_tables
from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)
org = org_tables(metadata)
