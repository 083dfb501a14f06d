-- depends: 0009_lease_failures
-- Which predictions have a label: by the place of their row, which is exact where a hash is not, and sorted as they came.
SET LOCAL ROLE cdt_owner;
-- squawk-ignore ban-drop-table
DROP TABLE predictions.label_identities;
-- `label` is the present one, as its place among the signature's classes.
CREATE TABLE predictions.labelled (
    project_id uuid NOT NULL,
    segment_id bigint NOT NULL,
    version_number int NOT NULL,
    row_number int NOT NULL,
    label smallint NOT NULL,
    PRIMARY KEY (version_number, segment_id, row_number)
) WITH (fillfactor = 90);
GRANT SELECT, INSERT, UPDATE ON predictions.labelled TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.labelled TO cdt_system;
ALTER TABLE predictions.labelled ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.labelled FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.labelled TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.labelled TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
