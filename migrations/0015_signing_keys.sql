-- depends: 0014_sessions
-- Which keys sign access tokens, and since when. Each key itself follows from the vault's secret and its id, and is kept
-- nowhere. The first is the one that signed before there were others.
SET LOCAL ROLE cdt_owner;
CREATE TABLE vault.signing_keys (
    key_id text PRIMARY KEY,
    signs_from timestamptz NOT NULL
);
INSERT INTO vault.signing_keys (key_id, signs_from) VALUES ('1', '2026-01-01T00:00:00Z');
GRANT SELECT ON vault.signing_keys TO cdt_api, cdt_system;
GRANT INSERT, DELETE ON vault.signing_keys TO cdt_system;
RESET ROLE;
