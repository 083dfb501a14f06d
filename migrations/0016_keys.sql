-- depends: 0014_sessions 0017_security
-- A key's row is one of its secrets: the first has the key's id, and another one comes with each rotation. A key is a
-- project's or a person's. Which secret is the newest, what it opens and until when, the log says.
SET LOCAL ROLE cdt_owner;
-- squawk-ignore ban-drop-constraint
ALTER TABLE vault.api_keys DROP CONSTRAINT api_keys_pkey;
-- squawk-ignore ban-drop-not-null
ALTER TABLE vault.api_keys ALTER COLUMN organization_id DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE vault.api_keys ALTER COLUMN project_id DROP NOT NULL;
ALTER TABLE vault.api_keys ADD COLUMN secret_id uuid, ADD COLUMN user_id uuid;
CREATE INDEX ON vault.api_keys (key_id);
DROP POLICY tenant ON vault.api_keys;
CREATE POLICY tenant ON vault.api_keys TO cdt_api
USING (
    project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
    OR user_id = (SELECT nullif(current_setting('cdt.user', true), '')::uuid)
    OR secret_hash = (SELECT decode(nullif(current_setting('cdt.key_hash', true), ''), 'hex'))
)
WITH CHECK (
    project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid [])
    OR user_id = (SELECT nullif(current_setting('cdt.user', true), '')::uuid)
);
-- squawk-ignore ban-drop-not-null
ALTER TABLE security.key_addresses ALTER COLUMN organization_id DROP NOT NULL;
-- Written by every process for all keys that it admitted lately, so it names no tenant.
CREATE TABLE vault.key_uses (
    key_id uuid PRIMARY KEY,
    used_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.key_uses TO cdt_api, cdt_system;
RESET ROLE;
