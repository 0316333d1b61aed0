"""The Java that runs Kafka: looked for on the PATH, refused where it is too old."""

import re
import shutil
import subprocess

from deploy.errors import DeployError

OLDEST = 17
"""The oldest Java that Kafka 4 brokers run on."""


def find_java() -> str:
    """Give the path of `java`; raises DeployError where there is none, or one that is too old."""
    remedy = f"Apache Kafka needs Java {OLDEST} or newer on the PATH (Debian: apt install default-jre-headless)"
    java = shutil.which("java")
    if java is None:
        raise DeployError(f"{remedy}; no `java` was found.")
    version, answer = _version(java)
    if version < OLDEST:
        raise DeployError(f"{remedy}; {java} answers: {answer}")
    return java


def _version(java: str) -> tuple[int, str]:
    """Tell the feature release, 0 where the program names none, and the line that says so."""
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    answer = told.stderr.strip() or told.stdout.strip() or "nothing"
    # A line of its own may stand first, where the environment sets JAVA_TOOL_OPTIONS.
    version = re.search(r'version "(\d+)', answer)
    return (int(version[1]) if version else 0), answer.splitlines()[0]
