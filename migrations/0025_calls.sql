-- depends: 0022_profile_days
-- Requests to served models and their answers, as an inference logger sends them: each is kept here until the other has
-- come, and both until their predictions are stored. That one failed is remembered for a while, so that it counts once.
SET LOCAL ROLE cdt_owner;
CREATE TABLE predictions.calls (
    version_number int NOT NULL,
    call_id text NOT NULL,
    project_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    has_failed boolean NOT NULL DEFAULT false,
    mapping jsonb NOT NULL,
    request bytea,
    requested_at timestamptz,
    answer bytea,
    answered_at timestamptz,
    PRIMARY KEY (version_number, call_id)
) WITH (fillfactor = 70);
CREATE INDEX calls_recorded_at ON predictions.calls (recorded_at);
-- Those whose process died before their predictions were stored; hardly ever one.
CREATE INDEX calls_whole ON predictions.calls (recorded_at)
WHERE request IS NOT NULL AND answer IS NOT NULL AND NOT has_failed;
GRANT SELECT, INSERT, UPDATE, DELETE ON predictions.calls TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.calls TO cdt_system;
ALTER TABLE predictions.calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.calls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.calls TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.calls TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
