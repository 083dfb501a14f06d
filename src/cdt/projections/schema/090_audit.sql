-- One row an event; never updated, so it is its own history. Sealed values stay sealed.
CREATE TABLE audit_entries (
    position bigint PRIMARY KEY,
    organization_id uuid,
    project_id uuid,
    stream_id uuid NOT NULL,
    subject_kind text NOT NULL,
    action text NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    command_id uuid NOT NULL,
    caused_by bigint,
    changes jsonb NOT NULL
);
CREATE INDEX ON audit_entries (project_id, position);
CREATE INDEX ON audit_entries (organization_id, position);
CREATE INDEX ON audit_entries (stream_id, position);
CREATE INDEX ON audit_entries (actor_id, position);
CREATE INDEX ON audit_entries (action, position);
ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
-- an organization's own entries have no project
CREATE POLICY tenant ON audit_entries FOR SELECT TO cdt_api USING (
    project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
    OR (
        project_id IS NULL
        AND organization_id = ANY((SELECT nullif(current_setting('cdt.organizations', true), '')::uuid [])::uuid [])
    )
);
CREATE POLICY system ON audit_entries TO cdt_system USING (true) WITH CHECK (true);
CREATE POLICY owner ON audit_entries TO cdt_owner USING (true) WITH CHECK (true);
GRANT SELECT ON audit_entries TO cdt_api;
GRANT SELECT, INSERT ON audit_entries TO cdt_system;
