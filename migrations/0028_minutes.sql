-- depends: 0025_calls
-- How many predictions each version took in by the minute, how many calls of it failed, and how long it took: counts by
-- classes of a logarithmic scale, which can be added up. Swept after a day.
SET LOCAL ROLE cdt_owner;
CREATE TABLE predictions.minutes (
    version_number int NOT NULL,
    minute timestamptz NOT NULL,
    project_id uuid NOT NULL,
    predictions bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    duration_buckets smallint [] NOT NULL DEFAULT '{}',
    duration_counts bigint [] NOT NULL DEFAULT '{}',
    PRIMARY KEY (version_number, minute)
) WITH (fillfactor = 50);
CREATE INDEX minutes_minute ON predictions.minutes (minute);
-- Add to the minute of a moment; without one, to the present minute.
CREATE FUNCTION predictions.count_calls(
    of_project uuid,
    of_version int,
    moment timestamptz,
    new_predictions bigint,
    new_failed bigint,
    new_buckets smallint [],
    new_counts bigint []
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO predictions.minutes AS kept (
        version_number, minute, project_id, predictions, failed, duration_buckets, duration_counts
    ) VALUES (
        of_version, date_trunc('minute', coalesce(moment, clock_timestamp()), 'UTC'), of_project, new_predictions,
        new_failed, new_buckets, new_counts
    )
    ON CONFLICT (version_number, minute) DO UPDATE SET
        predictions = kept.predictions + excluded.predictions,
        failed = kept.failed + excluded.failed,
        (duration_buckets, duration_counts) = (
            SELECT coalesce(array_agg(each.bucket), '{}'), coalesce(array_agg(each.counted), '{}')
            FROM (
                SELECT bucket, sum(counted)::bigint AS counted
                FROM unnest(
                    kept.duration_buckets || excluded.duration_buckets, kept.duration_counts || excluded.duration_counts
                ) AS both_of (bucket, counted)
                GROUP BY bucket
            ) AS each
        )
$$;
-- Since when a call without an answer counts as failed.
ALTER TABLE predictions.calls ADD COLUMN overdue_at timestamptz;
-- The table is new in this release: it is empty or small.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX calls_unanswered ON predictions.calls (recorded_at)
WHERE answer IS NULL AND NOT has_failed AND overdue_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON predictions.minutes TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.minutes TO cdt_system;
GRANT EXECUTE ON FUNCTION predictions.count_calls TO cdt_api, cdt_system;
REVOKE EXECUTE ON FUNCTION predictions.count_calls FROM public;
ALTER TABLE predictions.minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.minutes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.minutes TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.minutes TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
