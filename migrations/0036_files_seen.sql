-- depends: 0035_files_marked
-- When a file was last seen where it was found, to a day: of what has gone from there no row is kept for ever.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.files ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX files_seen ON predictions.files (version_id, seen_at);
RESET ROLE;
