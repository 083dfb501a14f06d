-- depends: 0004_vault
-- How far the reactions are, who works on what, and what is kept by its digest.
SET LOCAL ROLE cdt_owner;
CREATE SCHEMA work;
GRANT USAGE ON SCHEMA work TO cdt_api, cdt_system;
CREATE TABLE work.reactions (
    name text PRIMARY KEY,
    position bigint NOT NULL
);
CREATE TABLE work.parked_reactions (
    position bigint NOT NULL,
    reaction text NOT NULL,
    error text NOT NULL,
    attempts int NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (position, reaction)
);
CREATE TABLE work.heartbeats (
    process text PRIMARY KEY,
    kind text NOT NULL,
    beaten_at timestamptz NOT NULL
);
CREATE TABLE work.rebuilds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at timestamptz,
    position bigint,
    error text
);
GRANT SELECT ON ALL TABLES IN SCHEMA work TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA work TO cdt_system;
-- Rows named by the SHA-256 of their content: grids, baselines, specifications, results. Never changed.
CREATE SCHEMA storage;
GRANT USAGE ON SCHEMA storage TO cdt_api, cdt_system;
CREATE TABLE storage.documents (
    project_id uuid NOT NULL,
    digest text NOT NULL,
    payload bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (project_id, digest)
);
GRANT SELECT, INSERT ON storage.documents TO cdt_api, cdt_system;
ALTER TABLE storage.documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.documents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON storage.documents TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON storage.documents TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
