-- depends: 0024_retention
-- Erasing the rows of somebody: how far it is, what must not come in again, and which segments were written anew.
SET LOCAL ROLE cdt_owner;
-- Predictions are looked at in the order of their sequence, labels against it: `reached` is the last that was.
CREATE TABLE predictions.erasing (
    erasure_id uuid NOT NULL,
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    phase text NOT NULL CHECK (phase IN ('predictions', 'labels', 'waiting', 'done')),
    through bigint NOT NULL,
    reached bigint NOT NULL,
    predictions bigint NOT NULL DEFAULT 0,
    labels bigint NOT NULL DEFAULT 0,
    waiting_labels bigint NOT NULL DEFAULT 0,
    segments bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (erasure_id, version_number)
);
-- The keyed hashes of ids that were erased, each of its day: who sends one of these again is refused.
CREATE TABLE predictions.erased (
    erasure_id uuid NOT NULL,
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    day date NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (version_number, hash, day)
);
-- A segment that lost rows; digest_after is null when none was left.
CREATE TABLE predictions.tombstones (
    erasure_id uuid NOT NULL,
    project_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    predicted_from timestamptz NOT NULL,
    predicted_to timestamptz NOT NULL,
    version_number int NOT NULL,
    rows int NOT NULL CHECK (rows > 0),
    kind text NOT NULL CHECK (kind IN ('predictions', 'labels')),
    digest_before text NOT NULL,
    digest_after text,
    PRIMARY KEY (version_number, sequence, erasure_id)
);
GRANT SELECT ON predictions.erasing, predictions.erased, predictions.tombstones TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON
predictions.erasing, predictions.erased, predictions.tombstones TO cdt_system;
DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['erasing', 'erased', 'tombstones'] LOOP
        EXECUTE format('ALTER TABLE predictions.%I ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('ALTER TABLE predictions.%I FORCE ROW LEVEL SECURITY', added);
        EXECUTE format(
            'CREATE POLICY tenant ON predictions.%I TO cdt_api'
            ' USING (project_id = ANY((SELECT nullif(current_setting(''cdt.projects'', true), '''')::uuid [])::uuid []))',
            added
        );
        EXECUTE format('CREATE POLICY system ON predictions.%I TO cdt_system USING (true) WITH CHECK (true)', added);
    END LOOP;
END
$$;
RESET ROLE;
