"""A group in the middle of its cycle, laid set-wise into the tables of the performance engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid5

import asyncpg
import orjson

from benchmarks.events import TENANT
from benchmarks.rules import SCHEMES, metric_documents, own_weights, scheme_document
from services.performance.domain.catalogue import DefinedScheme
from services.performance.domain.cycle import Cycle, Terms
from services.performance.store.unit_of_work import UnitOfWork
from services.performance.usecases.catalogue.create_scheme import create_scheme
from services.performance.usecases.catalogue.define_metric import define_metric
from services.performance.usecases.catalogue.draft_scheme_version import draft_scheme_version
from services.performance.usecases.cycles.create_cycle import create_cycle
from services.performance.usecases.scoring.open_scorecards import open_scorecards
from shared.contracts.work import Work
from shared.core.periods import Period

_TERMS = Terms("2026 H1", Period(date(2026, 1, 1), date(2026, 7, 1)), date(2026, 1, 15))
VERSIONS = (1, 2)
_POSITIONS = {key: uuid5(TENANT, key) for key in SCHEMES}
_SET = """
SELECT set_config('search_path', 'performance', false), set_config('app.tenant', $1, false),
    set_config('bench.cycle', $2, false), set_config('bench.people', $3, false)
"""
_SCHEMES = """
CREATE TEMP TABLE positions AS
SELECT n - 1 AS n, id, scheme_id, weights
FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) WITH ORDINALITY AS position (id, scheme_id, weights, n)
"""
_PEOPLE = """
SELECT setseed(0.5);
CREATE TEMP VIEW told AS SELECT
    current_setting('app.tenant')::uuid AS tenant, current_setting('bench.cycle')::uuid AS cycle,
    current_setting('bench.people')::int AS people;
CREATE TEMP TABLE places AS
    SELECT n, uuidv7() AS id FROM told, generate_series(0, greatest(4, people / 50) - 1) AS n;
CREATE TEMP TABLE staff AS
    SELECT n, uuidv7() AS id, n / 50 % (SELECT count(*) FROM places) AS place, n % 4 AS position, n % 100 < 3 AS moves
    FROM told, generate_series(0, people - 1) AS n;
INSERT INTO org_departments
    SELECT tenant, id, 1, 'D' || n, 'D' || n, CASE WHEN n > 0 THEN (SELECT id FROM places WHERE n = 0) END, false
    FROM told, places;
INSERT INTO org_employees
    SELECT tenant, id, 1, 'W' || n, 'W' || n, NULL, '2020-01-01', NULL, '[]', false FROM told, staff;
INSERT INTO org_employments
    SELECT tenant, uuidv7(), staff.id, places.id, positions.id, 'seller', NULL, 1, starts_on, ends_on
    FROM told, staff
    CROSS JOIN LATERAL (VALUES
        (0, date '2020-01-01', CASE WHEN moves THEN date '2026-04-01' END), (1, date '2026-04-01', NULL)
    ) AS spell (ordinal, starts_on, ends_on)
    JOIN places ON places.n = place JOIN positions ON positions.n = (position + ordinal) % 4
    WHERE ordinal = 0 OR moves;
"""
_PROCEDURE = """
UPDATE cycles SET phase = 'running', opened_at = now() FROM told WHERE id = cycle;
INSERT INTO cycle_schemes
    SELECT tenant, cycle, scheme_id, 1, '{}', ARRAY[id] FROM told, positions;
INSERT INTO plans (tenant_id, id, cycle_id, department_id, state, due_on, weights, sequence, created_at, updated_at)
    SELECT tenant, uuidv7(), cycle, id, 'approved', '2026-01-15', CASE WHEN n % 3 = 0 THEN own.weights ELSE '{}' END,
        1, now(), now()
    FROM told, places, (SELECT jsonb_object_agg(scheme_id, weights) AS weights FROM positions) AS own;
INSERT INTO targets (
    tenant_id, id, cycle_id, metric, subject_kind, subject_id, value, unassigned, origin, reason, history, far_off,
    sequence, created_at, updated_at
)
    SELECT tenant, uuidv7(), cycle, metric, 'employee', id, trunc(at_least * (0.8 + 0.4 * random())::numeric), 0,
        'manual', jsonb '{}', jsonb '[]', false, 1, now(), now()
    FROM told, staff, (VALUES ('sales', 400000), ('orders', 4), ('overdue', 20000)) AS asked (metric, at_least)
    UNION ALL
    SELECT tenant, uuidv7(), cycle, 'visits', 'department', id, 1000, 0, 'manual', jsonb '{}', jsonb '[]', false, 1,
        now(), now()
    FROM told, places;
"""
_MEASURES = """
CREATE TEMP TABLE observed (measure, times, most, places, kind) AS VALUES
    ('order.amount', 4, 200000, 2, 'employee'), ('lead.created', 4, 1, 0, 'employee'),
    ('lead.won', 1, 1, 0, 'employee'), ('feedback', 2, 100, 0, 'employee'), ('attendance', 2, 1, 4, 'employee'),
    ('complaint', 1, 1, 0, 'employee'), ('loan.overdue', 2, 9000, 2, 'employee'), ('visit', 2, 1000, 0, 'department');
INSERT INTO watermarks SELECT tenant, 'crm', measure, '2026-06-30', now() FROM told, observed;
"""
_OBSERVATIONS = """
INSERT INTO observations
    SELECT tenant, uuidv7(), subject.id, 0, kind, 'crm', measure || n || '-' || nth, measure,
        greatest(round((most * (0.5 + 0.5 * random()))::numeric, places), 1 - sign(places)), NULL,
        (day + time '09:00') AT TIME ZONE 'Asia/Shanghai', day, CASE WHEN measure LIKE 'lead%' THEN day END,
        '{"channel": "direct"}', false, false, now(), NULL
    FROM told, observed
    JOIN (SELECT 'employee', n, id FROM staff UNION ALL SELECT 'department', n, id FROM places) AS subject (of, n, id)
        ON subject.of = kind
    CROSS JOIN LATERAL generate_series(1, times) AS nth
    CROSS JOIN LATERAL (SELECT date '2026-01-01' + (180 * nth / times - n % 45)::int AS day) AS credit;
DROP TABLE observed, staff, places, positions CASCADE;
"""


@dataclass(frozen=True, slots=True)
class Group:
    cycle: Cycle
    schemes: Sequence[DefinedScheme]


async def found(work: Work[UnitOfWork], connection: asyncpg.Connection, *, people: int) -> Group:
    """Found it with `people` members: 16 observations and 3 targets each, six items; 3 of 100 change schemes in April.

    Departments have 50 members and approved plans, every third with weights of its own; every source is complete.
    `connection` is the superuser's.
    """
    schemes = await _publish(work)
    cycle = await create_cycle(work, _TERMS)
    await _fill(connection, cycle, schemes, people)
    async with work() as uow:
        await open_scorecards(uow, await uow.cycles.get(cycle.id))
        await uow.commit()
    await connection.execute("VACUUM ANALYZE")
    return Group(cycle, schemes)


async def _publish(work: Work[UnitOfWork]) -> list[DefinedScheme]:
    for document in metric_documents():
        await define_metric(work, document)
    schemes = []
    for key, position in _POSITIONS.items():
        first, second = (scheme_document(key, version) for version in VERSIONS)
        scheme, _ = await create_scheme(work, name=key, department_ids=(), position_ids=[position], document=first)
        await draft_scheme_version(work, scheme.id, second)
        schemes.append(scheme)
    return schemes


async def _fill(connection: asyncpg.Connection, cycle: Cycle, schemes: Sequence[DefinedScheme], people: int) -> None:
    await connection.fetch(_SET, str(TENANT), str(cycle.id), str(people))
    weights = [orjson.dumps(own_weights(key)).decode() for key in SCHEMES]
    await connection.execute(_SCHEMES, list(_POSITIONS.values()), [scheme.id for scheme in schemes], weights)
    for script in (_PEOPLE, _PROCEDURE, _MEASURES, _OBSERVATIONS):
        await connection.execute(script)
