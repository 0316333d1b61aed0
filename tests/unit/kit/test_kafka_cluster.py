"""A bus is chosen by its URL, and a Kafka's says how to get in."""

import pytest
from aiokafka.partitioner import DefaultPartitioner

from shared.kit.bus.connect import connect_bus
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.kafka.cluster import Cluster
from shared.kit.bus.kafka.producing import partition_of
from shared.kit.bus.postgres.bus import PostgresBus


def test_the_scheme_chooses_the_adapter() -> None:
    assert isinstance(connect_bus("kafka://127.0.0.1:9092"), KafkaBus)
    assert isinstance(connect_bus("postgresql+asyncpg://u:p@127.0.0.1/db"), PostgresBus)


def test_several_brokers_without_a_login() -> None:
    options = Cluster.read("kafka://one:9092,two:9093").options()
    assert options["bootstrap_servers"] == ["one:9092", "two:9093"]
    assert options["security_protocol"] == "PLAINTEXT"


def test_a_login_over_tls() -> None:
    cluster = Cluster.read("kafka://hr:p%40ss@one:9092?tls=true")
    options = cluster.options()
    assert options["security_protocol"] == "SASL_SSL"
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("hr", "p@ss")
    assert options["ssl_context"].check_hostname
    assert "p@ss" not in repr(cluster)


@pytest.mark.parametrize("url", ["kafka://", "kafka://host", "kafka://host:port", "kafka://:9092", "redis://h:1"])
def test_what_names_no_kafka_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must look like kafka"):
        Cluster.read(url)


@pytest.mark.parametrize("key", ["", "k", "employees/1", "019cb7ea-2770-7000-8000-000000000001/cycles/7", "测试"])
def test_a_key_goes_where_every_other_client_would_put_it(key: str) -> None:
    choose = DefaultPartitioner()
    assert partition_of(key, 16) == choose(key.encode(), list(range(16)), [])
