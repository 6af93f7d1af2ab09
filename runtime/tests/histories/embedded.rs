//! One adapter on a file: it is killed, stopped, not waited for, and its clock jumps.

use std::sync::Arc;

use countersign_runtime::store::embedded::EmbeddedStore;

use crate::clients::{Summary, System, between, pause};
use crate::wanted;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_on_a_file_hold_nothing_that_must_not_be() {
    let (histories, length) = wanted();
    let mut summary = Summary::default();
    for number in 0..histories {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("history.db");
        let system = System::start(vec![format!("embedded:{}", path.display())], length).await;
        system.run(disturb(&system)).await;
        system.end();
        let store = EmbeddedStore::open(&path).unwrap();
        summary.add(system.judge(&store, &format!("embedded {number}")).await);
    }
    summary.tell(&format!("{histories} histories of {length:?} on a file"));
}

async fn disturb(system: &Arc<System>) {
    while !system.is_over() {
        pause(200, 2_000).await;
        match between(1, 3) {
            1 => system.kill(0).await,
            2 => system.stop(0).await,
            _ => {
                let ahead = [0, 0, -600_000, 600_000, 2_000, -2_000][between(0, 5) as usize];
                let turn = async { drop(system.worker(0).ask(&format!("clock {ahead}")).await) };
                system.turn(ahead, turn).await;
            }
        }
    }
}
