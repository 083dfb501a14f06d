-- depends: 0006_predictions
-- Work that a fact asks for, until it is done: the truth behind the jobs, which Redis may lose.
SET LOCAL ROLE cdt_owner;
CREATE TABLE work.leases (
    fact bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('evaluation', 'delivery')),
    subject uuid NOT NULL,
    project_id uuid NOT NULL,
    plan_id uuid,
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'given_up')),
    attempt int NOT NULL DEFAULT 1,
    due_at timestamptz NOT NULL,
    worker text,
    leased_until timestamptz,
    last_error text,
    last_status int,
    last_attempt_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX leases_due ON work.leases (due_at) WHERE state = 'due';
CREATE INDEX leases_plan ON work.leases (plan_id) WHERE state = 'due' AND plan_id IS NOT NULL;
CREATE INDEX leases_subject ON work.leases (subject);
ALTER TABLE work.leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE work.leases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON work.leases FOR SELECT TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON work.leases TO cdt_system USING (true) WITH CHECK (true);
GRANT SELECT ON work.leases TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON work.leases TO cdt_system;
RESET ROLE;
