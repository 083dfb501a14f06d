-- depends: 0036_files_seen
-- A row that does not fit is kept for mending, unless it has an id that was erased: nothing that is sent of those stays.
-- A row whose day can't be read counts as one of any day.
SET LOCAL ROLE cdt_owner;
CREATE FUNCTION predictions.forget_erased(of_version int, prediction_ids text [], hashes text [])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(hashes) > 0 AND EXISTS (
        SELECT FROM predictions.erased AS e WHERE e.version_number = of_version AND e.hash = ANY(hashes)
    ) THEN
        DELETE FROM predictions.quarantine AS q
        USING unnest(prediction_ids, hashes) AS each (id, hash), predictions.erased AS e
        WHERE q.version_number = of_version AND q.prediction_id = each.id
            AND e.version_number = of_version AND e.hash = each.hash
            AND (q.predicted_at IS NULL OR (q.predicted_at AT TIME ZONE 'UTC')::date = e.day);
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION predictions.forget_erased TO cdt_api, cdt_system;
REVOKE EXECUTE ON FUNCTION predictions.forget_erased FROM public;
RESET ROLE;
