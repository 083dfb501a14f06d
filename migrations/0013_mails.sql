-- depends: 0012_lease_deaths
-- Mails that facts ask for: a lease like other slow work, of no project; and what became of each.
SET LOCAL ROLE cdt_owner;
-- Every row that is there satisfies the wider constraints. The release before hands over a mail and takes up none.
-- squawk-ignore ban-drop-constraint
ALTER TABLE work.leases DROP CONSTRAINT leases_kind_check;
ALTER TABLE work.leases ADD CONSTRAINT leases_kind_check
CHECK (kind IN ('evaluation', 'delivery', 'mail')) NOT VALID;
-- squawk-ignore ban-drop-not-null
ALTER TABLE work.leases ALTER COLUMN project_id DROP NOT NULL;
ALTER TABLE work.leases ADD CONSTRAINT leases_project_check
CHECK (project_id IS NOT NULL OR kind = 'mail') NOT VALID;
-- What tells who a person is, is sealed under the key of `person`: the address, the words of the mail server, and the
-- mail itself where it is kept instead of sent. Rows are thrown away after 30 days.
CREATE TABLE work.mails (
    fact bigint PRIMARY KEY,
    kind text NOT NULL,
    person uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'kept', 'refused', 'given up', 'expired')),
    recipient_box text NOT NULL,
    words_box text,
    mail_box text,
    error text,
    written_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX mails_written ON work.mails (written_at);
ALTER TABLE work.mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE work.mails FORCE ROW LEVEL SECURITY;
CREATE POLICY system ON work.mails TO cdt_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON work.mails TO cdt_system;
RESET ROLE;
