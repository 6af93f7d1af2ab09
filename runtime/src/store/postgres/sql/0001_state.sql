-- What the engine keeps. Run by `--migrate`; documented in docs/postgresql.md.

CREATE TABLE countersign.record (
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    expires bigint NOT NULL,
    value json NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX record_expires ON countersign.record (expires);

CREATE TABLE countersign.counter (
    family text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    expires bigint NOT NULL,
    entries json NOT NULL,
    PRIMARY KEY (family, key)
);
CREATE INDEX counter_expires ON countersign.counter (expires);

CREATE TABLE countersign.audit (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time bigint NOT NULL,
    event text NOT NULL,
    record json NOT NULL
);
CREATE INDEX audit_time ON countersign.audit (time);

CREATE TABLE countersign.meta (
    name text PRIMARY KEY,
    value bigint NOT NULL
);
INSERT INTO countersign.meta (name, value) VALUES ('time', 0);

CREATE SEQUENCE countersign.version AS bigint;
