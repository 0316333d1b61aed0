"""Where webhooks may go: https URLs, and addresses of the public internet only."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from shared.core.errors import Invalid

ALLOWED_PORTS = frozenset({443, 8443})
MAX_URL_LENGTH = 2000
_LOWEST_VISIBLE = 0x21

# Python's own `is_global` passes several of these (multicast, 6to4, the documentation range 3fff::/20 …), and differs
# between releases; so the IANA special-purpose registries are spelled out here, with what clouds add to them.
_REFUSED_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform service
        "169.254.0.0/16",  # link-local; the metadata services of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6 = ip_network("2000::/3")
_REFUSED_V6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4, which may hide any IPv4 address
        "3fff::/20",
    )
)


def is_public(text: str) -> bool:
    """Tell whether an IP address is an ordinary one of the public internet; what is no address is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in block for block in _REFUSED_V6)


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
