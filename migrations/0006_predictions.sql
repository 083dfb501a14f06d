-- depends: 0005_work
-- Raw predictions and labels, what was folded from them, and the live readings. Kept: no event holds them, no rebuild
-- touches them. A backup takes the whole schema; erasing a project deletes its rows.
SET LOCAL ROLE cdt_owner;
CREATE SCHEMA predictions;
GRANT USAGE ON SCHEMA predictions TO cdt_api, cdt_system;
-- One row a version: its short number, its intake sequence, and what it has taken in. Whoever seals segments locks it.
CREATE TABLE predictions.versions (
    version_id uuid PRIMARY KEY,
    number int GENERATED ALWAYS AS IDENTITY UNIQUE,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    signature jsonb NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    predictions bigint NOT NULL DEFAULT 0,
    labels bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    low_water timestamptz,
    high_water timestamptz,
    last_received_at timestamptz
) WITH (fillfactor = 50);
-- Immutable batches in the order in which they were committed; the totals are the version's as of each.
CREATE TABLE predictions.segments (
    segment_id bigint PRIMARY KEY,
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('predictions', 'labels')),
    rows int NOT NULL CHECK (rows > 0),
    predicted_from timestamptz NOT NULL,
    predicted_to timestamptz NOT NULL,
    digest text NOT NULL,
    format text NOT NULL CHECK (format IN ('json', 'arrow', 'parquet')),
    object_key text CHECK ((object_key IS NOT NULL) = (format = 'parquet')),
    recorded_at timestamptz NOT NULL,
    total_predictions bigint NOT NULL,
    total_labels bigint NOT NULL,
    total_rejected bigint NOT NULL,
    low_water timestamptz NOT NULL,
    high_water timestamptz NOT NULL,
    UNIQUE (version_number, sequence)
);
CREATE INDEX segments_window ON predictions.segments (version_number, kind, predicted_to);
CREATE INDEX segments_recorded_at ON predictions.segments (version_number, recorded_at);
-- Each process takes a thousand numbers at once.
CREATE SEQUENCE predictions.segment_ids INCREMENT BY 1000;
GRANT USAGE ON SEQUENCE predictions.segment_ids TO cdt_api, cdt_system;
-- The bytes of a segment, apart, so that a look at the segments reads no bytes and nothing waits while they are written.
CREATE TABLE predictions.payloads (
    segment_id bigint PRIMARY KEY,
    project_id uuid NOT NULL,
    payload bytea NOT NULL
);
ALTER TABLE predictions.payloads ALTER COLUMN payload SET STORAGE EXTERNAL;
-- An id is unique within its version and day. The hash is keyed; a hit is confirmed on the row in its segment.
CREATE TABLE predictions.identities (
    project_id uuid NOT NULL,
    segment_id bigint NOT NULL,
    hash bigint NOT NULL,
    version_number int NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (version_number, day, hash)
);
-- Which predictions have a label, and the present one, as its place among the signature's classes.
CREATE TABLE predictions.label_identities (
    project_id uuid NOT NULL,
    hash bigint NOT NULL,
    version_number int NOT NULL,
    day date NOT NULL,
    label smallint NOT NULL,
    PRIMARY KEY (version_number, day, hash)
) WITH (fillfactor = 90);
-- Labels that came before their prediction; the day is '-infinity' when the label named none.
CREATE TABLE predictions.waiting_labels (
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    prediction_id text NOT NULL,
    day date NOT NULL,
    label smallint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (version_number, prediction_id, day)
);
-- What was answered under an idempotency key.
CREATE TABLE predictions.receipts (
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('predictions', 'labels')),
    key text NOT NULL,
    receipt_id uuid NOT NULL,
    body_digest text NOT NULL,
    sequence bigint NOT NULL,
    answer bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (version_number, kind, key)
);
CREATE INDEX receipts_recorded_at ON predictions.receipts (recorded_at);
-- How far a version's segments are folded, and onto which grid.
CREATE TABLE predictions.folds (
    version_number int PRIMARY KEY,
    project_id uuid NOT NULL,
    grid text NOT NULL,
    sequence bigint NOT NULL,
    folded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- The counts of the rows whose predicted_at lies in the hour; rebuilt from the segments at will.
CREATE TABLE predictions.profiles (
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    hour timestamptz NOT NULL,
    rows bigint NOT NULL,
    labels bigint NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (version_number, hour)
);
ALTER TABLE predictions.profiles ALTER COLUMN payload SET STORAGE EXTERNAL;
-- The present values of a version's measures; overwritten, never recorded.
CREATE TABLE predictions.live_readings (
    version_id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    sequence bigint NOT NULL,
    position bigint NOT NULL,
    computed_at timestamptz NOT NULL,
    reading jsonb NOT NULL
) WITH (fillfactor = 50);
GRANT SELECT ON ALL TABLES IN SCHEMA predictions TO cdt_api;
GRANT INSERT, UPDATE ON
predictions.versions, predictions.label_identities, predictions.waiting_labels TO cdt_api;
GRANT INSERT ON
predictions.segments, predictions.payloads, predictions.identities, predictions.receipts TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA predictions TO cdt_system;
DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN SELECT tablename FROM pg_tables WHERE schemaname = 'predictions' LOOP
        EXECUTE format('ALTER TABLE predictions.%I ENABLE ROW LEVEL SECURITY', kept.tablename);
        EXECUTE format('ALTER TABLE predictions.%I FORCE ROW LEVEL SECURITY', kept.tablename);
        EXECUTE format(
            'CREATE POLICY tenant ON predictions.%I TO cdt_api'
            ' USING (project_id = ANY((SELECT nullif(current_setting(''cdt.projects'', true), '''')::uuid [])::uuid []))',
            kept.tablename
        );
        EXECUTE format(
            'CREATE POLICY system ON predictions.%I TO cdt_system USING (true) WITH CHECK (true)', kept.tablename
        );
    END LOOP;
END
$$;
RESET ROLE;
