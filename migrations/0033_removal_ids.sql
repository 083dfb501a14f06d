-- depends: 0032_files
-- What is removed is told in the log once: by the row that counted it, which is another one once that was told.
SET LOCAL ROLE cdt_owner;
-- A row for each version that just loses rows, until it is told.
-- squawk-ignore adding-field-with-default, adding-required-field
ALTER TABLE predictions.removals ADD COLUMN removal_id uuid NOT NULL DEFAULT gen_random_uuid();
RESET ROLE;
