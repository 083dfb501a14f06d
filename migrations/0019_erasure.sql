-- depends: 0014_sessions
-- Whoever was erased is remembered as that, so that no key is made for them again. An address may be invited again, so
-- its key is forgotten instead; `made_at` tells it from one that was made for it since.
SET LOCAL ROLE cdt_owner;
-- Every row that is there has a key. The release before reads none where this one has taken it away.
-- squawk-ignore ban-drop-not-null
ALTER TABLE vault.person_keys ALTER COLUMN wrapped_key DROP NOT NULL;
ALTER TABLE vault.person_keys ADD COLUMN made_at timestamptz;
ALTER TABLE vault.person_keys ALTER COLUMN made_at SET DEFAULT clock_timestamp();
ALTER TABLE vault.person_keys ADD COLUMN erased_at timestamptz;
RESET ROLE;
