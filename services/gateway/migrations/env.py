from services.gateway.store.tables import metadata
from shared.kit.migrations import run_environment

run_environment(metadata)
