-- depends: 0001_roles
-- The log: the event store's table, with the time of recording beside it. Nobody may change or remove a row.
SET LOCAL ROLE cdt_owner;
CREATE SCHEMA log;
GRANT USAGE ON SCHEMA log TO cdt_api, cdt_system;
CREATE TABLE log.cdt_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text,
    state bytea,
    notification_id bigserial,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_enabled = true,
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_vacuum_scale_factor = 0.5,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX cdt_events_notification_id_idx ON log.cdt_events (notification_id ASC);
-- "as of a time" is the last position recorded by then
CREATE INDEX cdt_events_recorded_at_idx ON log.cdt_events (recorded_at, notification_id);
CREATE TYPE log.stored_event_uuid AS (originator_id uuid, originator_version bigint, topic text, state bytea);
-- One round trip for what the library does in four. The lock makes the order of positions the order of commits;
-- the time never goes backwards, whatever the clock does, and one save has one time.
CREATE FUNCTION log.append(events log.stored_event_uuid []) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
BEGIN
    LOCK TABLE log.cdt_events IN EXCLUSIVE MODE;
    NOTIFY cdt_events;
    moment := greatest(
        clock_timestamp(),
        (SELECT e.recorded_at FROM log.cdt_events AS e ORDER BY e.notification_id DESC LIMIT 1)
    );
    RETURN QUERY
        INSERT INTO log.cdt_events AS t (originator_id, originator_version, topic, state, recorded_at)
        SELECT e.originator_id, e.originator_version, e.topic, e.state, moment FROM unnest(events) AS e
        RETURNING t.notification_id;
END
$$;
GRANT SELECT, INSERT, MAINTAIN ON log.cdt_events TO cdt_api, cdt_system;
REVOKE UPDATE, DELETE, TRUNCATE ON log.cdt_events FROM cdt_owner;
GRANT USAGE ON SEQUENCE log.cdt_events_notification_id_seq TO cdt_api, cdt_system;
RESET ROLE;
