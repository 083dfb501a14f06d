CREATE TABLE alerts_rules (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    operator text NOT NULL,
    threshold double precision NOT NULL,
    in_a_row int NOT NULL,
    is_enabled boolean NOT NULL,
    added_at timestamptz NOT NULL,
    added_by_kind text NOT NULL,
    added_by_id text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON alerts_rules (model_id, added_at, id);
CREATE INDEX ON alerts_rules (project_id, id);
SELECT temporal.track('alerts_rules', 'project');
CREATE INDEX ON alerts_rules_history (model_id, until, since);

-- One row for a rule and a version. raised_position is that of the newest ringing; it orders the lists.
CREATE TABLE alerts_alerts (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    state text NOT NULL,
    state_at timestamptz NOT NULL,
    value double precision NOT NULL,
    evaluation_id uuid NOT NULL,
    raised_at timestamptz NOT NULL,
    raised_position bigint NOT NULL,
    times_raised int NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by_kind text,
    acknowledged_by_id text,
    resolved_at timestamptz,
    resolved_by_kind text,
    resolved_by_id text,
    note text NOT NULL DEFAULT '',
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON alerts_alerts (model_id, raised_position);
CREATE INDEX ON alerts_alerts (project_id, raised_position);
CREATE INDEX ON alerts_alerts (rule_id);
SELECT temporal.track('alerts_alerts', 'project');
CREATE INDEX ON alerts_alerts_history (model_id, until, since);
