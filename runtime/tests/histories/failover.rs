//! What was acknowledged before a failover holds after it, if the standby follows synchronously; and what is lost if it
//! does not. `COUNTERSIGN_FAILOVERS` sets how often the primary is killed and its standby takes over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_runtime::store::AuditEvent;
use countersign_runtime::store::postgres::PostgresStore;

use crate::clients::{Summary, System, pause};
use crate::kept::{Audit, Counts, Told, be_used, check, issue, plan, tell, until_killed, verify};
use crate::pg_server::pair::{Following, Pair};
use crate::worker::Worker;
use crate::{times, wanted};

const ADAPTERS: usize = 2;

/// How many codes are made beforehand, to be used in the last moments of a primary.
const SPARE: usize = 20;

/// How long clients work at least; a commit takes longer where a standby has to confirm it.
const WORK: Duration = Duration::from_secs(1);

/// For so long they are used before the primary is killed; in every second round the standby gets nothing of that.
const CUT: Duration = Duration::from_millis(300);

/// What is left after one failover.
struct After {
    workers: Vec<Arc<Worker>>,
    audit: Audit,
    notes: Vec<Told>,
    back: Duration,
}

/// Lets adapters work, kills the primary under them, and gives what the standby knows once it has taken over. The same
/// adapters go on, by the address that names both.
async fn failed_over(pair: &mut Pair, round: usize) -> After {
    let database = tokio::task::block_in_place(|| pair.primary().database());
    let plan = plan(pair.url(&database));
    let workers: Vec<Arc<Worker>> = (0..ADAPTERS).map(|_| Arc::new(Worker::start("as_a_worker", &plan))).collect();
    for worker in &workers {
        assert!(worker.ask("ping").await.is_some());
    }
    let mut spare = spare_codes(&workers[0], round).await;
    let notes = until_killed(&workers, round, async {
        tokio::time::sleep(WORK).await;
        if round % 2 == 1 {
            tokio::task::block_in_place(|| pair.cut());
        }
        let _ = tokio::time::timeout(CUT, use_all(&workers[0], &mut spare)).await;
        tokio::task::block_in_place(|| pair.kill_primary());
    });
    let mut notes = notes.await;
    notes.append(&mut spare);
    tokio::task::block_in_place(|| pair.promote());
    let began = Instant::now();
    for worker in &workers {
        while worker.ask("verify none 0 op-1 nobody 100").await.unwrap() == "refused store.unavailable" {
            assert!(began.elapsed() < Duration::from_secs(30), "an adapter does not find the new primary");
        }
    }
    let back = began.elapsed();
    let audit = Audit::of(&PostgresStore::open(&plan.store.parse().unwrap()).unwrap()).await;
    After { workers, audit, notes, back }
}

/// Codes that the standby has for certain by the time they are used.
async fn spare_codes(worker: &Worker, round: usize) -> Vec<Told> {
    let mut spare = Vec::new();
    for number in 0..SPARE {
        spare.push(issue(worker, &format!("spare{round}-{number}"), "1").await.unwrap());
    }
    spare
}

/// Uses one after the other, until it is dropped.
async fn use_all(worker: &Worker, codes: &mut [Told]) {
    for entry in codes {
        entry.unsure = true;
        entry.unsure = !be_used(worker, entry).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_failovers_to_a_synchronous_standby() {
    let failovers = times("COUNTERSIGN_FAILOVERS", 3);
    let mut pair = Pair::start(Following::Synchronously);
    let (mut counts, mut longest) = (Counts::default(), Duration::ZERO);
    for round in 0..failovers {
        let after = failed_over(&mut pair, round).await;
        check(&after.workers[round % ADAPTERS], &after.audit, &after.notes, &mut counts).await;
        longest = longest.max(after.back);
        tokio::task::block_in_place(|| pair.follow());
    }
    tell(failovers, "a primary with a synchronous standby", &counts);
    println!("the adapters answered again {longest:?} after the promotion at the latest");
}

/// Clients whose every call is noted, while one failover follows another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_with_failovers_hold_nothing_that_must_not_be() {
    let (histories, length) = wanted();
    let mut pair = Pair::start(Following::Synchronously);
    let (mut summary, mut failovers) = (Summary::default(), 0);
    for number in 0..histories {
        let database = tokio::task::block_in_place(|| pair.primary().database());
        let system = System::start(vec![pair.url(&database); ADAPTERS], length).await;
        let disturb = async {
            while !system.is_over() {
                pause(500, 2_000).await;
                tokio::task::block_in_place(|| {
                    pair.kill_primary();
                    pair.promote();
                });
                pause(0, 1_000).await;
                tokio::task::block_in_place(|| pair.follow());
                failovers += 1;
            }
        };
        system.run(disturb).await;
        system.end();
        let store = PostgresStore::open(&pair.url(&database).parse().unwrap()).unwrap();
        summary.add(system.judge(&store, &format!("cluster {number}")).await);
    }
    summary.tell(&format!("{histories} histories of {length:?} with {failovers} failovers"));
}

/// What a failover took away.
#[derive(Debug, Default)]
struct Lost {
    acknowledged: usize,
    codes: usize,
    uses: usize,
    records: usize,
}

impl Lost {
    /// A use that was lost is one that can be made again: that is tried.
    async fn count(&mut self, after: &After) {
        for entry in &after.notes {
            self.acknowledged += 1 + usize::from(entry.used);
            self.records += usize::from(after.audit.of_code(entry, AuditEvent::OtpIssued) == 0);
            if entry.unsure {
                continue;
            }
            let answer = verify(&after.workers[0], entry, true).await.unwrap();
            self.codes += usize::from(answer == "refused otp.unknown");
            self.uses += usize::from(entry.used && answer == "passed");
        }
    }
}

/// Not what anybody should want; it shows that the other test can fail, and what the settings are for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failovers_to_an_asynchronous_standby_lose_what_was_acknowledged() {
    let failovers = times("COUNTERSIGN_FAILOVERS", 2);
    let mut pair = Pair::start(Following::Asynchronously);
    let [mut following, mut cut] = [Lost::default(), Lost::default()];
    for round in 0..failovers {
        let after = failed_over(&mut pair, round).await;
        if round % 2 == 1 { &mut cut } else { &mut following }.count(&after).await;
        tokio::task::block_in_place(|| pair.follow());
    }
    assert!(cut.codes + cut.uses > 0, "an asynchronous standby that was cut off has lost nothing: {cut:?}");
    println!("{failovers} failovers to an asynchronous standby; half of them right away: {following:?}");
    println!("the other half {CUT:?} after it was cut off: {cut:?}");
}
