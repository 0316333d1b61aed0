"""The performance's unit of work: its repositories over one transaction."""

from functools import cached_property

from services.performance.store.repositories.aggregates import AggregateRepository
from services.performance.store.repositories.applicability import ApplicabilityRepository
from services.performance.store.repositories.background import BackgroundRepository
from services.performance.store.repositories.calibration import DistributionRepository
from services.performance.store.repositories.calibration_sessions import (
    AdjustmentRepository,
    CalibrationSessionRepository,
)
from services.performance.store.repositories.catalogue import (
    MetricRepository,
    SchemeRepository,
    SchemeVersionRepository,
)
from services.performance.store.repositories.cycles import CycleRepository
from services.performance.store.repositories.exchange_rates import ExchangeRateRepository
from services.performance.store.repositories.follow_up import (
    FeedbackRepository,
    ImprovementPlanRepository,
    SimulationRepository,
)
from services.performance.store.repositories.freshness import FreshnessRepository
from services.performance.store.repositories.inputs import InputRepository
from services.performance.store.repositories.observations import ObservationRepository
from services.performance.store.repositories.organisation import OrganisationRepository
from services.performance.store.repositories.plans import PlanRepository
from services.performance.store.repositories.reports import RecommendationRepository, ReportRepository
from services.performance.store.repositories.revisions import RevisionRepository
from services.performance.store.repositories.score_runs import ScoreRunRepository
from services.performance.store.repositories.scorecards import ScorecardRepository
from services.performance.store.repositories.targets import TargetRepository
from services.performance.store.tables import long_work
from shared.kit import unit_of_work
from shared.kit.operations.repository import OperationRepository


class UnitOfWork(unit_of_work.UnitOfWork):
    @cached_property
    def org(self) -> OrganisationRepository:
        return OrganisationRepository(self.tx, self.tenant_id)

    @cached_property
    def metrics(self) -> MetricRepository:
        return MetricRepository(self.tx, self.tenant_id)

    @cached_property
    def schemes(self) -> SchemeRepository:
        return SchemeRepository(self.tx, self.tenant_id)

    @cached_property
    def scheme_versions(self) -> SchemeVersionRepository:
        return SchemeVersionRepository(self.tx, self.tenant_id)

    @cached_property
    def cycles(self) -> CycleRepository:
        return CycleRepository(self.tx, self.tenant_id)

    @cached_property
    def targets(self) -> TargetRepository:
        return TargetRepository(self.tx, self.tenant_id)

    @cached_property
    def plans(self) -> PlanRepository:
        return PlanRepository(self.tx, self.tenant_id)

    @cached_property
    def background(self) -> BackgroundRepository:
        return BackgroundRepository(self.tx, self.tenant_id)

    @cached_property
    def observations(self) -> ObservationRepository:
        return ObservationRepository(self.tx, self.tenant_id)

    @cached_property
    def aggregates(self) -> AggregateRepository:
        return AggregateRepository(self.tx)

    @cached_property
    def applicabilities(self) -> ApplicabilityRepository:
        return ApplicabilityRepository(self.tx, self.tenant_id)

    @cached_property
    def exchange_rates(self) -> ExchangeRateRepository:
        return ExchangeRateRepository(self.tx, self.tenant_id)

    @cached_property
    def freshness(self) -> FreshnessRepository:
        return FreshnessRepository(self.tx, self.tenant_id)

    @cached_property
    def inputs(self) -> InputRepository:
        return InputRepository(self.tx)

    @cached_property
    def scorecards(self) -> ScorecardRepository:
        return ScorecardRepository(self.tx, self.tenant_id)

    @cached_property
    def score_runs(self) -> ScoreRunRepository:
        return ScoreRunRepository(self.tx, self.tenant_id)

    @cached_property
    def revisions(self) -> RevisionRepository:
        return RevisionRepository(self.tx, self.tenant_id)

    @cached_property
    def operations(self) -> OperationRepository:
        return OperationRepository(self.tx, self.tenant_id, long_work.operations)

    @cached_property
    def simulations(self) -> SimulationRepository:
        return SimulationRepository(self.tx, self.tenant_id)

    @cached_property
    def reports(self) -> ReportRepository:
        return ReportRepository(self.tx, self.tenant_id)

    @cached_property
    def recommendations(self) -> RecommendationRepository:
        return RecommendationRepository(self.tx, self.tenant_id)

    @cached_property
    def feedback(self) -> FeedbackRepository:
        return FeedbackRepository(self.tx, self.tenant_id)

    @cached_property
    def improvement_plans(self) -> ImprovementPlanRepository:
        return ImprovementPlanRepository(self.tx, self.tenant_id)

    @cached_property
    def distributions(self) -> DistributionRepository:
        return DistributionRepository(self.tx, self.tenant_id)

    @cached_property
    def calibration_sessions(self) -> CalibrationSessionRepository:
        return CalibrationSessionRepository(self.tx, self.tenant_id)

    @cached_property
    def adjustments(self) -> AdjustmentRepository:
        return AdjustmentRepository(self.tx, self.tenant_id)
