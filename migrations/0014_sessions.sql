-- depends: 0012_lease_deaths
-- Where the refresh token of each session stands. Whether a session still admits is in the log; this row only tells the
-- newest token from those that were used up, of which none is kept: each follows from the vault's secret, the session,
-- its generation and `salt`.
SET LOCAL ROLE cdt_owner;
CREATE TABLE vault.sessions (
    session_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    generation int NOT NULL DEFAULT 0,
    salt uuid NOT NULL,
    renewed_by uuid,
    renewed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON vault.sessions (user_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.sessions TO cdt_api, cdt_system;
-- What a person alone may see: the rows that name them.
CREATE OR REPLACE FUNCTION temporal.visible_to(belongs_to text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE belongs_to
        WHEN 'project' THEN 'project_id = ANY ((SELECT nullif(current_setting(''cdt.projects'', true), '''')::uuid[])::uuid[])'
        WHEN 'organization' THEN 'organization_id = ANY ((SELECT nullif(current_setting(''cdt.organizations'', true), '''')::uuid[])::uuid[])'
        WHEN 'member' THEN 'organization_id = ANY ((SELECT nullif(current_setting(''cdt.organizations'', true), '''')::uuid[])::uuid[])'
            ' OR user_id = (SELECT nullif(current_setting(''cdt.user'', true), '''')::uuid)'
        WHEN 'person' THEN 'id = (SELECT nullif(current_setting(''cdt.user'', true), '''')::uuid)'
            ' OR id IN (SELECT user_id FROM tenancy_members_all)'
        WHEN 'user' THEN 'user_id = (SELECT nullif(current_setting(''cdt.user'', true), '''')::uuid)'
    END
$$;
RESET ROLE;
