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
