-- depends: 0032_files
-- An evaluation that is computed once more is slow work, too.
SET LOCAL ROLE cdt_owner;
-- Every row that is there satisfies the wider constraint. The release before hands it over and takes it up not.
-- squawk-ignore ban-drop-constraint
ALTER TABLE work.leases DROP CONSTRAINT leases_kind_check;
ALTER TABLE work.leases ADD CONSTRAINT leases_kind_check
CHECK (kind IN ('evaluation', 'recomputation', 'delivery', 'mail')) NOT VALID;
RESET ROLE;
