"""Lists the observations behind a line of a scorecard: what one side of its metric takes in."""

from datetime import datetime
from uuid import UUID

from services.performance.domain.scoring.scoree import question_behind
from services.performance.usecases.explaining.explain_score import known_to, may_list
from services.performance.usecases.explaining.mark_counted import marked
from services.performance.usecases.ports import Work
from services.performance.usecases.ports.observations import Intake
from services.performance.usecases.scoring.price_amounts import pricings
from shared.core.access import Reach
from shared.core.errors import Forbidden, NotFound
from shared.core.paging import Page, PageRequest


async def list_counted(
    work: Work,
    reach: Reach,
    scorecard_id: UUID,
    key: str,
    *,
    role: str,
    segment: int,
    page: PageRequest,
    as_of: datetime | None = None,
) -> Page:
    """List by their day what is taken in in a segment, or was at `as_of`; `role` names a side of the item's metric.

    Of a frozen or published score it is what had arrived when it was frozen. Raises NotFound, Forbidden
    (`not_permitted`) where a number counts above the person and its observations are others' as well.
    """
    async with work() as uow:
        card = await uow.scorecards.read(scorecard_id, as_of=as_of)
        tree, today = await uow.org.tree(), uow.today()
        card.refuse_beyond(reach, tree=tree, day=today)
        schemes, cycle = await uow.inputs.schemes(card.result.versions), await uow.inputs.cycle(card.cycle_id)
        item, asked = question_behind(card, schemes, key, segment=segment, company_id=uow.tenant_id)
        side = item.metric.roles.get(role)
        if side is None:
            raise NotFound.of("side")
        if not may_list(item.metric, asked, reach, tree=tree, day=today):
            raise Forbidden("not_permitted", "These observations are not about this person alone.")
        pricing = (await pricings(uow, [side], fixed_on=cycle.period.starts_on))(side)
        return await marked(uow, Intake(side, asked.subject_id, asked.period, known_to(card, as_of), pricing), page)
