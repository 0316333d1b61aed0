"""The Java machine that Kafka's programs run in: its options, and how one is left running in the background."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import DeployError
from deploy.kafka import classes

BROKER = "kafka.Kafka"
CRASHED = "A fatal error has been detected by the Java Runtime Environment"
"""What Java prints where it is Java that failed, and not the program."""
TMP = "tmp"
"""Of the folder a program runs in: what may be gone at the next start."""
_OPTIONS = (
    *("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"),  # starts soonest and takes least; the heap is too small for another
    "-XX:+ExitOnOutOfMemoryError",  # rather gone than limping; a start mends it
    "-XX:-UsePerfData",  # else it keeps a file in the system's temporary folder
    f"-Djava.io.tmpdir={TMP}",  # native libraries for compression are unpacked here
    "-Djava.awt.headless=true",
)
_LOGGING = {
    "showDateTime": "true",
    "dateTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "log.org.apache.kafka.common.config": "warn",  # every setting there is, several times over
    "log.org.apache.kafka.controller": "warn",  # every record it replays
}
_IN_BACKGROUND = '"$@" & echo $! > pid'
"""Lets the shell's parent forget the program, so that nobody but the system has to see it off."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Runs Kafka's classes out of `libraries`, in a folder that has a `tmp`."""

    java: str
    libraries: Path

    def run(self, main: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and give what it printed."""
        command = self._command(main, *arguments, sharing=classes.options(self._archive))
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    def leave_running(self, main: str, *arguments: str, folder: Path, log: Path) -> None:
        """Start a program that outlives whoever calls, and write its process id to `pid` in `folder`."""
        command = self._command(main, *arguments, sharing=classes.options(self._archive, draft=folder / TMP))
        with log.open("wb") as output:
            started = subprocess.run(
                ["/bin/sh", "-c", _IN_BACKGROUND, "sh", *command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                start_new_session=True,  # neither Ctrl-C nor a closed terminal reaches it
            )
        if started.returncode:
            raise DeployError(f"{main} could not be started in {folder}.")

    def forget_classes(self) -> bool:
        """Do without the classes that another broker has left from now on; tells whether there were any."""
        there = self._archive.exists()
        self._archive.unlink(missing_ok=True)
        return there

    @property
    def _archive(self) -> Path:
        return classes.archive_of(self.java, self.libraries)

    def _command(self, main: str, *arguments: str, sharing: Sequence[str]) -> list[str]:
        logging = (f"-Dorg.slf4j.simpleLogger.{name}={value}" for name, value in _LOGGING.items())
        return [self.java, *_OPTIONS, *sharing, *logging, "-cp", f"{self.libraries}/*", main, *arguments]
