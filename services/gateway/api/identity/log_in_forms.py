"""What a log-in page remembers between its steps: sealed, for some minutes, and for the browser it was shown in."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from shared.core.clock import Clock
from shared.kit.crypto import KeyRing, Unsealable

GOOD_FOR = timedelta(minutes=10)
_COOKIE = "steelyard_log_in"
_BROWSER_BYTES = 32
_PLACE = "oauth/authorize"


@dataclass(frozen=True, slots=True)
class LogInForms:
    """Seals forms, so that nobody makes somebody else's browser log in as whom they like (RFC 9700 §4.7)."""

    keys: KeyRing
    clock: Clock

    def seal(self, remembered: Mapping[str, Any], *, browser: str, purpose: str = "page") -> str:
        """Seal for one purpose: a page's form is no answer to anything else."""
        until = (self.clock.now() + GOOD_FOR).timestamp()
        sealed = self.keys.seal(json.dumps({**remembered, "until": until}), _PLACE, purpose, browser)
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, *, browser: str, purpose: str = "page") -> Mapping[str, Any] | None:
        """Give what was remembered; None where it is too old, or was sealed for another browser."""
        try:
            text = self.keys.unseal(base64.b64decode(sealed, altchars=b"-_", validate=True), _PLACE, purpose, browser)
        except (ValueError, Unsealable):
            return None
        remembered: dict[str, Any] = json.loads(text)
        return remembered if self.clock.now().timestamp() < remembered["until"] else None


def browser_of(request: Request, *, base: str) -> str:
    """Tell one browser from the others by what it was told to remember; a new one gets something to remember."""
    known = request.cookies.get(_name(base), "")
    return known if len(known) == len(_new_browser()) else _new_browser()


def remember_browser(response: Response, browser: str, *, base: str) -> None:
    """Let the browser say next time that it is the same: over https as a cookie that no other host can set."""
    response.set_cookie(_name(base), browser, secure=_is_secure(base), httponly=True, samesite="lax", path="/")


def _new_browser() -> str:
    return secrets.token_urlsafe(_BROWSER_BYTES)


def _name(base: str) -> str:
    return f"__Host-{_COOKIE}" if _is_secure(base) else _COOKIE


def _is_secure(base: str) -> bool:
    return base.startswith("https://")
