CREATE TABLE tenancy_organizations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    domain text,
    created_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
SELECT temporal.track('tenancy_organizations', 'organization');

-- added is the position at which the person joined, or last joined: the order of the list
CREATE TABLE tenancy_members (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    added bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_members (user_id);
CREATE INDEX ON tenancy_members (organization_id, added);
SELECT temporal.track('tenancy_members', 'member');
CREATE INDEX ON tenancy_members_history (organization_id, until, since);

CREATE TABLE tenancy_projects (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    time_zone text NOT NULL,
    retention_days int,
    created_at timestamptz NOT NULL,
    archived_at timestamptz,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_projects (organization_id);
SELECT temporal.track('tenancy_projects', 'organization');

-- a member's own role in a project; none where the organization's counts
CREATE TABLE tenancy_project_roles (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_project_roles (user_id);
CREATE INDEX ON tenancy_project_roles (project_id);
SELECT temporal.track('tenancy_project_roles', 'member');
CREATE INDEX ON tenancy_project_roles_history (project_id, until, since);

-- The address is sealed under the key of `person`, who is nobody but this address. Whether an invitation has expired
-- is told by the clock when it is read. Its organization's name stands here for whoever is invited and sees no more.
CREATE TABLE tenancy_invitations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    organization_name text NOT NULL,
    person uuid NOT NULL,
    email_box text NOT NULL,
    email_hash text NOT NULL,
    role text NOT NULL,
    invited bigint NOT NULL,
    invited_at timestamptz NOT NULL,
    invited_by_kind text NOT NULL,
    invited_by_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    answer text,
    answered_at timestamptz,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_invitations (organization_id, invited);
CREATE INDEX ON tenancy_invitations (email_hash, invited);
SELECT temporal.track('tenancy_invitations', 'organization');
CREATE INDEX ON tenancy_invitations_history (organization_id, until, since);
CREATE INDEX ON tenancy_invitations_history (email_hash, until, since);
-- besides, whoever signs in with the invited address sees the invitation
CREATE POLICY invited ON tenancy_invitations FOR SELECT TO cdt_api USING (
    email_hash = (
        SELECT c.email_hash FROM vault.credentials AS c
        WHERE c.user_id = (SELECT nullif(current_setting('cdt.user', true), '')::uuid)
    )
);
CREATE POLICY invited ON tenancy_invitations_history FOR SELECT TO cdt_api USING (
    email_hash = (
        SELECT c.email_hash FROM vault.credentials AS c
        WHERE c.user_id = (SELECT nullif(current_setting('cdt.user', true), '')::uuid)
    )
);

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
