-- depends: 0040_lease_progress
-- What is counted of the slices that a version's plan declares, beside the profile of its hour or day; null without any.
-- Which slices these are, and up to which sequence, stands with the fold.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.profiles ADD COLUMN slices bytea;
ALTER TABLE predictions.profiles ALTER COLUMN slices SET STORAGE EXTERNAL;
ALTER TABLE predictions.profile_days ADD COLUMN slices bytea;
ALTER TABLE predictions.profile_days ALTER COLUMN slices SET STORAGE EXTERNAL;
ALTER TABLE predictions.folds ADD COLUMN slices jsonb;
ALTER TABLE predictions.folds ADD COLUMN slices_sequence bigint;
RESET ROLE;
