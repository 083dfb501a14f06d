-- depends: 0014_sessions
-- What happens at the door and is no decision, and who read which model. By the thousand when somebody tries, so a row
-- stands for many. The API reads under the policy; what is kept is written by the system's role alone.
SET LOCAL ROLE cdt_owner;
CREATE SCHEMA security;
GRANT USAGE ON SCHEMA security TO cdt_api, cdt_system;
-- So many of the same between two moments. A row never changes, and goes when it is too old. Where from is sealed under
-- the key of `sealed_for`: the person, or a program that is nobody's.
CREATE TABLE security.occurrences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    subject text NOT NULL,
    actor_kind text,
    actor_id text,
    person uuid,
    sealed_for uuid,
    address_box text,
    times bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX occurrences_recorded ON security.occurrences (organization_id, recorded_at, id);
CREATE INDEX occurrences_age ON security.occurrences (recorded_at);
-- Where a key was used from, as a keyed hash: a use from elsewhere is told.
CREATE TABLE security.key_addresses (
    key_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    address_hash text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (key_id, address_hash)
);
CREATE INDEX key_addresses_age ON security.key_addresses (last_at);
-- Who read which model how often in an interval. `number` is the order of their beginnings.
CREATE TABLE security.accesses (
    organization_id uuid NOT NULL,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    how text NOT NULL,
    began_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    number bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (model_id, actor_id, how, began_at)
);
CREATE INDEX accesses_recorded ON security.accesses (organization_id, number);
CREATE INDEX accesses_of_model ON security.accesses (model_id, number);
CREATE INDEX accesses_age ON security.accesses (ends_at);
ALTER TABLE security.occurrences ENABLE ROW LEVEL SECURITY;
ALTER TABLE security.occurrences FORCE ROW LEVEL SECURITY;
ALTER TABLE security.key_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE security.key_addresses FORCE ROW LEVEL SECURITY;
ALTER TABLE security.accesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE security.accesses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON security.occurrences FOR SELECT TO cdt_api
USING (organization_id = ANY((SELECT nullif(current_setting('cdt.organizations', true), '')::uuid [])::uuid []));
CREATE POLICY tenant ON security.accesses FOR SELECT TO cdt_api
USING (organization_id = ANY((SELECT nullif(current_setting('cdt.organizations', true), '')::uuid [])::uuid []));
CREATE POLICY system ON security.occurrences TO cdt_system USING (true) WITH CHECK (true);
CREATE POLICY system ON security.key_addresses TO cdt_system USING (true) WITH CHECK (true);
CREATE POLICY system ON security.accesses TO cdt_system USING (true) WITH CHECK (true);
GRANT SELECT ON security.occurrences, security.accesses TO cdt_api;
GRANT SELECT, INSERT, DELETE ON security.occurrences TO cdt_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON security.key_addresses, security.accesses TO cdt_system;
RESET ROLE;
