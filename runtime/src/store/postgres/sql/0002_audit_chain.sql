-- Audit records are chained from here on. What was there before is kept under another name.

ALTER TABLE countersign.audit RENAME TO audit_unchained;
ALTER INDEX countersign.audit_time RENAME TO audit_unchained_time;

CREATE TABLE countersign.audit (
    sequence bigint PRIMARY KEY,
    time bigint NOT NULL,
    event text NOT NULL,
    chain text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    key text NOT NULL,
    previous text NOT NULL,
    mac text NOT NULL,
    record json NOT NULL,
    UNIQUE (chain, number)
);
CREATE INDEX audit_time ON countersign.audit (time);
CREATE INDEX audit_head ON countersign.audit (time) WHERE event = 'audit.head';

CREATE SEQUENCE countersign.audit_sequence AS bigint;
