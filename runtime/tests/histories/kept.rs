//! What was acknowledged before a kill holds after it: that a code was made, was used, how often its user failed, that
//! they are blocked, and what is told of all that. `COUNTERSIGN_KILLS` sets how often the adapter with the file, or the
//! database server, is killed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_runtime::store::{AuditEvent, Store};
use tokio::task::JoinSet;

use crate::times;
use crate::worker::{Plan, Worker};

const CLIENTS: usize = 6;

/// What a client was told of a code; a user has one or two of them.
#[derive(Clone)]
pub struct Told {
    user: String,
    id: String,
    digits: String,
    operation: String,
    pub used: bool,
    /// How often its user has failed, by this code and another one.
    failures: usize,
    failures_of_code: usize,
    /// Something was asked of which nobody knows what became.
    pub unsure: bool,
}

type Notes = Arc<Mutex<Vec<Told>>>;

#[derive(Default)]
pub struct Counts {
    pub issued: usize,
    used: usize,
    failures: usize,
    blocks: usize,
    audit: usize,
    unsure: usize,
}

pub fn plan(store: String) -> Plan {
    Plan { store, life: 900, block: 900, clock: 0 }
}

/// An operation has one open code, whoever's it is; so each user has operations of their own.
pub async fn issue(worker: &Worker, user: &str, operation: &str) -> Option<Told> {
    let operation = format!("{user}-{operation}");
    let answer = worker.ask(&format!("send {user} {operation}")).await?;
    let ["sent", id, digits, _] = answer.split(' ').collect::<Vec<_>>()[..] else { return None };
    let [user, id, digits] = [user, id, digits].map(str::to_owned);
    Some(Told { user, id, digits, operation, used: false, failures: 0, failures_of_code: 0, unsure: false })
}

pub async fn verify(worker: &Worker, entry: &Told, right: bool) -> Option<String> {
    let Told { id, digits, operation, user, .. } = entry;
    let wrong = if digits == "00000000" { "00000001" } else { "00000000" };
    let digits = if right { digits } else { wrong };
    let answer = worker.ask(&format!("verify {id} {digits} {operation} {user} 100")).await?;
    (answer != "refused store.unavailable").then_some(answer)
}

/// Fails so often; false if it is not known how often that was.
async fn fail(worker: &Worker, entry: &mut Told, times: usize) -> bool {
    for _ in 0..times {
        match verify(worker, entry, false).await {
            Some(answer) => assert_eq!(answer, "refused otp.wrong"),
            None => return false,
        }
        entry.failures += 1;
        entry.failures_of_code += 1;
    }
    true
}

/// Fails four times by one code and once by another, which blocks.
async fn be_blocked(worker: &Worker, entry: &mut Told, notes: &Notes) -> bool {
    if !fail(worker, entry, 4).await {
        return false;
    }
    let Some(second) = issue(worker, &entry.user, "2").await else { return false };
    // What may be said of the first depends on the second.
    let first = std::mem::replace(entry, Told { failures: 4, ..second });
    notes.lock().unwrap().push(Told { unsure: true, ..first });
    fail(worker, entry, 1).await
}

pub async fn be_used(worker: &Worker, entry: &mut Told) -> bool {
    if let Some(answer) = verify(worker, entry, true).await {
        assert_eq!(answer, "passed");
        entry.used = true;
    }
    entry.used
}

/// Makes codes, uses them, and fails until users are blocked; notes what was acknowledged, and ends with the first call
/// that was not.
async fn work(worker: Arc<Worker>, name: String, notes: Notes) {
    for turn in 0.. {
        let Some(mut entry) = issue(&worker, &format!("{name}-{turn}"), "1").await else { return };
        let went_on = match turn % 4 {
            0 => true,
            1 => be_used(&worker, &mut entry).await,
            2 => fail(&worker, &mut entry, 4).await,
            _ => be_blocked(&worker, &mut entry, &notes).await,
        };
        entry.unsure = !went_on;
        notes.lock().unwrap().push(entry);
        if !went_on {
            return;
        }
    }
}

/// How often each event is told of each code.
pub struct Audit(BTreeMap<(String, &'static str), usize>);

impl Audit {
    pub async fn of(store: &dyn Store) -> Audit {
        let mut events = BTreeMap::new();
        for stored in store.audit_after(0, usize::MAX).await.unwrap() {
            let key = (stored.record.challenge.unwrap_or_default(), stored.record.event.name());
            *events.entry(key).or_default() += 1;
        }
        Audit(events)
    }

    pub fn of_code(&self, entry: &Told, event: AuditEvent) -> usize {
        self.0.get(&(entry.id.clone(), event.name())).copied().unwrap_or(0)
    }
}

/// Asks for everything that was acknowledged; `audit` is what was found right after the kill.
pub async fn check(worker: &Worker, audit: &Audit, notes: &[Told], counts: &mut Counts) {
    for entry in notes {
        assert_eq!(audit.of_code(entry, AuditEvent::OtpIssued), 1, "what is told of the issue");
        assert!(audit.of_code(entry, AuditEvent::OtpFailed) >= entry.failures_of_code, "what is told of failures");
        assert!(audit.of_code(entry, AuditEvent::OtpVerified) >= usize::from(entry.used), "what is told of the use");
        counts.audit += 1 + entry.failures_of_code + usize::from(entry.used);
        counts.issued += 1;
        counts.failures += entry.failures_of_code;
        if entry.unsure {
            counts.unsure += 1;
            assert_ne!(verify(worker, entry, true).await.unwrap(), "refused otp.unknown", "a code was forgotten");
            continue;
        }
        match entry.failures {
            5.. => {
                assert_eq!(audit.of_code(entry, AuditEvent::OtpBlocked), 1, "what is told of the block");
                counts.audit += 1;
                counts.blocks += 1;
            }
            // If four were kept, one more blocks the user, and was this code's last.
            4 => assert_eq!(verify(worker, entry, false).await.unwrap(), "refused otp.wrong"),
            _ => {}
        }
        let expected = match entry {
            Told { used: true, .. } => "refused otp.used",
            Told { failures_of_code: 4, .. } => "refused otp.exhausted",
            Told { failures: 5.., .. } => "refused otp.limited",
            _ => "passed",
        };
        assert_eq!(verify(worker, entry, true).await.unwrap(), expected, "{} failures", entry.failures);
        counts.used += usize::from(entry.used);
    }
}

/// Lets clients work until `kill` has killed.
pub async fn until_killed(workers: &[Arc<Worker>], round: usize, kill: impl Future<Output = ()>) -> Vec<Told> {
    let notes = Notes::default();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let worker = workers[client % workers.len()].clone();
        clients.spawn(work(worker, format!("k{round}-{client}"), notes.clone()));
    }
    // Another moment each round, the same ones each run.
    tokio::time::sleep(Duration::from_millis(300 + (round as u64 * 37) % 400)).await;
    // On a machine that is busy with something else, until there is something to lose.
    for _ in 0..100 {
        if notes.lock().unwrap().len() >= 4 * CLIENTS {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    kill.await;
    clients.join_all().await;
    std::mem::take(&mut *notes.lock().unwrap())
}

pub fn tell(kills: usize, what: &str, counts: &Counts) {
    let Counts { issued, used, failures, blocks, audit, unsure } = counts;
    assert!(
        *used > 0 && *blocks > 0 && *issued > kills,
        "hardly anything was acknowledged: {issued} codes, {used} uses, {blocks} blocks, {unsure} unsure"
    );
    println!(
        "{kills} kills of {what}: {issued} codes, {used} uses, {failures} failures, {blocks} blocks, {audit} audit \
         records acknowledged and found again; {unsure} unsure; 0 lost"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_adapter_acknowledged_survives_its_being_killed() {
    let kills = times("COUNTERSIGN_KILLS", 3);
    let folder = tempfile::TempDir::new().unwrap();
    let mut counts = Counts::default();
    for round in 0..kills {
        let path = folder.path().join(format!("kept-{}.db", round / 10));
        let begun = || Worker::start("as_a_worker", &plan(format!("embedded:{}", path.display())));
        let worker = Arc::new(begun());
        let notes = until_killed(std::slice::from_ref(&worker), round, async { worker.kill() }).await;
        let store = countersign_runtime::store::embedded::EmbeddedStore::open(&path).unwrap();
        let audit = Audit::of(&store).await;
        drop(store);
        check(&begun(), &audit, &notes, &mut counts).await;
    }
    tell(kills, "an adapter on a file", &counts);
}
