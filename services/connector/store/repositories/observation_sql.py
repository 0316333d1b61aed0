"""Statements over whole batches of observations; `$1` is always the tenant."""

ADD = """
WITH new AS (
    INSERT INTO observations (
        tenant_id, connection_id, received_at, updated_at, id, remote_id, revision, decision, status,
        payload, late, measure, value, currency, occurred_at, credit_date, cohort_date, credit_date_stated, dimensions,
        reference_kind, reference, subject_kind, subject_id, problem
    )
    SELECT $1, $2, $3, $3, * FROM unnest(
        $4::uuid[], $5::text[], $6::bigint[], $7::int[], $8::text[], $9::jsonb[], $10::boolean[],
        $11::text[], $12::numeric[], $13::text[], $14::timestamptz[], $15::date[], $16::date[], $17::boolean[],
        $18::jsonb[], $19::text[], $20::text[], $21::text[], $22::uuid[], $23::text[]
    )
    ON CONFLICT (tenant_id, connection_id, remote_id) DO NOTHING
    RETURNING remote_id
)
SELECT CASE WHEN count(*) < cardinality($4::uuid[]) THEN coalesce(array_agg(remote_id), '{}') END FROM new
"""
"""Gives the remote ids that were new; null where all were, as nearly always."""
SAVE = """
UPDATE observations AS known SET
    revision = new.revision, decision = new.decision, status = new.status, payload = new.payload, late = new.late,
    received_at = new.received_at, updated_at = new.updated_at, dismissed_by = new.dismissed_by,
    dismissal_reason = new.dismissal_reason, measure = new.measure, value = new.value, currency = new.currency,
    occurred_at = new.occurred_at, credit_date = new.credit_date, cohort_date = new.cohort_date,
    credit_date_stated = new.credit_date_stated, dimensions = new.dimensions, reference_kind = new.reference_kind,
    reference = new.reference, subject_kind = new.subject_kind, subject_id = new.subject_id, problem = new.problem
FROM unnest(
    $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::int[], $7::text[], $8::jsonb[], $9::boolean[],
    $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::numeric[], $16::text[],
    $17::timestamptz[], $18::date[], $19::date[], $20::boolean[], $21::jsonb[], $22::text[], $23::text[], $24::text[],
    $25::uuid[], $26::text[]
) AS new (
    id, connection_id, remote_id, revision, decision, status, payload, late, received_at, updated_at,
    dismissed_by, dismissal_reason, measure, value, currency, occurred_at, credit_date, cohort_date,
    credit_date_stated, dimensions, reference_kind, reference, subject_kind, subject_id, problem
)
WHERE known.tenant_id = $1 AND known.id = new.id
"""
BY_ID = "SELECT *, payload::text AS sent FROM observations WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE"
BY_REMOTE_ID = """
SELECT *, payload::text AS sent FROM observations
WHERE tenant_id = $1 AND connection_id = $2 AND remote_id = ANY($3::text[])
ORDER BY remote_id
FOR NO KEY UPDATE
"""
NAMING = """
SELECT *, payload::text AS sent FROM observations
WHERE tenant_id = $1 AND status = ANY($6::text[]) AND (connection_id, remote_id) > ($7, $8)
    AND connection_id = coalesce($4, connection_id)
    AND id = ANY(ARRAY(
        SELECT whole.id
        FROM unnest($2::text[], $3::text[]) AS named (kind, value)
        JOIN observations AS whole
            ON whole.tenant_id = $1 AND whole.reference = named.value AND whole.reference_kind = named.kind
        WHERE $5 OR whole.subject_kind IS NULL
        UNION ALL
        SELECT part.observation_id
        FROM unnest($2::text[], $3::text[]) AS named (kind, value)
        JOIN observation_parts AS part
            ON part.tenant_id = $1 AND part.reference = named.value AND part.reference_kind = named.kind
        WHERE $5 OR part.subject_kind IS NULL
    ))
ORDER BY connection_id, remote_id
LIMIT $9
FOR NO KEY UPDATE
"""
"""The ids are found first: a join would look at a tenant's observations again for each, while statistics are young."""
UNDER = """
SELECT o.remote_id, o.revision
FROM unnest($3::text[], $4::text[]) AS span (first, beyond)
JOIN observations AS o
    ON o.tenant_id = $1 AND o.connection_id = $2 AND o.remote_id >= span.first AND o.remote_id < span.beyond
"""
TOTALS = """
SELECT status, count(*), sum(value)
FROM observations
WHERE tenant_id = $1 AND connection_id = $2 AND measure = $3 AND credit_date >= $4 AND credit_date < $5
    AND status <> 'retracted'
GROUP BY status
"""
PARTS = """
SELECT observation_id, reference_kind, reference, fraction, value, subject_kind, subject_id, problem
FROM observation_parts
WHERE tenant_id = $1 AND observation_id = ANY($2::uuid[])
ORDER BY observation_id, position
"""
ADD_PARTS = """
INSERT INTO observation_parts (
    tenant_id, observation_id, position, reference_kind, reference, fraction, value, subject_kind, subject_id, problem
)
SELECT $1, * FROM unnest(
    $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::text[], $9::uuid[],
    $10::text[]
)
"""
DROP_PARTS = "DELETE FROM observation_parts WHERE tenant_id = $1 AND observation_id = ANY($2::uuid[])"
KEEP_HISTORY = """
INSERT INTO observation_history (tenant_id, observation_id, decision, revision, status, payload, decided_at)
SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[], $6::jsonb[], $7::timestamptz[])
"""
