-- depends: 0019_erasure
-- Bodies of any length: their segments are written unseen, part by part, each with its identities, and become visible
-- together, by one short last transaction. What of them is never sealed is taken back.
SET LOCAL ROLE cdt_owner;
-- A body that is just being written, by a process that renews it every few seconds.
CREATE TABLE predictions.unsealed_bodies (
    body_id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    renewed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    is_given_up boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
-- What becomes its segments, in the order of their numbers; with their identities, by which they are taken back.
CREATE TABLE predictions.unsealed_segments (
    segment_id bigint PRIMARY KEY,
    body_id uuid NOT NULL,
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    rows int NOT NULL CHECK (rows > 0),
    predicted_from timestamptz NOT NULL,
    predicted_to timestamptz NOT NULL,
    digest text NOT NULL,
    format text NOT NULL CHECK (format IN ('json', 'arrow')),
    identity_days int [] NOT NULL,
    identity_hashes bigint [] NOT NULL
);
CREATE INDEX unsealed_segments_body ON predictions.unsealed_segments (body_id, segment_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON predictions.unsealed_bodies, predictions.unsealed_segments TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.unsealed_bodies, predictions.unsealed_segments
TO cdt_system;
-- Whoever takes in rows may take back what is not sealed, and nothing else.
GRANT DELETE ON predictions.identities, predictions.payloads TO cdt_api;
CREATE POLICY unsealed ON predictions.identities AS RESTRICTIVE FOR DELETE TO cdt_api USING (
    EXISTS (SELECT FROM predictions.unsealed_segments AS u WHERE u.segment_id = identities.segment_id)
);
CREATE POLICY unsealed ON predictions.payloads AS RESTRICTIVE FOR DELETE TO cdt_api USING (
    EXISTS (SELECT FROM predictions.unsealed_segments AS u WHERE u.segment_id = payloads.segment_id)
);
-- Add a segment, whose identities and bytes are written in the same transaction, to a body that was not given up.
CREATE FUNCTION predictions.add_unsealed(
    of_body uuid,
    of_segment bigint,
    of_project uuid,
    of_version int,
    rows_of_it int,
    starts timestamptz,
    ends timestamptz,
    digest_of_it text,
    format_of_it text,
    days int [],
    hashes bigint []
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE predictions.unsealed_bodies SET renewed_at = clock_timestamp() WHERE body_id = of_body AND NOT is_given_up;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the body was given up';
    END IF;
    INSERT INTO predictions.unsealed_segments (
        segment_id, body_id, project_id, version_number, rows, predicted_from, predicted_to, digest, format,
        identity_days, identity_hashes
    ) VALUES (
        of_segment, of_body, of_project, of_version, rows_of_it, starts, ends, digest_of_it, format_of_it, days, hashes
    );
END
$$;
-- Make a body visible as a whole; null when it was given up, or some of it is not there.
CREATE FUNCTION predictions.seal_body(
    of_project uuid,
    of_version int,
    of_body uuid,
    expected_segments int,
    receipt_keys text [],
    receipt_ids uuid [],
    receipt_digests text [],
    receipt_answers bytea [],
    new_predictions bigint,
    new_rejected bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    sequence bigint;
    ids bigint [];
    counts int [];
    starts timestamptz [];
    ends timestamptz [];
    digests text [];
    formats text [];
BEGIN
    PERFORM set_config('cdt.projects', '{' || of_project || '}', true);
    PERFORM FROM predictions.unsealed_bodies WHERE body_id = of_body AND NOT is_given_up FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT
        coalesce(array_agg(u.segment_id ORDER BY u.segment_id), '{}'),
        coalesce(array_agg(u.rows ORDER BY u.segment_id), '{}'),
        coalesce(array_agg(u.predicted_from ORDER BY u.segment_id), '{}'),
        coalesce(array_agg(u.predicted_to ORDER BY u.segment_id), '{}'),
        coalesce(array_agg(u.digest ORDER BY u.segment_id), '{}'),
        coalesce(array_agg(u.format ORDER BY u.segment_id), '{}')
    INTO STRICT ids, counts, starts, ends, digests, formats
    FROM predictions.unsealed_segments AS u WHERE u.body_id = of_body;
    IF cardinality(ids) <> expected_segments THEN
        RETURN NULL;
    END IF;
    sequence := predictions.seal(
        of_project, of_version, 'predictions', '{}', '{}', '{}', ids, counts, starts, ends, digests, formats, '{}',
        receipt_keys, receipt_ids, receipt_digests, receipt_answers, new_predictions, 0, new_rejected
    );
    DELETE FROM predictions.unsealed_segments WHERE body_id = of_body;
    DELETE FROM predictions.unsealed_bodies WHERE body_id = of_body;
    RETURN sequence;
END
$$;
-- Take back one segment of a body that was given up; whether there was one. The body goes with the last.
CREATE FUNCTION predictions.discard_segment(of_body uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    found_segment record;
BEGIN
    PERFORM FROM predictions.unsealed_bodies WHERE body_id = of_body AND is_given_up FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT u.segment_id, u.version_number, u.identity_days, u.identity_hashes INTO found_segment
    FROM predictions.unsealed_segments AS u WHERE u.body_id = of_body ORDER BY u.segment_id LIMIT 1;
    IF NOT FOUND THEN
        DELETE FROM predictions.unsealed_bodies WHERE body_id = of_body;
        RETURN false;
    END IF;
    DELETE FROM predictions.identities AS i
    USING unnest(found_segment.identity_days, found_segment.identity_hashes) AS each (day, hash)
    WHERE i.version_number = found_segment.version_number AND i.day = DATE '1970-01-01' + each.day
    AND i.hash = each.hash AND i.segment_id = found_segment.segment_id;
    DELETE FROM predictions.payloads WHERE segment_id = found_segment.segment_id;
    DELETE FROM predictions.unsealed_segments WHERE segment_id = found_segment.segment_id;
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION predictions.add_unsealed, predictions.seal_body, predictions.discard_segment TO cdt_api, cdt_system;
REVOKE EXECUTE ON FUNCTION predictions.add_unsealed, predictions.seal_body, predictions.discard_segment FROM public;
DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['unsealed_bodies', 'unsealed_segments'] LOOP
        EXECUTE format('ALTER TABLE predictions.%I ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('ALTER TABLE predictions.%I FORCE ROW LEVEL SECURITY', added);
        EXECUTE format(
            'CREATE POLICY tenant ON predictions.%I TO cdt_api'
            ' USING (project_id = ANY((SELECT nullif(current_setting(''cdt.projects'', true), '''')::uuid [])::uuid []))',
            added
        );
        EXECUTE format('CREATE POLICY system ON predictions.%I TO cdt_system USING (true) WITH CHECK (true)', added);
    END LOOP;
END
$$;
RESET ROLE;
