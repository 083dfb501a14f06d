CREATE TABLE registry_models (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    registered_at timestamptz NOT NULL,
    registered_by_kind text NOT NULL,
    registered_by_id text NOT NULL,
    version_count int NOT NULL,
    intake_policy text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON registry_models (project_id, name, id);
SELECT temporal.track('registry_models', 'project');

-- what a model's columns mean to people, by the model's id
CREATE TABLE registry_dictionaries (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    columns jsonb NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON registry_dictionaries (project_id, id);
SELECT temporal.track('registry_dictionaries', 'project');

CREATE TABLE registry_versions (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    tag text NOT NULL,
    signature jsonb NOT NULL,
    added_at timestamptz NOT NULL,
    added_by_kind text NOT NULL,
    added_by_id text NOT NULL,
    grid_digest text,
    baseline_digest text,
    baseline_rows int,
    baseline_labelled_rows int,
    baseline_from timestamptz,
    baseline_to timestamptz,
    baseline_at timestamptz,
    baseline_by_kind text,
    baseline_by_id text,
    baseline_source text,
    baseline_body text,
    moving_kind text,
    moving_days int,
    moving_at timestamptz,
    moving_by_kind text,
    moving_by_id text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON registry_versions (model_id, added_at, id);
CREATE INDEX ON registry_versions (project_id, id);
SELECT temporal.track('registry_versions', 'project');
CREATE INDEX ON registry_versions_history (model_id, until, since);

-- who serves where: one row for a model, environment and role; its id is derived from the three
CREATE TABLE registry_deployments (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version_id uuid NOT NULL,
    environment text NOT NULL,
    role text NOT NULL,
    promoted_at timestamptz NOT NULL,
    promoted_by_kind text NOT NULL,
    promoted_by_id text NOT NULL,
    reason text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
-- nothing that a promotion changes is indexed, so that it leaves no dead entries for later readers to pass
CREATE INDEX ON registry_deployments (model_id, project_id, environment, role);
CREATE INDEX ON registry_deployments (project_id, id);
SELECT temporal.track('registry_deployments', 'project');
CREATE INDEX ON registry_deployments_history (model_id, until, since);
