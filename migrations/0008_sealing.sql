-- depends: 0007_leases
-- Sealing in one round trip what took six: identities, bytes, then, under the version's lock, sequence, segments and
-- receipts. As whoever calls it, under the tenants' policy, which it opens for the one project. Every writer takes its
-- locks in this order, so that none waits in a circle.
SET LOCAL ROLE cdt_owner;
CREATE FUNCTION predictions.seal(
    of_project uuid,
    of_version int,
    of_kind text,
    identity_days int [],
    identity_hashes bigint [],
    identity_segments bigint [],
    segment_ids bigint [],
    segment_rows int [],
    segment_from timestamptz [],
    segment_to timestamptz [],
    segment_digests text [],
    segment_formats text [],
    segment_payloads bytea [],
    receipt_keys text [],
    receipt_ids uuid [],
    receipt_digests text [],
    receipt_answers bytea [],
    new_predictions bigint,
    new_labels bigint,
    new_rejected bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    version predictions.versions%ROWTYPE;
    before bigint;
BEGIN
    PERFORM set_config('cdt.projects', '{' || of_project || '}', true);
    INSERT INTO predictions.identities (project_id, version_number, day, hash, segment_id)
    SELECT of_project, of_version, DATE '1970-01-01' + each.day, each.hash, each.segment
    FROM unnest(identity_days, identity_hashes, identity_segments) AS each (day, hash, segment);
    INSERT INTO predictions.payloads (segment_id, project_id, payload)
    SELECT each.segment_id, of_project, each.payload
    FROM unnest(segment_ids, segment_payloads) AS each (segment_id, payload)
    WHERE each.payload IS NOT NULL;
    UPDATE predictions.versions AS v SET
        sequence = v.sequence + cardinality(segment_ids),
        predictions = v.predictions + new_predictions,
        labels = v.labels + new_labels,
        rejected = v.rejected + new_rejected,
        low_water = least(v.low_water, (SELECT min(moment) FROM unnest(segment_from) AS moment)),
        high_water = greatest(v.high_water, (SELECT max(moment) FROM unnest(segment_to) AS moment)),
        last_received_at = clock_timestamp()
    WHERE v.number = of_version
    RETURNING v.* INTO STRICT version;
    before := version.sequence - cardinality(segment_ids);
    INSERT INTO predictions.segments (
        segment_id, project_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest, format,
        recorded_at, total_predictions, total_labels, total_rejected, low_water, high_water
    )
    SELECT
        each.segment_id, of_project, of_version, before + each.place, of_kind, each.rows, each.predicted_from,
        each.predicted_to, each.digest, each.format, version.last_received_at, version.predictions, version.labels,
        version.rejected, version.low_water, version.high_water
    FROM unnest(segment_ids, segment_rows, segment_from, segment_to, segment_digests, segment_formats)
        WITH ORDINALITY AS each (segment_id, rows, predicted_from, predicted_to, digest, format, place);
    IF cardinality(receipt_keys) > 0 THEN
        INSERT INTO predictions.receipts (
            project_id, version_number, kind, key, receipt_id, body_digest, sequence, answer, recorded_at
        )
        SELECT
            of_project, of_version, of_kind, each.key, each.receipt_id, each.body_digest, version.sequence,
            each.answer, version.last_received_at
        FROM unnest(receipt_keys, receipt_ids, receipt_digests, receipt_answers)
            AS each (key, receipt_id, body_digest, answer);
    END IF;
    PERFORM pg_notify('cdt_intake', of_version || ' ' || version.sequence);
    RETURN version.sequence;
END
$$;
GRANT EXECUTE ON FUNCTION predictions.seal TO cdt_api, cdt_system;
REVOKE EXECUTE ON FUNCTION predictions.seal FROM public;
RESET ROLE;
