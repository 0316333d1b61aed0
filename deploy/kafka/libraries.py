"""The jars of Apache Kafka: what `pom.xml` names, fetched once by Maven and kept in a folder."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.errors import DeployError
from deploy.standalone.locks import exclusive

POM = Path(__file__).with_name("pom.xml")


def kafka_version() -> str:
    version = re.search(r"<kafka\.version>(.+?)</kafka\.version>", POM.read_text(encoding="utf-8"))
    if version is None:
        raise DeployError(f"{POM} does not say which version of Kafka it means.")
    return version[1]


def fetch_libraries(cache: Path) -> Path:
    """Give the folder of jars below `cache`, filling it first where it is missing; many callers may do so at once."""
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()
    folder = cache / f"{kafka_version()}-{digest[:8]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with exclusive(cache / "lock"):
        if not folder.is_dir():
            _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    """Fetch beside the place and move there, so that a half-filled folder is never used."""
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    print(f"Fetching Apache Kafka {kafka_version()}", file=sys.stderr)
    fetched = subprocess.run(
        [
            *(_find_maven(), "--quiet", "--batch-mode", "--strict-checksums", "--file", POM),
            *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode or not draft.is_dir():
        raise DeployError(f"Maven could not fetch Apache Kafka:\n{fetched.stdout}{fetched.stderr}")
    draft.rename(folder)


def _find_maven() -> str:
    maven = shutil.which("mvn")
    if maven is None:
        raise DeployError("Apache Kafka is fetched by Maven, and no `mvn` is on the PATH (Debian: apt install maven).")
    return maven
