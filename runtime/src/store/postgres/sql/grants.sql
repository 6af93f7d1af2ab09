-- What an adapter may do: run at the end of every `--migrate`, if there is a role of this name. Audit records can be
-- appended and read, but neither changed nor removed.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'countersign_runtime') THEN
        GRANT USAGE ON SCHEMA countersign TO countersign_runtime;
        GRANT SELECT ON countersign.migration TO countersign_runtime;
        GRANT SELECT, INSERT, UPDATE, DELETE ON countersign.record, countersign.counter TO countersign_runtime;
        GRANT SELECT, INSERT ON countersign.audit TO countersign_runtime;
        IF pg_catalog.to_regclass('countersign.audit_unchained') IS NOT NULL THEN
            REVOKE ALL ON countersign.audit_unchained FROM countersign_runtime;
        END IF;
        GRANT SELECT, UPDATE ON countersign.meta TO countersign_runtime;
        GRANT USAGE ON SEQUENCE countersign.version, countersign.audit_sequence TO countersign_runtime;
    END IF;
END
$$;
