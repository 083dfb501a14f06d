-- What the log holds of safety, once for each organization that it concerns: a person's sign-in concerns those that they
-- belonged to then. One row an event and organization; never updated, so it is its own history.
CREATE TABLE security_entries (
    position bigint NOT NULL,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    subject text NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    person uuid,
    address_box text,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (position, organization_id)
);
CREATE INDEX ON security_entries (organization_id, recorded_at, position);
SELECT temporal.protect('security_entries', 'organization');
