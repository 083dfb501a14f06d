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

-- besides, a project is seen by what may be done in it: a project's key knows it and whose it is, and no other of that
-- organization, and what is acted on is looked for by what one may do there
CREATE POLICY of_project ON tenancy_projects FOR SELECT TO cdt_api USING (
    id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
);
CREATE POLICY of_project ON tenancy_projects_history FOR SELECT TO cdt_api USING (
    id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
);
CREATE POLICY of_project ON tenancy_organizations FOR SELECT TO cdt_api USING (
    id IN (
        SELECT p.organization_id FROM tenancy_projects_all AS p
        WHERE p.id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
    )
);
CREATE POLICY of_project ON tenancy_organizations_history FOR SELECT TO cdt_api USING (
    id IN (
        SELECT p.organization_id FROM tenancy_projects_all AS p
        WHERE p.id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
    )
);

-- A key of a project has its name in clear; that of a person has it sealed under the person's key, as the reason for
-- which it was revoked. What admits is the newest secret, and the one before it until that ends.
CREATE TABLE tenancy_keys (
    id uuid PRIMARY KEY,
    project_id uuid,
    user_id uuid,
    name text,
    name_box text,
    prefix text NOT NULL,
    permissions text [] NOT NULL,
    model_ids uuid [] NOT NULL,
    created bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by_kind text NOT NULL,
    created_by_id text NOT NULL,
    expires_at timestamptz,
    secret_id uuid NOT NULL,
    former_secret_id uuid,
    former_prefix text,
    former_ends_at timestamptz,
    rotated_at timestamptz,
    revoked_at timestamptz,
    revoked_by_kind text,
    revoked_by_id text,
    revoke_reason text,
    revoke_reason_box text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON tenancy_keys (project_id, created);
CREATE INDEX ON tenancy_keys (user_id, created);
SELECT temporal.track('tenancy_keys', 'project');
CREATE INDEX ON tenancy_keys_history (user_id, until, since);
-- besides, a person sees their own, and whoever sees the person sees what the person's programs are called
CREATE POLICY of_person ON tenancy_keys FOR SELECT TO cdt_api USING (
    user_id = (SELECT nullif(current_setting('cdt.user', true), '')::uuid)
    OR user_id IN (SELECT m.user_id FROM tenancy_members_all AS m)
);
CREATE POLICY of_person ON tenancy_keys_history FOR SELECT TO cdt_api USING (
    user_id = (SELECT nullif(current_setting('cdt.user', true), '')::uuid)
    OR user_id IN (SELECT m.user_id FROM tenancy_members_all AS m)
);

-- ids alone, for every process that admits: which secrets of keys were ended, and when
CREATE TABLE tenancy_ended_secrets (
    secret_id uuid NOT NULL,
    key_id uuid NOT NULL,
    ends_at timestamptz NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (position, secret_id)
);
GRANT SELECT ON tenancy_ended_secrets TO cdt_api;
GRANT SELECT, INSERT ON tenancy_ended_secrets TO cdt_system;
