CREATE TABLE trust_policies (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    policy jsonb NOT NULL,
    reason text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by_kind text NOT NULL,
    changed_by_id text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON trust_policies (model_id);
CREATE INDEX ON trust_policies (project_id, id);
SELECT temporal.track('trust_policies', 'project');
CREATE INDEX ON trust_policies_history (model_id, until, since);

-- what new models of a project begin with
CREATE TABLE trust_default_policies (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    policy jsonb NOT NULL,
    reason text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by_kind text NOT NULL,
    changed_by_id text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON trust_default_policies (project_id, id);
SELECT temporal.track('trust_default_policies', 'project');

-- every recorded score; a row never changes. An older window that is measured again because labels came late is scored
-- too, and so is any window that somebody asks for, but they say nothing of now: the newest score is that of the latest
-- window that was due by itself
CREATE TABLE trust_scores (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    environment text NOT NULL,
    evaluation_id uuid NOT NULL,
    value double precision,
    previous_value double precision,
    low double precision,
    high double precision,
    coverage double precision NOT NULL,
    standing text NOT NULL,
    reason text,
    threshold double precision NOT NULL,
    components jsonb NOT NULL,
    trend_direction text NOT NULL,
    trend_share double precision,
    aggregation text NOT NULL,
    policy_version int NOT NULL,
    formula int NOT NULL,
    window_end timestamptz NOT NULL,
    is_newest_window boolean NOT NULL,
    sentence text NOT NULL,
    recorded_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON trust_scores (model_id, environment, since);
CREATE INDEX ON trust_scores (version_id, environment, since);
CREATE INDEX ON trust_scores (evaluation_id);
CREATE INDEX ON trust_scores (project_id, id);
SELECT temporal.track('trust_scores', 'project');

-- which score is a version's newest in an environment, and the number by which models are sorted
CREATE TABLE trust_newest (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    environment text NOT NULL,
    score_id uuid NOT NULL,
    value double precision,
    standing text NOT NULL,
    window_end timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON trust_newest (version_id, environment);
CREATE INDEX ON trust_newest (project_id, id);
SELECT temporal.track('trust_newest', 'project');
CREATE INDEX ON trust_newest_history (version_id, until, since);

-- what a chart of the score marks on its time axis; a row never changes
CREATE TABLE trust_marks (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    kind text NOT NULL,
    version_id uuid,
    environment text,
    role text,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON trust_marks (model_id, since);
CREATE INDEX ON trust_marks (project_id, id);
SELECT temporal.track('trust_marks', 'project');
