-- depends: 0009_lease_failures
-- Attempts whose process was killed or whose worker stopped in the middle: some are chance, many are the work's own doing.
SET LOCAL ROLE cdt_owner;
ALTER TABLE work.leases ADD COLUMN deaths int NOT NULL DEFAULT 0;
RESET ROLE;
