"""What a broker has loaded serves the next, and does not keep it from starting where it is torn."""

import os
from pathlib import Path

import pytest

from deploy.kafka.broker import Kafka
from deploy.kafka.libraries import fetch_libraries
from deploy.standalone.settings import read_settings

pytestmark = pytest.mark.needs("kafka")


def test_a_broker_leaves_its_classes_to_the_next_which_starts_without_them_too(tmp_path: Path) -> None:
    jars, own = fetch_libraries(read_settings().kafka_libraries), tmp_path / "libraries"
    own.mkdir()
    (own / jars.name).symlink_to(jars)
    broker = Kafka(tmp_path / "kafka", libraries=own)
    try:
        broker.start()
        broker.stop()
        (archive,) = own.glob("*.jsa")
        broker.start()
        assert str(archive) in mapped(broker)
        broker.kill()
        os.truncate(archive, archive.stat().st_size // 2)
        broker.start()
        assert str(archive) not in mapped(broker)
        assert not archive.exists()
    finally:
        broker.kill()


def mapped(broker: Kafka) -> set[str]:
    """Give the files that the broker's memory shows."""
    process = broker.running()
    assert process is not None
    return {each.path for each in process.memory_maps()}
