-- name and email are sealed: base64 of what only the person's key in the vault opens
CREATE TABLE accounts_users (
    id uuid PRIMARY KEY,
    name_box text NOT NULL,
    email_box text NOT NULL,
    registered_at timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
SELECT temporal.track('accounts_users', 'person');

-- a session as its person sees it; where they came from is sealed
CREATE TABLE accounts_sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    address_box text NOT NULL,
    agent_box text NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    since bigint NOT NULL
);
CREATE INDEX ON accounts_sessions (user_id, started_at);
SELECT temporal.track('accounts_sessions', 'user');

-- ids alone, for every process that admits: their tokens are refused from then on
CREATE TABLE accounts_ended_sessions (
    id uuid PRIMARY KEY,
    ended_at timestamptz NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX ON accounts_ended_sessions (position);
GRANT SELECT ON accounts_ended_sessions TO cdt_api;
GRANT SELECT, INSERT ON accounts_ended_sessions TO cdt_system;
