CREATE TABLE evaluations_plans (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    policy jsonb NOT NULL,
    because jsonb,
    made_at timestamptz NOT NULL,
    made_by_kind text NOT NULL,
    made_by_id text NOT NULL,
    changed_at timestamptz,
    changed_by_kind text,
    changed_by_id text,
    reason text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON evaluations_plans (version_id);
CREATE INDEX ON evaluations_plans (project_id, id);
SELECT temporal.track('evaluations_plans', 'project');
CREATE INDEX ON evaluations_plans_history (version_id, until, since);

-- requested_position orders the lists: newest first. What follows it is null until the evaluation is over.
CREATE TABLE evaluations_evaluations (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    environment text NOT NULL,
    cause text NOT NULL,
    state text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    through_sequence bigint NOT NULL,
    specification_digest text NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by_kind text NOT NULL,
    requested_by_id text NOT NULL,
    requested_position bigint NOT NULL,
    finished_at timestamptz,
    finished_position bigint,
    rows bigint,
    labels bigint,
    rows_digest text,
    results_digest text,
    passed int,
    failed int,
    inconclusive int,
    libraries jsonb,
    processor text,
    attempts int,
    failure text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON evaluations_evaluations (model_id, requested_position);
CREATE INDEX ON evaluations_evaluations (version_id, requested_position);
CREATE INDEX ON evaluations_evaluations (plan_id, window_end, requested_position);
CREATE INDEX ON evaluations_evaluations (plan_id) WHERE state = 'requested';
CREATE INDEX ON evaluations_evaluations (project_id, id);
SELECT temporal.track('evaluations_evaluations', 'project');
CREATE INDEX ON evaluations_evaluations_history (model_id, until, since);
CREATE INDEX ON evaluations_evaluations_history (version_id, until, since);
CREATE INDEX ON evaluations_evaluations_history (plan_id, until, since);

-- each time that an evaluation was computed once more; what follows requested_position is null until it is over
CREATE TABLE evaluations_recomputations (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    evaluation_id uuid NOT NULL,
    state text NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by_kind text NOT NULL,
    requested_by_id text NOT NULL,
    requested_position bigint NOT NULL,
    finished_at timestamptz,
    outcome text,
    differences int,
    rows_digest text,
    results_digest text,
    libraries jsonb,
    processor text,
    attempts int,
    failure text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON evaluations_recomputations (evaluation_id, requested_position);
CREATE INDEX ON evaluations_recomputations (project_id, id);
SELECT temporal.track('evaluations_recomputations', 'project');
CREATE INDEX ON evaluations_recomputations_history (evaluation_id, until, since);

-- windows of history that are measured by a plan; window_start is the first one's, window_end the last one's
CREATE TABLE evaluations_backfills (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by_kind text NOT NULL,
    requested_by_id text NOT NULL,
    requested_position bigint NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    evaluation_ids uuid [] NOT NULL,
    reason text NOT NULL,
    cancelled_at timestamptz,
    cancelled_by_kind text,
    cancelled_by_id text,
    cancelled_because text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON evaluations_backfills (plan_id, requested_position);
CREATE INDEX ON evaluations_backfills (project_id, id);
SELECT temporal.track('evaluations_backfills', 'project');
CREATE INDEX ON evaluations_backfills_history (plan_id, until, since);
