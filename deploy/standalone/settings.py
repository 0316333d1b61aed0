"""Where the standalone stack keeps its files and where it listens."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.errors import DeployError
from shared.kit.bus.kafka.cluster import Cluster

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


def _for_asyncpg(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return f"postgresql+asyncpg://{rest}"


DatabaseUrl = Annotated[str, AfterValidator(_for_asyncpg)]
"""A PostgreSQL URL in any common spelling, turned into the one SQLAlchemy wants."""


def _for_the_bus(url: str) -> str:
    Cluster.read(url)
    return url


KafkaUrl = Annotated[str, AfterValidator(_for_the_bus)]
"""The brokers by which clients find the cluster."""


class Settings(BaseSettings):
    """Read from the environment; every folder below `var` is made by whoever writes there first."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, populate_by_name=True)

    var: Annotated[Path, AfterValidator(Path.resolve)] = Field(ROOT / "var", validation_alias="STEELYARD_VAR")
    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT")
    """The one public port."""
    host: str = Field("127.0.0.1", validation_alias="STEELYARD_HOST")
    """The address the public port is opened on; `0.0.0.0` lets other machines in."""
    database_url: DatabaseUrl | None = Field(None, validation_alias="DATABASE_URL")
    """A PostgreSQL to use instead of the embedded one."""
    test_database_url: DatabaseUrl | None = Field(None, validation_alias="TEST_DATABASE_URL")
    """The same for the tests; they create and drop databases there."""
    bus: Literal["postgres", "kafka"] = Field("postgres", validation_alias="BUS")
    """What carries events between services; with Kafka, every service runs as its own processes."""
    kafka_url: KafkaUrl | None = Field(None, validation_alias="KAFKA_URL")
    """A Kafka to use instead of our own."""
    kafka_jars: Path | None = Field(None, validation_alias="STEELYARD_KAFKA_JARS")
    """Where the programs of Apache Kafka are kept, so that stacks may share them."""
    test_kafka_url: KafkaUrl | None = Field(None, validation_alias="TEST_KAFKA_URL")
    """The same for the tests; they create topics and groups there."""

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def test_postgres(self) -> Path:
        return self.var / "test-postgres"

    @property
    def kafka(self) -> Path:
        return self.var / "kafka"

    @property
    def test_kafka(self) -> Path:
        return self.var / "test-kafka"

    @property
    def kafka_libraries(self) -> Path:
        """The programs of Apache Kafka, in a folder per version."""
        return self.kafka_jars or self.var / "kafka-libraries"

    @property
    def secrets(self) -> Path:
        """Generated passwords and keys, closed to other users."""
        return self.var / "secrets"

    @property
    def audit(self) -> Path:
        """Signed checkpoints of the audit log, outside of the database."""
        return self.var / "audit"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def throwaway_homes(home: Path) -> Sequence[Path]:
    """Name the folders of the tests' servers of one kind: one, and one for each process where tests run in several."""
    return [found for found in home.parent.glob(f"{home.name}*") if found.is_dir()]


def read_settings(*, port: int | None = None) -> Settings:
    """Read the environment, a given port taking precedence, and name the variable that is wrong."""
    try:
        return Settings() if port is None else Settings(port=port)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
        raise DeployError(f"The settings cannot be used: {wrong}") from None
