"""`python -m deploy.distributed.probe <url>`: for health checks in containers that have no other client.

It ends with 0 where the URL answers 200, else with 1 and what was said instead. It imports next to nothing, for it runs
every few seconds in each of them.
"""

import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

PROBE_SECONDS = 4
MAX_BYTES = 1000


def main(url: str) -> None:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", parts.path)
        response = connection.getresponse()
        said = response.read(MAX_BYTES).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    if response.status != HTTPStatus.OK:
        sys.exit(f"{response.status}: {said}")


if __name__ == "__main__":
    main(sys.argv[1])
