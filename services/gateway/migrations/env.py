from services.gateway.store.tables.base import metadata
from shared.kit.migrations import run_environment

run_environment(metadata)
