-- depends: 0032_files
-- How many rows of a file were taken in without what was wrong with them.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.files ADD COLUMN marked bigint;
RESET ROLE;
