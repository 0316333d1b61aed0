"""Where answers to a front end may go: its registered addresses, to the letter (RFC 9700 §2.1, RFC 8252 §7.3)."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from shared.core.errors import Invalid, Violation

LONGEST = 1000
_PLAIN = re.compile(r"[^\x00-\x20\x7f-\U0010ffff\\\"'<>`*{}|^#]+")
"""Without what browsers read otherwise than we do, and without what would end it where it is written."""
_AUTHORITY = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?")
"""A host and perhaps a port; no user name."""
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]+)?(?=[/?]|$)")
"""A program on the person's own machine, which listens on whatever port it was given."""


def require_redirect_uris(uris: Sequence[str]) -> None:
    """Raise Invalid (`redirect_uri_invalid`) with the place of each that nobody may be sent to."""
    detail = "Write an https URL, or http://127.0.0.1, without a fragment, a user name or a wildcard."
    violations = [
        Violation(f"/redirect_uris/{place}", "redirect_uri_invalid", detail)
        for place, uri in enumerate(uris)
        if not _is_usable(uri)
    ]
    if violations:
        raise Invalid("redirect_uri_invalid", "Nobody can be sent there.", violations=violations)


def is_registered(uri: str, registered: Sequence[str]) -> bool:
    """Compare to the letter; of loopback addresses the port does not count."""
    return _is_usable(uri) and _without_port(uri) in {_without_port(known) for known in registered}


def answering(uri: str, **parameters: str | None) -> str:
    """Give the address with an answer's parameters (RFC 6749 §4.1.2); what is None is left out."""
    answer = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{answer}"


def origin_of(uri: str) -> str:
    """Give scheme, host and port, as a Content-Security-Policy names them; it knows no IPv6 address."""
    parts = urlsplit(uri)
    return f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"


def _is_usable(uri: str) -> bool:
    if len(uri) > LONGEST or not _PLAIN.fullmatch(uri):
        return False
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    secure = parts.scheme == "https" or _LOOPBACK.match(uri) is not None
    return secure and port != 0 and _AUTHORITY.fullmatch(parts.netloc) is not None


def _without_port(uri: str) -> str:
    return _LOOPBACK.sub(r"http://\1", uri, count=1)
