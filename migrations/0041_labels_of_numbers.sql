-- depends: 0040_lease_progress
-- What came of a prediction of a version of numbers is a number; of classes it stays the code of one, so that whoever
-- reads labels by the release before finds a code wherever there was one.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.labelled ADD COLUMN number double precision;
-- squawk-ignore ban-drop-not-null
ALTER TABLE predictions.labelled ALTER COLUMN label DROP NOT NULL;
ALTER TABLE predictions.labelled ADD CONSTRAINT is_known CHECK (num_nonnulls(label, number) = 1) NOT VALID;
ALTER TABLE predictions.waiting_labels ADD COLUMN number double precision;
-- squawk-ignore ban-drop-not-null
ALTER TABLE predictions.waiting_labels ALTER COLUMN label DROP NOT NULL;
ALTER TABLE predictions.waiting_labels ADD CONSTRAINT is_known CHECK (num_nonnulls(label, number) = 1) NOT VALID;
ALTER TABLE predictions.label_corrections ADD COLUMN number_before double precision;
ALTER TABLE predictions.label_corrections ADD COLUMN number_after double precision;
-- squawk-ignore ban-drop-not-null
ALTER TABLE predictions.label_corrections ALTER COLUMN label_before DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE predictions.label_corrections ALTER COLUMN label_after DROP NOT NULL;
ALTER TABLE predictions.label_corrections ADD CONSTRAINT is_known_before
    CHECK (num_nonnulls(label_before, number_before) = 1) NOT VALID;
ALTER TABLE predictions.label_corrections ADD CONSTRAINT is_known_after
    CHECK (num_nonnulls(label_after, number_after) = 1) NOT VALID;
RESET ROLE;
