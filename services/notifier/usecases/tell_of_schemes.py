"""Tell heads and employees which weights of their scheme have changed."""

from collections.abc import Sequence

from services.notifier.domain.notification import Notification
from services.notifier.domain.templates import ABSENT, EFFECTS, LIST_SEPARATOR, NO_WEIGHT, WEIGHTS_STAY, Words
from services.notifier.usecases.compose_notification import compose_notification
from services.notifier.usecases.ports import UnitOfWork, Work
from shared.contracts.procedure import SchemePublished, WeightChange
from shared.core.decimals import from_scaled, plain


async def tell_of_schemes(work: Work, published: Sequence[SchemePublished]) -> None:
    """Tell everybody who is scored by a published version, and those who head them."""
    async with work() as uow:
        notifications = [one for scheme in published for one in await _compose(uow, scheme)]
        await uow.notifications.put(notifications)
        await uow.commit()


async def _compose(uow: UnitOfWork, scheme: SchemePublished) -> list[Notification]:
    today = uow.today()
    members = await uow.org.members(scheme.department_ids, on=today)
    heads = await uow.org.heads(scheme.department_ids, on=today)
    return [
        compose_notification(
            uow,
            reader,
            "scheme.published",
            about=scheme.subject,
            key=f"{scheme.subject}/{scheme.sequence}",
            scheme=scheme.name,
            version=scheme.sequence,
            effect=_effect(scheme),
            weights=_weights(scheme.weights),
        )
        for reader in sorted(members.union(*heads.values()))
    ]


def _effect(scheme: SchemePublished) -> Words:
    day = ABSENT if scheme.effective_on is None else scheme.effective_on.isoformat()
    return {locale: words.format(day=day) for locale, words in EFFECTS[scheme.effect].items()}


def _weights(weights: Sequence[WeightChange]) -> Words:
    changed = [weight for weight in weights if weight.previous != weight.weight]
    if not changed:
        return WEIGHTS_STAY
    return {
        locale: separator.join(
            f"{weight.name} {_percent(weight.previous, locale)} → {_percent(weight.weight, locale)}"
            for weight in changed
        )
        for locale, separator in LIST_SEPARATOR.items()
    }


def _percent(basis_points: int | None, locale: str) -> str:
    return NO_WEIGHT[locale] if basis_points is None else f"{plain(from_scaled(basis_points, 2))}%"
