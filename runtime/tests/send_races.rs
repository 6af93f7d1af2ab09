//! Codes that are asked for at once, from several adapters on one store: no more are sent than the limits let pass.
//! `COUNTERSIGN_RACE_SENDS` sets how many are asked for; see `docs/figures.md` for the full count.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[cfg(feature = "postgres")]
mod pg_server;
mod send_patterns;

use std::sync::Arc;

use countersign_runtime::store::Store;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{SendOtp, User};
use send_patterns::{BUDGET, PATTERNS, Pattern};
use tokio::task::JoinSet;

const ADAPTERS: usize = 4;
const AT_ONCE: usize = 64;

fn each() -> usize {
    let all = std::env::var("COUNTERSIGN_RACE_SENDS").ok().and_then(|text| text.parse().ok()).unwrap_or(800);
    all / PATTERNS.len()
}

async fn no_more_than_the_limits(engine: &str, stores: impl Fn() -> Vec<Arc<dyn Store>>) {
    for Pattern { name, user, phone, most } in PATTERNS {
        let bank = Arc::new(TestBank::default());
        let desk = |store| {
            let desk = Desk::new(&ADAPTER, store, bank.clone(), |options| {
                options.limits.budget_per_hour = Some(BUDGET);
                options.hooks.lookup.slots = 1024;
                options.hooks.sms.slots = 1024;
            });
            Arc::new(desk.unwrap())
        };
        let desks: Vec<_> = stores().into_iter().map(desk).collect();
        let began = std::time::Instant::now();
        let mut tasks = JoinSet::new();
        for worker in 0..AT_ONCE {
            let (desk, bank) = (desks[worker % desks.len()].clone(), bank.clone());
            tasks.spawn(async move {
                for number in (worker..each()).step_by(AT_ONCE) {
                    let id = user(number);
                    bank.add(User { id: id.clone(), phone: phone(number).parse().ok(), ..User::default() });
                    let code = TestOtp::payment(&format!("op-{number}"), &id);
                    // On a busy machine a store may be late; then nothing is sent.
                    let _ = desk.core().send_otp(SendOtp { user: Some(id), code, ..SendOtp::default() }).await;
                }
            });
        }
        tasks.join_all().await;
        let sent = bank.sent().len();
        println!("{engine}, {name}: {} asked for, {sent} of {most} sent, {:?}", each(), began.elapsed());
        assert!(sent <= most, "{engine}, {name}: {sent} were sent");
        assert!(sent * 2 >= most, "{engine}, {name}: the limit is far from used up, only {sent} were sent");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_memory_no_more_is_sent_than_may_be() {
    no_more_than_the_limits("memory", || {
        let store = Arc::new(MemoryStore::default());
        (0..ADAPTERS).map(|_| store.clone() as Arc<dyn Store>).collect()
    })
    .await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_database_no_more_is_sent_than_may_be() {
    use countersign_runtime::store::postgres::{PostgresOptions, PostgresStore};
    no_more_than_the_limits("postgres", || {
        let server = pg_server::shared();
        let address = server.address(&server.database());
        let options = PostgresOptions { connections: 8, ..PostgresOptions::default() };
        (0..ADAPTERS)
            .map(|_| Arc::new(PostgresStore::open_with(&address, options.clone()).unwrap()) as Arc<dyn Store>)
            .collect()
    })
    .await;
}
