-- depends: 0028_minutes
-- Files that were found in the watched folder: each content of each name once, and what became of it.
SET LOCAL ROLE cdt_owner;
CREATE TABLE predictions.files (
    file_number bigint GENERATED ALWAYS AS IDENTITY,
    file_key text NOT NULL,
    stamp text NOT NULL,
    project_id uuid NOT NULL,
    version_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('predictions', 'labels')),
    bytes bigint NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'refused')),
    tries int NOT NULL DEFAULT 0,
    found_at timestamptz NOT NULL,
    settled_at timestamptz,
    accepted bigint,
    duplicates bigint,
    rejected bigint,
    reason text,
    PRIMARY KEY (file_key, stamp),
    CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX files_of_version ON predictions.files (version_id, file_number DESC);
GRANT SELECT ON predictions.files TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.files TO cdt_system;
ALTER TABLE predictions.files ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.files FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.files TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.files TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
