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
-- Moves the position, tells of it on commit, and holds its row until then. It is a page's first statement: a follower that
-- no longer leads is stopped here, by the error that psycopg counts as operational.
CREATE FUNCTION advance(expected bigint, next bigint, contexts text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE follower SET position = next, moved_at = clock_timestamp() WHERE position = expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another follower has moved the position from %', expected
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM pg_notify('cdt_projected', next || ' ' || contexts);
END
$$;
GRANT SELECT ON follower, parked TO cdt_api;
GRANT SELECT, INSERT, UPDATE ON follower, parked TO cdt_system;
