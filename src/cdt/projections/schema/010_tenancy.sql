CREATE TABLE tenancy_organizations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
SELECT temporal.track('tenancy_organizations', 'organization');

CREATE TABLE tenancy_members (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_members (user_id);
CREATE INDEX ON tenancy_members (organization_id);
SELECT temporal.track('tenancy_members', 'member');

CREATE TABLE tenancy_projects (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_projects (organization_id);
SELECT temporal.track('tenancy_projects', 'organization');

CREATE TABLE tenancy_keys (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by_kind text NOT NULL,
    created_by_id text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_keys (project_id);
SELECT temporal.track('tenancy_keys', 'project');
