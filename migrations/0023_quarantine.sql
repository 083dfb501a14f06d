-- depends: 0022_profile_days
-- Rows that were not taken in as they were sent, kept so that they can be mended and sent again; and how many rows of
-- each hour of prediction were duplicates, rejected or marked. Written in the transaction that keeps the receipt.
SET LOCAL ROLE cdt_owner;
-- Of a version the newest rows, up to a number and a size: what is older goes as newer rows come. A row that was too
-- long, or that was thrown away, has lost what was sent.
CREATE TABLE predictions.quarantine (
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    number bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('predictions', 'labels')),
    state text NOT NULL CHECK (state IN ('open', 'marked', 'resolved', 'discarded')),
    key text,
    row_number int NOT NULL,
    sent bytea,
    digest bytea NOT NULL,
    bytes_through bigint NOT NULL,
    reasons jsonb NOT NULL,
    prediction_id text,
    predicted_at timestamptz,
    received_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text,
    PRIMARY KEY (version_number, number)
);
-- The same row again is not kept twice, as long as nobody has settled it.
CREATE UNIQUE INDEX quarantine_digest ON predictions.quarantine (version_number, digest)
WHERE state IN ('open', 'marked');
-- How many rows, and bytes, were ever put into a version's quarantine.
CREATE TABLE predictions.quarantine_ends (
    version_number int PRIMARY KEY,
    project_id uuid NOT NULL,
    number bigint NOT NULL,
    bytes_through bigint NOT NULL
) WITH (fillfactor = 50);
-- By the hour of prediction, or of receipt where a row has no time that can be read; an hour, and why, is a row.
CREATE TABLE predictions.tallies (
    project_id uuid NOT NULL,
    version_number int NOT NULL,
    hour timestamptz NOT NULL,
    tally text NOT NULL,
    rows bigint NOT NULL,
    PRIMARY KEY (version_number, hour, tally)
) WITH (fillfactor = 80);
GRANT SELECT, INSERT, UPDATE, DELETE ON predictions.quarantine TO cdt_api;
GRANT SELECT, INSERT, UPDATE ON predictions.quarantine_ends, predictions.tallies TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.quarantine, predictions.quarantine_ends,
predictions.tallies TO cdt_system;
-- Count rows, settle what was sent again, keep what is new, and let go of what is too old. Its order of locks: the
-- version, which whoever seals has locked, then its quarantine.
CREATE FUNCTION predictions.keep_refused(
    of_project uuid,
    of_version int,
    of_kind text,
    tally_hours timestamptz [],
    tally_names text [],
    tally_rows bigint [],
    resolved bigint [],
    resolved_by text,
    again bigint [],
    states text [],
    keys text [],
    row_numbers int [],
    sent_rows bytea [],
    digests bytea [],
    sizes int [],
    all_reasons text [],
    prediction_ids text [],
    predicted timestamptz [],
    most_rows bigint,
    most_bytes bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last_number bigint;
    last_bytes bigint;
    keep_from bigint;
BEGIN
    PERFORM set_config('cdt.projects', '{' || of_project || '}', true);
    INSERT INTO predictions.tallies AS t (project_id, version_number, hour, tally, rows)
    SELECT of_project, of_version, each.hour, each.tally, each.rows
    FROM unnest(tally_hours, tally_names, tally_rows) AS each (hour, tally, rows)
    ON CONFLICT (version_number, hour, tally) DO UPDATE SET rows = t.rows + excluded.rows;
    IF cardinality(resolved) > 0 THEN
        UPDATE predictions.quarantine AS q
        SET state = 'resolved', settled_at = clock_timestamp(), settled_by = resolved_by
        WHERE q.version_number = of_version AND q.number = ANY(resolved) AND q.state = 'open';
    END IF;
    IF cardinality(states) = 0 THEN
        RETURN;
    END IF;
    UPDATE predictions.quarantine AS q SET
        state = each.state, sent = nullif(each.sent, ''), digest = each.digest, reasons = each.reasons::jsonb,
        prediction_id = each.prediction_id, predicted_at = each.predicted_at
    FROM unnest(again, states, sent_rows, digests, all_reasons, prediction_ids, predicted)
        AS each (number, state, sent, digest, reasons, prediction_id, predicted_at)
    WHERE each.number > 0 AND q.version_number = of_version AND q.number = each.number AND q.state = 'open';
    INSERT INTO predictions.quarantine_ends (version_number, project_id, number, bytes_through)
    VALUES (of_version, of_project, 0, 0) ON CONFLICT (version_number) DO NOTHING;
    SELECT e.number, e.bytes_through INTO STRICT last_number, last_bytes
    FROM predictions.quarantine_ends AS e WHERE e.version_number = of_version FOR UPDATE;
    INSERT INTO predictions.quarantine (
        project_id, version_number, number, kind, state, key, row_number, sent, digest, bytes_through, reasons,
        prediction_id, predicted_at, received_at
    )
    SELECT
        of_project, of_version, last_number + each.place, of_kind, each.state, each.key, each.row_number,
        nullif(each.sent, ''), each.digest, last_bytes + sum(each.size) OVER (ORDER BY each.place),
        each.reasons::jsonb, each.prediction_id, each.predicted_at, clock_timestamp()
    FROM unnest(again, states, keys, row_numbers, sent_rows, digests, sizes, all_reasons, prediction_ids, predicted)
        WITH ORDINALITY AS each (
            number, state, key, row_number, sent, digest, size, reasons, prediction_id, predicted_at, place
        )
    WHERE each.number = 0
    ON CONFLICT (version_number, digest) WHERE state IN ('open', 'marked') DO NOTHING;
    SELECT coalesce(max(q.number), last_number), coalesce(max(q.bytes_through), last_bytes)
    INTO STRICT last_number, last_bytes FROM predictions.quarantine AS q
    WHERE q.version_number = of_version AND q.number > last_number;
    UPDATE predictions.quarantine_ends AS e SET number = last_number, bytes_through = last_bytes
    WHERE e.version_number = of_version AND e.number < last_number;
    keep_from := greatest(last_number - most_rows + 1, (
        SELECT q.number FROM predictions.quarantine AS q
        WHERE q.version_number = of_version AND q.bytes_through > last_bytes - most_bytes ORDER BY q.number LIMIT 1
    ));
    DELETE FROM predictions.quarantine AS q WHERE q.version_number = of_version AND q.number < keep_from;
END
$$;
GRANT EXECUTE ON FUNCTION predictions.keep_refused TO cdt_api, cdt_system;
REVOKE EXECUTE ON FUNCTION predictions.keep_refused FROM public;
DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['quarantine', 'quarantine_ends', 'tallies'] LOOP
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
