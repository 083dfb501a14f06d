-- depends: 0022_profile_days
-- Rows that are thrown away by whole days: from when on a version's are kept, and how far what was before is gone.
SET LOCAL ROLE cdt_owner;
-- kept_from: nothing that was predicted before is read or taken in. removed_to: up to where nothing is left of it.
-- revision: how often rows that were there have gone; whoever has counted them begins anew when it is another.
ALTER TABLE predictions.versions
ADD COLUMN kept_from timestamptz,
ADD COLUMN removed_to timestamptz,
ADD COLUMN revision bigint NOT NULL DEFAULT 0;
-- The newest predicted_at up to the sequence: its segment may be gone.
ALTER TABLE predictions.folds ADD COLUMN high_water timestamptz;
-- How many rows of an object no segment points at any more, and since when that is so of any.
ALTER TABLE predictions.objects
ADD COLUMN removed_rows bigint NOT NULL DEFAULT 0,
ADD COLUMN removed_since timestamptz;
-- What was removed and is not told in the log yet; it is counted in the transaction that removes.
CREATE TABLE predictions.removals (
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    predicted_before timestamptz NOT NULL,
    predictions bigint NOT NULL,
    labels bigint NOT NULL,
    segments bigint NOT NULL,
    PRIMARY KEY (version_number, predicted_before)
);
GRANT SELECT ON predictions.removals TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.removals TO cdt_system;
ALTER TABLE predictions.removals ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.removals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.removals TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.removals TO cdt_system USING (true) WITH CHECK (true);
-- Whoever seals holds the version's lock, so this sees the day that the removal has set. Else a row could come in that
-- nobody knows to be there twice, since the ids of the days before are forgotten.
CREATE FUNCTION predictions.require_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM predictions.versions AS v
        WHERE v.number = new.version_number AND v.kept_from > new.predicted_from
    ) THEN
        RAISE EXCEPTION 'rows of before the day from which on they are kept' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END
$$;
CREATE TRIGGER require_kept BEFORE INSERT ON predictions.segments
FOR EACH ROW EXECUTE FUNCTION predictions.require_kept();
RESET ROLE;
