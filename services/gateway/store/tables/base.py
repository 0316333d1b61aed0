"""What all the gateway's tables share; the common `tenants` is the master copy here, written by its use cases."""

from sqlalchemy import MetaData

from shared.kit.org.tables import org_tables
from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)
org = org_tables(metadata)
