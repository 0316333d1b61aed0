"""Which OIDC issuers a company may name: https URLs on the public internet."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.core.addresses import is_public
from shared.core.errors import Invalid

_PLAIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/-]*)?")


@dataclass(frozen=True, slots=True)
class Issuers:
    """The rule; `allow_private`, which admits plain http and any address, is for sandboxes and tests."""

    allow_private: bool = False

    def check(self, issuer: str) -> None:
        """Refuse what can be told from the URL alone; addresses are looked at with each connect.

        Raises Invalid (`issuer_invalid`) at `/issuer`.
        """
        if not self._is_usable(issuer):
            detail = "Write an https URL of the public internet, without query, fragment or user name."
            raise Invalid.at("/issuer", "issuer_invalid", detail)

    def _is_usable(self, issuer: str) -> bool:
        try:
            parts = urlsplit(issuer)
            port = parts.port
        except ValueError:
            return False
        if not _PLAIN.fullmatch(issuer) or not parts.hostname or port == 0:
            return False
        return self.allow_private or (parts.scheme == "https" and not _is_private(parts.hostname))


def _is_private(host: str) -> bool:
    """Tell of a literal address; names are looked up later."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)
