"""In which order the things of a company's people are locked, so that nobody waits for each other in a circle.

The company, shared by all log-ins; the account; what is the account's, such as its link to a provider, a code, its
second factor and its sessions, oldest first; last of all what becomes void. So whoever has an `Account` in hand has
locked it and may lock what is its own, and who knows only the id of such a thing asks here.
"""

from services.gateway.domain.identity.account import Account
from services.gateway.usecases.ports import UnitOfWork
from services.gateway.usecases.ports.identity import Owned


async def owner_of(uow: UnitOfWork, things: Owned, **equals: object) -> Account | None:
    """Load and lock the account of the one whose columns equal these, and not that one yet: its owner never changes."""
    account_id = await things.owner_of(**equals)
    return None if account_id is None else await uow.accounts.get(account_id)
