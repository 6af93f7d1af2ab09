//! Removing audit entries that are too old, by whoever owns the table: adapters have no right to. A record in the same
//! transaction says up to where each chain was removed, so that what is left still can be verified.

use serde_json::json;
use tokio_postgres::Client;

use super::address::PostgresAddress;
use super::session::{Trouble, open};
use super::{schema, threads, wait};
use crate::store::StoreError;
use crate::store::audit::{AuditEntry, AuditEvent, AuditOutcome, Micros};
use crate::store::chain::{AuditHead, AuditRow, Chain, ChainSealer, Seal};

/// There may be much to remove, and nobody waits for it: adapters insert beside it.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on";
const ENDS: &str = "
    SELECT DISTINCT ON (chain) chain, number, mac FROM countersign.audit WHERE time < $1 ORDER BY chain, number DESC";
const STAMP: &str = "
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, nextval('countersign.audit_sequence')";
const APPEND: &str = "
    INSERT INTO countersign.audit (sequence, time, event, chain, number, key, previous, mac, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::json)";
const REMOVE: &str = "
    DELETE FROM countersign.audit USING unnest($1::text[], $2::bigint[]) AS gone (chain, number)
    WHERE audit.chain = gone.chain AND audit.number <= gone.number";

/// Removes audit entries from before so many microseconds ago; gives how many. Blocks.
///
/// # Errors
/// The database does not answer, or whoever connects may not remove them; then nothing was removed.
pub fn prune_audit(address: &PostgresAddress, sealer: &ChainSealer, keep: Micros) -> Result<u64, StoreError> {
    let runtime = threads(1)?;
    let done = wait(&runtime, async {
        let client = open(address).await?;
        schema::check(&client, address).await?;
        // A connection that is dropped in the middle rolls back.
        Ok(run(&client, sealer, keep).await?)
    });
    runtime.shutdown_background();
    done
}

async fn run(client: &Client, sealer: &ChainSealer, keep: Micros) -> Result<u64, Trouble> {
    client.batch_execute(BEGIN).await?;
    let stamp = client.query_one(STAMP, &[]).await?;
    let (now, sequence): (Micros, i64) = (stamp.try_get(0)?, stamp.try_get(1)?);
    let mut ends = Vec::new();
    for row in client.query(ENDS, &[&now.saturating_sub(keep)]).await? {
        let number = row.try_get::<_, i64>(1)?.cast_unsigned();
        ends.push(AuditHead { chain: row.try_get(0)?, number, mac: row.try_get(2)? });
    }
    if ends.is_empty() {
        return Ok(0);
    }
    append(client, sealer, sequence, &ends, now).await?;
    let (chains, numbers): (Vec<&str>, Vec<i64>) =
        ends.iter().map(|end| (end.chain.as_str(), end.number.cast_signed())).unzip();
    let removed = client.execute(REMOVE, &[&chains, &numbers]).await?;
    client.batch_execute("COMMIT").await?;
    Ok(removed)
}

/// Records the removal, in a chain of its own.
async fn append(
    client: &Client,
    sealer: &ChainSealer,
    sequence: i64,
    ends: &[AuditHead],
    now: Micros,
) -> Result<(), Trouble> {
    let record = AuditEntry::new(0, AuditEvent::AuditCheckpoint, AuditOutcome::Success);
    let record = AuditEntry { detail: Some(json!({ "removed": ends })), ..record };
    let row = Chain::anew().link(sealer, Some(sequence.cast_unsigned()), record, now)?;
    let AuditRow { time, event, text, seal: Seal { chain, number, key, previous, mac }, .. } = row;
    let number = number.cast_signed();
    client.execute(APPEND, &[&sequence, &time, &event, &chain, &number, &key, &previous, &mac, &text]).await?;
    Ok(())
}
