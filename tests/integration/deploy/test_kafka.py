"""The real Apache Kafka through its life: first start, restart, crash, lost disk, rivals and refusals."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from deploy.errors import DeployError
from deploy.kafka.broker import Kafka, throwaway_kafka
from deploy.kafka.probe import Cluster, ask_cluster
from deploy.standalone.postgres import free_port
from deploy.standalone.settings import ROOT, read_settings
from tests.faults.proxy import Proxy

pytestmark = [pytest.mark.anyio, pytest.mark.needs("kafka")]

LIBRARIES = read_settings().kafka_libraries


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a folder, with spaces") / "kafka"


@pytest.fixture(scope="module")
def broker(home: Path) -> Iterator[Kafka]:
    broker = Kafka(home, libraries=LIBRARIES)
    yield broker
    broker.stop()


async def write(url: str, topic: str, value: bytes) -> None:
    servers = url.removeprefix("kafka://")
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, max_request_size=8 * 1024 * 1024)
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(url: str, topic: str) -> bytes | None:
    """Read the first record of the topic's only partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=url.removeprefix("kafka://"), enable_auto_commit=False)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        value: bytes | None = (await consumer.getone()).value
        return value
    finally:
        await consumer.stop()


def listening_addresses(broker: Kafka) -> set[str]:
    process = broker.running()
    assert process is not None
    return {each.laddr.ip for each in process.net_connections("tcp") if each.status == "LISTEN"}


def the_process(broker: Kafka) -> int | None:
    process = broker.running()
    return process.pid if process else None


async def test_it_answers_on_the_loopback_interface_alone(broker: Kafka) -> None:
    assert broker.start() == f"kafka://127.0.0.1:{broker.port}"
    assert ask_cluster(broker.port) == Cluster(id=broker.cluster_id, ports=(broker.port,))
    assert listening_addresses(broker) <= {"127.0.0.1", "::ffff:127.0.0.1"}


async def test_its_folder_is_closed_to_other_users(broker: Kafka) -> None:
    broker.start()
    assert stat.S_IMODE(broker.home.stat().st_mode) == 0o700


async def test_a_second_start_finds_the_running_broker(broker: Kafka, home: Path) -> None:
    url, process = broker.start(), the_process(broker)
    later = Kafka(home, libraries=LIBRARIES)
    assert later.start() == url
    assert the_process(later) == process is not None


async def test_a_misspelt_topic_is_not_made(broker: Kafka) -> None:
    with pytest.raises(UnknownTopicOrPartitionError):
        await send_to_unknown_topic(broker.start())


async def send_to_unknown_topic(url: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=url.removeprefix("kafka://"), request_timeout_ms=1000)
    await producer.start()
    try:
        await producer.send_and_wait("misspelt", b"x")
    finally:
        await producer.stop()


async def test_a_record_of_several_megabytes_passes(broker: Kafka) -> None:
    large = os.urandom(6 * 1024 * 1024)
    url = broker.start()
    await write(url, "large", large)
    assert await read(url, "large") == large


async def test_data_port_and_cluster_survive_a_restart(broker: Kafka) -> None:
    url = broker.start()
    cluster = broker.cluster_id
    await write(url, "kept_by_restart", b"42")
    broker.stop()
    assert broker.running() is None
    assert not broker.is_ready()
    assert broker.start() == url
    assert broker.cluster_id == cluster
    assert await read(url, "kept_by_restart") == b"42"


async def test_a_stop_is_clean(broker: Kafka) -> None:
    broker.start()
    broker.stop()
    assert "shut down completed" in broker.log.read_text()
    assert (broker.data / ".kafka_cleanshutdown").exists()
    broker.stop()


async def test_acknowledged_records_survive_a_kill(broker: Kafka) -> None:
    url = broker.start()
    await write(url, "kept_by_kill", b"42")
    broker.kill()
    assert broker.running() is None
    assert broker.start() == url
    assert await read(url, "kept_by_kill") == b"42"


async def test_a_broker_that_is_not_seen_for_a_moment_has_not_ended(broker: Kafka, home: Path) -> None:
    """The system shows no command line while the shell that starts a broker becomes that broker."""

    class Blinking(Kafka):
        unseen = 1

        def running(self) -> psutil.Process | None:
            process = super().running()
            if process is None or not self.unseen:
                return process
            self.unseen -= 1
            return None

    broker.stop()
    blinking = Blinking(home, libraries=LIBRARIES)
    blinking.start()
    assert (blinking.unseen, the_process(broker)) == (0, the_process(blinking))


async def test_a_process_id_that_became_another_programs_does_not_stop_the_start(broker: Kafka) -> None:
    broker.start()
    broker.stop()
    (broker.home / "pid").write_text(f"{os.getpid()}\n")
    assert broker.running() is None
    broker.start()
    assert the_process(broker) not in {os.getpid(), None}


async def test_a_broker_whose_starter_was_killed_before_noting_it_does_not_stop_the_start(broker: Kafka) -> None:
    broker.start()
    orphan = the_process(broker)
    (broker.home / "pid").unlink()
    broker.start()
    assert the_process(broker) not in {orphan, None}


async def test_a_wiped_disk_makes_another_cluster_on_the_same_port(broker: Kafka) -> None:
    url = broker.start()
    before = broker.cluster_id
    await write(url, "lost_with_the_disk", b"42")
    with pytest.raises(DeployError, match="stop it before"):
        broker.wipe()
    broker.kill()
    broker.wipe()
    assert broker.start() == url
    assert broker.cluster_id != before
    assert ask_cluster(broker.port) == Cluster(id=broker.cluster_id, ports=(broker.port,))
    await write(url, "lost_with_the_disk", b"43")
    assert await read(url, "lost_with_the_disk") == b"43"


@pytest.mark.parametrize("above", [0, 1])
async def test_a_port_taken_by_another_program_is_left_to_it(broker: Kafka, above: int) -> None:
    url = broker.start()
    await write(url, f"kept_by_move_{above}", b"42")
    broker.stop()
    with socket.create_server(("127.0.0.1", broker.port + above)):
        assert not broker.is_ready()
        moved = broker.start()
    assert moved != url
    assert await read(moved, f"kept_by_move_{above}") == b"42"


async def test_two_who_start_it_at_once_get_one_broker(broker: Kafka, home: Path) -> None:
    broker.stop()
    with ThreadPoolExecutor() as pool:
        rivals = [Kafka(home, libraries=LIBRARIES), Kafka(home, libraries=LIBRARIES), broker]
        urls = set(pool.map(lambda each: each.start(), rivals))
    assert len(urls) == 1
    assert len({the_process(rival) for rival in rivals} - {None}) == 1


async def test_a_failed_start_shows_the_end_of_the_log_and_leaves_nothing_behind(broker: Kafka) -> None:
    broker.start()
    broker.stop()
    meta = broker.data / "meta.properties"
    good = meta.read_text()
    meta.write_text(good.replace("node.id=1", "node.id=7"))
    with pytest.raises(DeployError, match=r"(?s)did not start.*Stored node id 7"):
        broker.start()
    assert broker.running() is None
    meta.write_text(good)
    broker.start()


async def test_clients_can_be_led_through_a_proxy(tmp_path: Path) -> None:
    advertised = free_port()
    broker = Kafka(tmp_path / "kafka", libraries=LIBRARIES, advertised_port=advertised)
    try:
        assert broker.start() == f"kafka://127.0.0.1:{advertised}"
        assert ask_cluster(broker.port) == Cluster(id=broker.cluster_id, ports=(advertised,))
        proxy = Proxy(target_port=broker.port)
        await proxy.open(advertised)
        try:
            await write(broker.url, "led", b"42")
            assert await read(broker.url, "led") == b"42"
        finally:
            await proxy.close()
    finally:
        broker.stop()


async def test_a_throwaway_broker_is_shared_and_stopped_by_the_last(tmp_path: Path) -> None:
    home = tmp_path / "throwaway"
    with throwaway_kafka(home, libraries=LIBRARIES) as url:
        with throwaway_kafka(home, libraries=LIBRARIES) as other:
            assert other == url
        await write(url, "shared", b"42")
    assert Kafka(home, libraries=LIBRARIES).running() is None
    (home / "data" / "meta.properties").write_bytes(b"torn")
    with throwaway_kafka(home, libraries=LIBRARIES) as url:
        await write(url, "after_broken_data", b"42")


async def test_the_tests_broker_takes_topics(kafka_url: str) -> None:
    topic = f"taken_{uuid4()}"
    await write(kafka_url, topic, b"42")
    assert await read(kafka_url, topic) == b"42"


async def test_it_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    (var / "kafka-libraries").symlink_to(LIBRARIES)
    started = steelyard("kafka", "start", var=var)
    try:
        url = started.stdout.strip()
        assert (started.returncode, url) == (0, Kafka(var / "kafka", libraries=LIBRARIES).url)
        assert steelyard("kafka", "url", var=var).stdout.strip() == url
        status = steelyard("kafka", "status", var=var)
        assert (status.returncode, status.stdout.split()[:2]) == (0, ["running", url])
    finally:
        assert steelyard("kafka", "stop", var=var).returncode == 0
    assert steelyard("kafka", "status", var=var).returncode == 1


def steelyard(*arguments: str, var: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy", *arguments],
        cwd=ROOT,
        env=os.environ | {"STEELYARD_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )
