"""Static keys of systems that know no OAuth 2.0: for each, the request goes on with an access token in its place."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.api.identity.tokens import Issuer
from services.gateway.api.rate_limits import caller_by_address
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.usecases.identity.admit_client import Entrance, admit_by_static_key
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Credentials
from services.gateway.usecases.ration_requests import Rationing
from shared.core.errors import Denied, Forbidden, RateLimited, Unavailable
from shared.kit.auth.revocations import Revocations
from shared.kit.auth.tokens import Verifier
from shared.kit.http.audited import record_refusal
from shared.kit.http.problems import refusal, status_of

_GOOD_FOR = timedelta(minutes=1)
"""How long an admission is remembered; what is revoked is refused at once all the same."""
_MOST_REMEMBERED = 10_000
_BEARER = b"bearer sk_"
_TOLD = frozenset({"tenant_suspended"})
"""What somebody whose key is right is told of why it does not help."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What static keys are exchanged with."""

    credentials: Credentials
    work_of: WorkOf
    issuer: Issuer
    verifier: Verifier
    rationing: Rationing


class StaticKeys:
    """Services behind see nothing but tokens; a key that is not good goes on as it is, and is no token."""

    def __init__(self, app: ASGIApp, *, reception: Reception) -> None:
        self._app = app
        self._reception = reception
        self._remembered: OrderedDict[bytes, tuple[str, datetime]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = _shown(scope) if scope["type"] == "http" else None
        try:
            token = await self._token(scope, shown) if shown is not None else None
        except (RateLimited, Forbidden) as error:
            await record_refusal(Request(scope), error, status=status_of(error))
            await refusal(Request(scope), error)(scope, receive, send)
            return
        if token is not None:
            others = [pair for pair in scope["headers"] if pair[0].lower() != b"authorization"]
            scope = {**scope, "headers": [*others, (b"authorization", b"Bearer " + token.encode())]}
        await self._app(scope, receive, send)

    async def _token(self, scope: Scope, shown: Opaque) -> str | None:
        address = (scope.get("client") or ("", 0))[0]
        known_by = hashlib.sha256(shown.written("sk").encode() + address.encode()).digest()
        now = self._reception.issuer.clock.now()
        token, until = self._remembered.get(known_by, ("", now))
        if now < until and self._is_good(token, scope["app"].state.revocations):
            return token
        await self._reception.rationing.spend(caller_by_address(scope), "logins")  # who guesses is slowed down
        entrance = Entrance(self._reception.credentials, self._reception.work_of, address, now)
        try:
            principal, expires_at = await admit_by_static_key(entrance, shown)
        except (Denied, Unavailable) as error:
            if error.code in _TOLD or (isinstance(error, Unavailable) and error.code != "tenant_unknown"):
                raise
            await record_refusal(Request(scope), error, status=HTTPStatus.UNAUTHORIZED)
            return None
        token = str(self._reception.issuer.issue(principal)["access_token"])
        self._remember(known_by, token, min(now + _GOOD_FOR, expires_at or now + _GOOD_FOR))
        return token

    def _is_good(self, token: str, revocations: Revocations) -> bool:
        try:
            revocations.refuse(self._reception.verifier.verify(token))
        except Denied:
            return False
        return True

    def _remember(self, known_by: bytes, token: str, until: datetime) -> None:
        self._remembered[known_by] = (token, until)
        self._remembered.move_to_end(known_by)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def _shown(scope: Scope) -> Opaque | None:
    for name, value in scope["headers"]:
        if name.lower() == b"authorization" and value[: len(_BEARER)].lower() == _BEARER:
            return Opaque.read(value[len("bearer ") :].decode("latin-1"), "sk")
    return None
