-- How far the read models are, and what could not be projected. A rebuild makes both anew.
CREATE TABLE follower (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL,
    schema_digest text NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE parked (
    position bigint NOT NULL,
    handler text NOT NULL,
    stream_id uuid NOT NULL,
    topic text NOT NULL,
    error text NOT NULL,
    PRIMARY KEY (position, handler)
);
CREATE INDEX ON parked (handler, stream_id);
GRANT SELECT ON follower, parked TO cdt_api;
GRANT SELECT, INSERT, UPDATE ON follower, parked TO cdt_system;
