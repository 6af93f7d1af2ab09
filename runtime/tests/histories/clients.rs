//! Clients, and where their calls go: to adapters that are killed and started again, and not always waited for. Every
//! call is noted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use countersign_runtime::store::{AuditEvent, Store};
use rand::RngExt;
use tokio::task::JoinSet;

use crate::checker::{Answer, Call, Event, History, How, Jump, Millis, Violation, violations};
use crate::worker::{Plan, Worker};
use crate::{BLOCK, LIFE};

/// How many clients there are, each with users of its own.
const CLIENTS: usize = 6;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// The adapters of a history, and what was noted of it.
pub struct System {
    plans: Vec<Mutex<Plan>>,
    workers: Vec<Mutex<Arc<Worker>>>,
    until: Instant,
    events: Mutex<Vec<Event>>,
    jumps: Mutex<Vec<Jump>>,
    downs: Mutex<Vec<(Millis, Millis)>>,
}

#[derive(Clone)]
struct Code {
    id: String,
    digits: String,
    user: String,
    operation: String,
}

pub fn now() -> Millis {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis().try_into().unwrap()
}

pub fn between(least: u64, most: u64) -> u64 {
    rand::rng().random_range(least..=most)
}

pub async fn pause(least: u64, most: u64) {
    tokio::time::sleep(Duration::from_millis(between(least, most))).await;
}

impl System {
    /// Starts an adapter for each store's address.
    pub async fn start(stores: Vec<String>, length: Duration) -> Arc<System> {
        let plan = |store| Plan { store, life: LIFE, block: BLOCK, clock: 0 };
        let plans: Vec<Plan> = stores.into_iter().map(plan).collect();
        let workers: Vec<Worker> = plans.iter().map(begun).collect();
        for worker in &workers {
            assert!(worker.ask("ping").await.is_some(), "an adapter does not start");
        }
        Arc::new(System {
            workers: workers.into_iter().map(|worker| Mutex::new(Arc::new(worker))).collect(),
            plans: plans.into_iter().map(Mutex::new).collect(),
            until: Instant::now() + length,
            events: Mutex::default(),
            jumps: Mutex::default(),
            downs: Mutex::default(),
        })
    }

    pub fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    pub fn worker(&self, number: usize) -> Arc<Worker> {
        self.workers[number].lock().unwrap().clone()
    }

    pub fn one_of_them(&self) -> usize {
        rand::rng().random_range(0..self.workers.len())
    }

    /// Kills an adapter and starts it again, as often as that takes.
    pub async fn kill(&self, number: usize) {
        let began = now();
        self.worker(number).kill();
        pause(0, 300).await;
        for _ in 0..100 {
            let worker = Arc::new(begun(&self.plans[number].lock().unwrap()));
            *self.workers[number].lock().unwrap() = worker.clone();
            if tokio::time::timeout(PATIENCE, worker.ask("ping")).await.is_ok_and(|answer| answer.is_some()) {
                self.downs.lock().unwrap().push((began, now()));
                return;
            }
            worker.kill();
            pause(50, 200).await;
        }
        panic!("an adapter does not start again");
    }

    /// Stops an adapter for a while.
    pub async fn stop(&self, number: usize) {
        let worker = self.worker(number);
        worker.signal("STOP");
        pause(100, 2_500).await;
        worker.signal("CONT");
    }

    /// Notes that the store's clock is turned while `turn` runs.
    pub async fn turn(&self, ahead: Millis, turn: impl Future<Output = ()>) {
        let began = now();
        self.plans.iter().for_each(|plan| plan.lock().unwrap().clock = ahead);
        turn.await;
        self.jumps.lock().unwrap().push(Jump { began, ended: now(), ahead });
    }

    async fn ask(&self, what: &str) -> Option<String> {
        let worker = self.worker(self.one_of_them());
        let patience = if between(1, 15) == 1 { Duration::from_millis(between(0, 15)) } else { PATIENCE };
        let answer = tokio::time::timeout(patience, worker.ask(what)).await.ok().flatten();
        if answer.is_none() {
            // An adapter that is gone does not let its clients wait.
            pause(1, 10).await;
        }
        answer
    }

    fn note(&self, began: Millis, user: &str, call: Call, answer: Answer) {
        let event = Event { began, ended: now(), user: user.to_owned(), call, answer };
        self.events.lock().unwrap().push(event);
    }

    async fn issue(&self, user: &str, operation: &str, replaces: Option<&Code>) -> Option<Code> {
        let began = now();
        let answer = self.ask(&format!("send {user} {operation}")).await.unwrap_or_default();
        let (answer, code) = match answer.split(' ').collect::<Vec<_>>()[..] {
            ["sent", id, digits, expires] => {
                let [id, digits, user, operation] = [id, digits, user, operation].map(str::to_owned);
                let issued = Answer::Issued { code: id.clone(), expires: expires.parse().unwrap() };
                (issued, Some(Code { id, digits, user, operation }))
            }
            _ => (Answer::Unknown, None),
        };
        self.note(began, user, Call::Issue { replaces: replaces.map(|code| code.id.clone()) }, answer);
        code
    }

    async fn verify(&self, code: &Code, how: How) {
        let began = now();
        let Code { id, digits, user, operation } = code;
        let amount = if how == How::Changed { "101" } else { "100" };
        let wrong = if digits == "00000000" { "00000001" } else { "00000000" };
        let digits = if how == How::Wrong { wrong } else { digits };
        let answer = self.ask(&format!("verify {id} {digits} {operation} {user} {amount}")).await;
        let answer = match answer.as_deref().map(|answer| answer.split_once(' ').unwrap_or((answer, ""))) {
            Some(("passed", _)) => Answer::Passed,
            // What became of it is not known.
            Some((_, "store.unavailable")) | None => Answer::Unknown,
            Some((_, why)) => Answer::Refused(why.to_owned()),
        };
        self.note(began, user, Call::Verify { code: id.clone(), how }, answer);
    }

    /// Attempts a code in each of these ways at once.
    async fn verify_at_once(self: &Arc<Self>, tries: impl IntoIterator<Item = (&Code, How)>) {
        let mut trying = JoinSet::new();
        for (code, how) in tries {
            let (system, code) = (self.clone(), code.clone());
            trying.spawn(async move { system.verify(&code, how).await });
        }
        trying.join_all().await;
    }

    /// Lets clients ask until it is over, while `disturb` does what it does; then every code is tried once more.
    pub async fn run(self: &Arc<Self>, disturb: impl Future<Output = ()>) {
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let system = self.clone();
            clients.spawn(async move {
                for turn in 0.. {
                    if system.is_over() {
                        return;
                    }
                    system.session(&format!("u{client}-{turn}")).await;
                }
            });
        }
        disturb.await;
        clients.join_all().await;
    }

    /// What a client does with one user. An operation has one open code, so each user has operations of their own.
    async fn session(self: &Arc<Self>, user: &str) {
        use How::{Changed, Right, Wrong};
        let operation = format!("{user}-1");
        let Some(first) = self.issue(user, &operation, None).await else { return };
        match between(1, 5) {
            1 => self.verify_at_once([(&first, Right), (&first, Right), (&first, Wrong)]).await,
            2 => {
                let replacing = self.issue(user, &operation, Some(&first));
                let (second, ()) = tokio::join!(replacing, self.verify(&first, Right));
                let second = second.unwrap_or_else(|| first.clone());
                self.verify_at_once([(&first, Right), (&second, Right), (&second, Right)]).await;
            }
            3 => self.verify_at_once([(&first, Changed), (&first, Right)]).await,
            4 => self.be_blocked(user, &first).await,
            _ => pause(LIFE * 1000 - 500, LIFE * 1000 + 1_500).await,
        }
        self.verify_at_once([(&first, Right), (&first, Right)]).await;
    }

    /// Fails five times over two codes, and is right from then on.
    async fn be_blocked(self: &Arc<Self>, user: &str, first: &Code) {
        use How::{Right, Wrong};
        let Some(second) = self.issue(user, &format!("{user}-2"), None).await else { return };
        self.verify_at_once([(first, Wrong), (first, Wrong), (first, Wrong), (&second, Wrong), (&second, Wrong)]).await;
        for _ in 0..between(1, 4) {
            pause(0, 800).await;
            self.verify_at_once([(first, Right), (&second, Right)]).await;
        }
    }

    /// Everything that was noted, with what the store says itself; fails if it holds what no history may hold.
    pub async fn judge(&self, store: &dyn Store, name: &str) -> Summary {
        let mut verified = BTreeMap::new();
        for stored in store.audit_after(0, usize::MAX).await.unwrap() {
            if let (AuditEvent::OtpVerified, Some(code)) = (stored.record.event, stored.record.challenge) {
                *verified.entry(code).or_default() += 1;
            }
        }
        let (events, jumps) = (self.events.lock().unwrap().clone(), self.jumps.lock().unwrap().clone());
        let downs = self.downs.lock().unwrap().clone();
        let (life, block) = (LIFE as Millis * 1000, BLOCK as Millis * 1000);
        let history = History { events, jumps, downs, life, block, verified };
        let found: Vec<(Violation, String)> = violations(&history).into_iter().collect();
        if !found.is_empty() {
            let path = std::env::temp_dir().join(format!("countersign-history-{}.txt", uuid::Uuid::new_v4()));
            std::fs::write(&path, format!("{name}: {found:#?}\n{history:#?}")).unwrap();
            panic!("{name}: {found:?}; the history is in {}", path.display());
        }
        Summary::of(&history)
    }

    /// Ends every adapter.
    pub fn end(&self) {
        self.workers.iter().for_each(|worker| worker.lock().unwrap().kill());
    }
}

fn begun(plan: &Plan) -> Worker {
    Worker::start("as_a_worker", plan)
}

/// What a history had in it.
#[derive(Debug, Default)]
pub struct Summary {
    calls: usize,
    passed: usize,
    refused: BTreeMap<String, usize>,
    unknown: usize,
    jumps: usize,
}

impl Summary {
    fn of(history: &History) -> Summary {
        let mut summary = Summary { calls: history.events.len(), jumps: history.jumps.len(), ..Summary::default() };
        for event in &history.events {
            match &event.answer {
                Answer::Passed => summary.passed += 1,
                Answer::Unknown => summary.unknown += 1,
                Answer::Refused(why) => *summary.refused.entry(why.clone()).or_default() += 1,
                Answer::Issued { .. } => {}
            }
        }
        summary
    }

    pub fn add(&mut self, other: Summary) {
        self.calls += other.calls;
        self.passed += other.passed;
        self.unknown += other.unknown;
        self.jumps += other.jumps;
        other.refused.into_iter().for_each(|(why, times)| *self.refused.entry(why).or_default() += times);
    }

    pub fn tell(&self, what: &str) {
        assert!(self.passed > 0 && !self.refused.is_empty(), "hardly anything happened: {self:?}");
        let Summary { calls, passed, unknown, jumps, refused } = self;
        println!(
            "{what}: {calls} calls, {passed} passed, {unknown} unknown, {jumps} clock jumps, refused {refused:?}; 0 violations"
        );
    }
}
