-- depends: 0002_log
-- What every read-model table gets: its history, one text for now and the past, and the tenants' policy.
SET LOCAL ROLE cdt_owner;
CREATE SCHEMA temporal;
GRANT USAGE ON SCHEMA temporal TO cdt_api, cdt_system;
-- Who may see a row, by what the row belongs to. The inner SELECT keeps the test an index condition.
CREATE FUNCTION temporal.visible_to(belongs_to text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE belongs_to
        WHEN 'project' THEN 'project_id = ANY ((SELECT nullif(current_setting(''cdt.projects'', true), '''')::uuid[])::uuid[])'
        WHEN 'organization' THEN 'organization_id = ANY ((SELECT nullif(current_setting(''cdt.organizations'', true), '''')::uuid[])::uuid[])'
        WHEN 'member' THEN 'organization_id = ANY ((SELECT nullif(current_setting(''cdt.organizations'', true), '''')::uuid[])::uuid[])'
            ' OR user_id = (SELECT nullif(current_setting(''cdt.user'', true), '''')::uuid)'
        WHEN 'person' THEN 'id = (SELECT nullif(current_setting(''cdt.user'', true), '''')::uuid)'
            ' OR id IN (SELECT user_id FROM tenancy_members_all)'
    END
$$;
CREATE FUNCTION temporal.protect(table_name text, belongs_to text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO cdt_api USING (%s)', table_name, temporal.visible_to(belongs_to));
    EXECUTE format('CREATE POLICY system ON %I TO cdt_system USING (true) WITH CHECK (true)', table_name);
    EXECUTE format('CREATE POLICY owner ON %I TO cdt_owner USING (true) WITH CHECK (true)', table_name);
    EXECUTE format('GRANT SELECT ON %I TO cdt_api', table_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO cdt_system', table_name);
END
$$;
-- A table with the columns "id uuid" and "since bigint" in the present schema. Names stay unqualified: a rebuild renames
-- the schema. "until" comes first, so that a column added to both tables later keeps the trigger right. The position is
-- tested outside the union: inside its arms a join of two such tables cost 30 ms instead of 0.5.
CREATE FUNCTION temporal.track(table_name text, belongs_to text) RETURNS void LANGUAGE plpgsql AS $track$
DECLARE
    history text := table_name || '_history';
    every text := table_name || '_all';
    columns text;
BEGIN
    EXECUTE format('CREATE TABLE %I (until bigint NOT NULL, LIKE %I)', history, table_name);
    EXECUTE format('CREATE INDEX ON %I (id, until, since)', history);
    IF belongs_to = 'project' THEN
        EXECUTE format('CREATE INDEX ON %I (project_id, until, since)', history);
    END IF;
    EXECUTE format(
        $body$CREATE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.since < NEW.since THEN
                INSERT INTO %2$I VALUES (NEW.since, OLD.*);
            ELSIF NEW.since < OLD.since THEN
                RAISE EXCEPTION '%3$s would go back from position %% to %%', OLD.since, NEW.since;
            END IF;
            RETURN NULL;
        END $$$body$,
        table_name || '_supersede', history, table_name
    );
    EXECUTE format(
        'CREATE TRIGGER supersede AFTER UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION %I()', table_name, table_name || '_supersede'
    );
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute WHERE attrelid = table_name::regclass AND attnum > 0 AND NOT attisdropped;
    EXECUTE format(
        'CREATE VIEW %1$I WITH (security_invoker = true) AS'
        ' SELECT %2$s, 9223372036854775807::bigint AS until FROM %3$I UNION ALL SELECT %2$s, until FROM %4$I',
        every, columns, table_name, history
    );
    EXECUTE format('GRANT SELECT ON %I TO cdt_api, cdt_system', every);
    EXECUTE format(
        'CREATE FUNCTION %1$I(p bigint) RETURNS SETOF %2$I LANGUAGE sql STABLE PARALLEL SAFE AS'
        ' ''SELECT %3$s, until FROM %2$I WHERE since <= p AND until > p''',
        table_name || '_at', every, columns
    );
    PERFORM temporal.protect(table_name, belongs_to);
    PERFORM temporal.protect(history, belongs_to);
END
$track$;
-- Fresh statistics for tables that were just filled.
CREATE FUNCTION temporal.analyze_schema(schema_name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    each record;
    analyzed bigint := 0;
BEGIN
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = schema_name LOOP
        EXECUTE format('ANALYZE %I.%I', schema_name, each.tablename);
        analyzed := analyzed + 1;
    END LOOP;
    RETURN analyzed;
END
$$;
RESET ROLE;
