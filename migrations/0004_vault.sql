-- depends: 0003_temporal
-- What must never be an event. Backed up apart from the log, with CDT_SECRET_KEY kept elsewhere; erasing a person
-- deletes the rows of vault.person_keys and vault.credentials.
SET LOCAL ROLE cdt_owner;
CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA vault TO cdt_api, cdt_system;
CREATE TABLE vault.credentials (
    email_hash text PRIMARY KEY,
    user_id uuid NOT NULL UNIQUE,
    password_hash text NOT NULL
);
CREATE TABLE vault.person_keys (
    person uuid PRIMARY KEY,
    wrapped_key bytea NOT NULL
);
CREATE TABLE vault.api_keys (
    key_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    project_id uuid NOT NULL,
    secret_hash bytea NOT NULL UNIQUE
);
CREATE TABLE vault.webhook_secrets (
    endpoint_id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    box bytea NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA vault TO cdt_api, cdt_system;
ALTER TABLE vault.webhook_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault.webhook_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON vault.webhook_secrets TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON vault.webhook_secrets TO cdt_system USING (true) WITH CHECK (true);
-- a key is looked for before its project is known: whoever has its text may see its row
ALTER TABLE vault.api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault.api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON vault.api_keys TO cdt_api
USING (
    project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
    OR secret_hash = (SELECT decode(nullif(current_setting('cdt.key_hash', true), ''), 'hex'))
)
WITH CHECK (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON vault.api_keys TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
