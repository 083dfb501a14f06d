-- depends: 0007_leases
-- Attempts that failed by their own fault, apart from those that were cut short: only the former lead to giving up.
SET LOCAL ROLE cdt_owner;
ALTER TABLE work.leases ADD COLUMN failures int NOT NULL DEFAULT 0;
RESET ROLE;
