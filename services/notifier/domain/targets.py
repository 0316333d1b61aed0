"""Where webhooks may go: https URLs, and addresses of the public internet only."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from shared.core.addresses import is_public
from shared.core.errors import Invalid

ALLOWED_PORTS = frozenset({443, 8443})
MAX_URL_LENGTH = 2000
_LOWEST_VISIBLE = 0x21


@dataclass(frozen=True, slots=True)
class Targets:
    """The rule for targets; `allow_private`, which admits plain http and any address, is for sandboxes and tests."""

    allow_private: bool = False

    def admits(self, address: str) -> bool:
        """Decide on an address that is about to be connected to."""
        return self.allow_private or is_public(address)

    def check(self, url: str) -> None:
        """Refuse what can be told from the URL alone; the addresses of a name are checked at every connect.

        Raises Invalid (`url_invalid`, `url_scheme`, `url_credentials`, `url_port`, `url_address`) at `/url`.
        """
        parts, port = _split(url)
        if parts.username is not None or parts.password is not None:
            raise _refusal("url_credentials", "Send no user name or password in the URL; verify the signature instead.")
        if self.allow_private:
            return
        if parts.scheme != "https":
            raise _refusal("url_scheme", "Webhooks are sent over https only.")
        if port is not None and port not in ALLOWED_PORTS:
            raise _refusal("url_port", f"Use one of the ports {sorted(ALLOWED_PORTS)}.")
        if _is_address(parts.hostname) and not is_public(str(parts.hostname)):
            raise _refusal("url_address", "This address is not one of the public internet.")


def _split(url: str) -> tuple[SplitResult, int | None]:
    refusal = _refusal("url_invalid", "This is not a URL with a scheme of http or https and a host.")
    if len(url) > MAX_URL_LENGTH or "\\" in url or any(ord(character) < _LOWEST_VISIBLE for character in url):
        raise refusal
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refusal from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        raise refusal
    return parts, port


def _is_address(host: str | None) -> bool:
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


def _refusal(code: str, detail: str) -> Invalid:
    return Invalid.at("/url", code, detail)
