"""Optimistic concurrency: a writer may say which version it saw."""

from shared.core.errors import PreconditionFailed, PreconditionMissing


def require_version(current: int, expected: int | None, *, required: bool = False) -> None:
    """Refuse a write that was decided on another version than the current one.

    Raises PreconditionFailed, or PreconditionMissing where the version is `required` and was not given.
    """
    if expected is None:
        if required:
            raise PreconditionMissing("if_match_required", "Send the version you read as `If-Match`.")
        return
    if expected != current:
        raise PreconditionFailed("version_changed", "Somebody has changed this since you read it; read it again.")
