CREATE TABLE notifications_endpoints (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    kind text NOT NULL,
    url text NOT NULL,
    added_at timestamptz NOT NULL,
    added_by_kind text NOT NULL,
    added_by_id text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON notifications_endpoints (project_id, id);
SELECT temporal.track('notifications_endpoints', 'project');

-- fact is the position of what an endpoint is told of; how an unfinished delivery fares is in the table of leases
CREATE TABLE notifications_deliveries (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    model_id uuid NOT NULL,
    alert_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    what text NOT NULL,
    fact bigint NOT NULL,
    state text NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_position bigint NOT NULL,
    finished_at timestamptz,
    attempts int NOT NULL,
    status int,
    error text,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON notifications_deliveries (alert_id, requested_position);
CREATE INDEX ON notifications_deliveries (project_id, id);
CREATE INDEX ON notifications_deliveries (requested_position) WHERE state = 'pending';
SELECT temporal.track('notifications_deliveries', 'project');
CREATE INDEX ON notifications_deliveries_history (alert_id, until, since);
