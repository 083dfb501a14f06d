-- depends: 0038_calls_attempted
-- What is due is done in this order, and within it the oldest first: 0 is what somebody waits for. A delivery or a mail,
-- and what the release before opens, is of the first.
SET LOCAL ROLE cdt_owner;
ALTER TABLE work.leases ADD COLUMN priority smallint NOT NULL DEFAULT 0;
RESET ROLE;
