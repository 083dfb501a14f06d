-- depends: 0037_quarantine_of_erased
-- When a call that is whole could last not be made predictions of: those that can't at all don't stand before the others.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.calls ADD COLUMN attempted_at timestamptz;
CREATE INDEX calls_whole_attempted ON predictions.calls ((coalesce(attempted_at, recorded_at)))
WHERE request IS NOT NULL AND answer IS NOT NULL AND NOT has_failed;
RESET ROLE;
