"""What Kafka needs from the machine: a Java that is new enough, and Maven to fetch the jars."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.errors import DeployError
from deploy.kafka.broker import Kafka, kafka_url
from deploy.kafka.java import find_java
from deploy.kafka.libraries import POM, fetch_libraries, kafka_version
from deploy.standalone.settings import Settings, read_settings

FETCHES = """
for argument; do case $argument in -DoutputDirectory=*) folder=${argument#*=} ;; esac; done
echo once >> "$0.calls"
/bin/mkdir -p "$folder" && : > "$folder/kafka.jar"
"""
FAILS = """
for argument; do case $argument in -DoutputDirectory=*) folder=${argument#*=} ;; esac; done
/bin/mkdir -p "$folder" && : > "$folder/kafka.jar"
echo '[ERROR] Could not find artifact'
exit 1
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the only folder on the PATH, empty."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)


def test_a_missing_java_is_named(programs: Path, tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"needs Java 17 or newer .*; no `java` was found"):
        Kafka(tmp_path / "kafka", libraries=tmp_path / "libraries").start()


@pytest.mark.parametrize("version", ['openjdk version "11.0.2" 2019-01-15', 'java version "1.8.0_292"', "No Java here"])
def test_a_java_that_is_too_old_is_refused_with_its_version(programs: Path, version: str) -> None:
    install(programs / "java", f"echo '{version}' >&2")
    with pytest.raises(DeployError, match="needs Java 17 or newer") as refusal:
        find_java()
    assert version in str(refusal.value)


@pytest.mark.parametrize("version", ['openjdk version "17.0.15" 2025-04-15', 'openjdk version "25" 2025-09-16'])
def test_a_newer_java_will_do(programs: Path, version: str) -> None:
    install(programs / "java", f"printf '%s\\n' 'Picked up JAVA_TOOL_OPTIONS: -Dx=y' '{version}' >&2")
    assert find_java() == str(programs / "java")


def test_a_missing_maven_is_named(programs: Path, tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="no `mvn` is on the PATH"):
        fetch_libraries(tmp_path / "libraries")


def test_a_failed_fetch_says_why_and_leaves_no_folder_to_be_used(programs: Path, tmp_path: Path) -> None:
    install(programs / "mvn", FAILS)
    with pytest.raises(DeployError, match="Could not find artifact"):
        fetch_libraries(tmp_path / "libraries")
    install(programs / "mvn", FETCHES)
    assert [jar.name for jar in fetch_libraries(tmp_path / "libraries").iterdir()] == ["kafka.jar"]


def test_many_who_fetch_at_once_do_it_once(programs: Path, tmp_path: Path) -> None:
    install(programs / "mvn", FETCHES)
    with ThreadPoolExecutor() as pool:
        folders = set(pool.map(fetch_libraries, [tmp_path / "libraries"] * 4))
    assert len(folders) == 1
    assert folders.pop().name.startswith(f"{kafka_version()}-")
    assert (programs / "mvn.calls").read_text() == "once\n"


def test_the_list_of_jars_names_no_host() -> None:
    assert "://" not in POM.read_text()


@pytest.mark.needs("kafka")
def test_the_fetched_jars_are_of_the_version_asked_for() -> None:
    folder = fetch_libraries(read_settings().kafka_libraries)
    assert (folder / f"kafka_2.13-{kafka_version()}.jar").exists()


def test_a_given_kafka_is_used_instead(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, kafka_url="kafka://one.example:9092,two.example:9092")
    assert kafka_url(settings) == "kafka://one.example:9092,two.example:9092"
    assert not settings.kafka.exists()


@pytest.mark.parametrize("url", ["one.example:9092", "kafka://one.example", "kafka://", "https://one.example:9092"])
def test_what_is_no_kafka_url_is_refused_by_its_variable(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_URL", url)
    with pytest.raises(DeployError, match=r"KAFKA_URL: .*must look like kafka://host:9092"):
        read_settings()
