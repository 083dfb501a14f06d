-- A hold that is lifted is closed; whoever throws rows away looks here first.
CREATE TABLE compliance_holds (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid,
    reason text NOT NULL,
    placed_at timestamptz NOT NULL,
    placed_by_kind text NOT NULL,
    placed_by_id text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON compliance_holds (project_id, id);
SELECT temporal.track('compliance_holds', 'project');

-- left_versions: from which the subjects' rows are to go still; column_name is null where the prediction's id tells
CREATE TABLE compliance_erasures (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_ids uuid [] NOT NULL,
    left_versions uuid [] NOT NULL,
    column_name text,
    subjects text [] NOT NULL,
    reason text NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_position bigint NOT NULL,
    requested_by_kind text NOT NULL,
    requested_by_id text NOT NULL,
    predictions bigint NOT NULL DEFAULT 0,
    labels bigint NOT NULL DEFAULT 0,
    segments bigint NOT NULL DEFAULT 0,
    completed_at timestamptz,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON compliance_erasures (project_id, requested_position);
CREATE INDEX ON compliance_erasures (requested_position) WHERE completed_at IS NULL;
SELECT temporal.track('compliance_erasures', 'project');
CREATE INDEX ON compliance_erasures_history (project_id, until, since);
