"""The second factor of a log-in: time-based one-time codes (RFC 6238), and recovery codes for a lost device."""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import pyotp

from services.gateway.domain.identity.opaque import digest_of
from services.gateway.domain.identity.session import Method
from shared.core.errors import Conflict, Forbidden, Unauthenticated

STEP_SECONDS = 30
_TOLERATED_STEPS = 1
"""Codes of the step before and after are good too: clocks differ, and people type slowly (RFC 6238 §5.2)."""
_ISSUER = "Steelyard"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    account_id: UUID
    secret: str = field(repr=False)
    """Shared with the person's device, in Base32; sealed where it is stored."""
    confirmed_at: datetime | None
    """Since when it is asked for; None while nobody has shown that the device works."""
    last_step: int
    """The newest step a code was taken for: each code opens once."""
    recovery_digests: tuple[bytes, ...] = field(repr=False)
    created_at: datetime

    def uri(self, username: str) -> str:
        """Write what authenticator apps read from a QR code."""
        return pyotp.TOTP(self.secret, interval=STEP_SECONDS).provisioning_uri(name=username, issuer_name=_ISSUER)

    def confirmed(self, code: str, recovery_codes: tuple[str, ...], *, at: datetime) -> "SecondFactor":
        """Begin to ask for it. Raises Conflict (`second_factor_confirmed`), Forbidden (`code_invalid`)."""
        if self.confirmed_at is not None:
            raise Conflict("second_factor_confirmed", "The second factor is in use already.")
        step = self._step_of(code, at=at)
        if step is None:
            raise Forbidden("code_invalid", "This is not the device's present code.")
        digests = tuple(digest_of(recovery.encode()) for recovery in recovery_codes)
        return replace(self, confirmed_at=at, last_step=step, recovery_digests=digests)

    def used(self, code: str | None, *, at: datetime) -> "tuple[SecondFactor, Method]":
        """Take a code, once. Raises Unauthenticated (`second_factor_required`, `credentials_invalid`)."""
        if code is None:
            raise Unauthenticated("second_factor_required", "Send the present code of your device as `code` too.")
        step = self._step_of(code, at=at)
        if step is not None:
            return replace(self, last_step=step), "totp"
        digest = digest_of(code.encode())
        left = tuple(known for known in self.recovery_digests if not hmac.compare_digest(known, digest))
        if len(left) == len(self.recovery_digests):
            raise Unauthenticated("credentials_invalid", "The code is wrong, or was used before.")
        return replace(self, recovery_digests=left), "recovery_code"

    def _step_of(self, code: str, *, at: datetime) -> int | None:
        """Tell for which step, not taken yet, a code is the right one."""
        now, device = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(self.secret, interval=STEP_SECONDS)
        steps = range(max(now - _TOLERATED_STEPS, self.last_step + 1), now + _TOLERATED_STEPS + 1)
        right = [step for step in steps if hmac.compare_digest(device.generate_otp(step).encode(), code.encode())]
        return right[0] if right else None
