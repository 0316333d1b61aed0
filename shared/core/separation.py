"""Separation of duties: nobody decides about what is their own, whatever else they may do."""

from uuid import UUID

from shared.core.errors import Forbidden


def refuse_own(actor: UUID | None, *concerned: UUID | None) -> None:
    """Raise Forbidden (`separation_of_duties`) where the employee who acts is among those whom it is about.

    A caller who is nobody in the archive, such as a system, is never concerned.
    """
    if actor is not None and actor in concerned:
        raise Forbidden("separation_of_duties", "This is about yourself; somebody else has to do it.")
