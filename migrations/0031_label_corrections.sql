-- depends: 0022_profile_days
-- A label that was replaced by another: which, by whom and why. The label itself stands in `labelled` and in segments.
SET LOCAL ROLE cdt_owner;
CREATE TABLE predictions.label_corrections (
    project_id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    predicted_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    version_number int NOT NULL,
    label_before smallint NOT NULL,
    label_after smallint NOT NULL,
    prediction_id text NOT NULL,
    reason text,
    actor_kind text,
    actor_id text,
    PRIMARY KEY (version_number, number)
);
GRANT SELECT, INSERT ON predictions.label_corrections TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.label_corrections TO cdt_system;
ALTER TABLE predictions.label_corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.label_corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.label_corrections TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.label_corrections TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
