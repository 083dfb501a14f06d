-- depends: 0021_objects
-- The hours of a day that is over, added up, so that a window of a year is read from a few hundred rows. A day that is
-- not here, because it is not over or rows came for it since, is read from its hours. Made again from these at will.
SET LOCAL ROLE cdt_owner;
CREATE TABLE predictions.profile_days (
    project_id uuid NOT NULL,
    day date NOT NULL,
    version_number int NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (version_number, day)
);
ALTER TABLE predictions.profile_days ALTER COLUMN payload SET STORAGE EXTERNAL;
GRANT SELECT ON predictions.profile_days TO cdt_api;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON predictions.profile_days TO cdt_system;
ALTER TABLE predictions.profile_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE predictions.profile_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON predictions.profile_days TO cdt_api
USING (project_id = ANY((SELECT nullif(current_setting('cdt.projects', true), '')::uuid [])::uuid []));
CREATE POLICY system ON predictions.profile_days TO cdt_system USING (true) WITH CHECK (true);
RESET ROLE;
