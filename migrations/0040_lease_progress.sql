-- depends: 0039_lease_priority
-- How far the attempt that goes on is; forgotten by the next one.
SET LOCAL ROLE cdt_owner;
ALTER TABLE work.leases ADD COLUMN step text;
ALTER TABLE work.leases ADD COLUMN rows_read bigint;
ALTER TABLE work.leases ADD COLUMN rows_to_read bigint;
RESET ROLE;
