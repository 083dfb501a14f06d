-- depends: 0020_large_bodies
-- Segments whose rows lie in objects: which object, and from which row on. Objects are written under names that are never
-- used again; what is written but not taken over, and what others have replaced, is known here until it is deleted.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.segments ADD COLUMN object_row bigint;
CREATE TABLE predictions.objects (
    object_key text PRIMARY KEY,
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('predictions', 'labels')),
    state text NOT NULL CHECK (state IN ('writing', 'kept', 'dropped')),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    first_sequence bigint,
    last_sequence bigint,
    segments bigint,
    rows bigint,
    bytes bigint,
    CHECK (state = 'writing' OR (first_sequence <= last_sequence AND segments > 0 AND rows > 0 AND bytes > 0))
);
CREATE INDEX objects_of_version ON predictions.objects (version_number, kind, last_sequence) WHERE state = 'kept';
CREATE INDEX objects_to_delete ON predictions.objects (changed_at) WHERE state <> 'kept';
-- What is fresh is a small part of all segments. The table is read and written meanwhile, but for seconds.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX segments_fresh ON predictions.segments (version_number, kind, sequence)
INCLUDE (rows, recorded_at) WHERE format <> 'parquet';
GRANT SELECT ON predictions.objects TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.objects TO cdt_system;
ALTER TABLE predictions.objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.objects FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.objects TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.objects TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
