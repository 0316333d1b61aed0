from services.connector.store.tables import metadata
from shared.kit.migrations import run_environment

run_environment(metadata)
