//! Two adapters on one database: they are killed, stopped, cut off; the server ends at once and is started again, and
//! its clock jumps.

use std::sync::Arc;

use countersign_runtime::store::postgres::PostgresStore;
use tempfile::TempDir;

use crate::clients::{Summary, System, between, pause};
use crate::kept::{Audit, Counts, check, plan, tell, until_killed};
use crate::link::{Link, Way};
use crate::pg_server::{ADMIN, Server};
use crate::worker::Worker;
use crate::{times, wanted};

const ADAPTERS: usize = 2;

struct Scene {
    system: Arc<System>,
    server: Server,
    links: Vec<Link>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_on_a_database_hold_nothing_that_must_not_be() {
    let (histories, length) = wanted();
    let mut summary = Summary::default();
    let mut server = Server::start_with_a_clock();
    for number in 0..histories {
        let database = server.database();
        let folders: Vec<TempDir> = (0..ADAPTERS).map(|_| TempDir::new().unwrap()).collect();
        let links = folders.iter().map(|folder| Link::new(folder.path(), server.folder())).collect();
        let address = |folder: &TempDir| format!("postgres://{ADMIN}@/{database}?host={}", folder.path().display());
        let system = System::start(folders.iter().map(address).collect(), length).await;
        let mut scene = Scene { system: system.clone(), server, links };
        system.run(scene.disturb()).await;
        system.end();
        server = scene.server;
        server.turn(0);
        let store = PostgresStore::open(&server.address(&database)).unwrap();
        summary.add(system.judge(&store, &format!("database {number}")).await);
    }
    summary.tell(&format!("{histories} histories of {length:?} on a database"));
}

impl Scene {
    async fn disturb(&mut self) {
        while !self.system.is_over() {
            pause(200, 2_000).await;
            let number = self.system.one_of_them();
            match between(1, 6) {
                1 => self.system.kill(number).await,
                2 => self.system.stop(number).await,
                3 => {
                    let both = (self.system.stop(0), self.system.stop(1));
                    tokio::join!(both.0, both.1);
                }
                4 => self.cut(number).await,
                5 => self.end_server().await,
                _ => {
                    let ahead = [0, 0, -600, 600, 2, -2][between(0, 5) as usize];
                    let server = &self.server;
                    self.system.turn(ahead * 1000, async { server.turn(ahead) }).await;
                }
            }
        }
        self.links.iter().for_each(|link| link.set(Way::Open));
    }

    /// First the answers stay away, then everything.
    async fn cut(&self, number: usize) {
        self.links[number].set(Way::Mute);
        pause(0, 1_500).await;
        self.links[number].set(Way::Cut);
        pause(0, 500).await;
        self.links[number].set(Way::Open);
    }

    async fn end_server(&mut self) {
        let server = &mut self.server;
        tokio::task::block_in_place(|| {
            server.kill();
            std::thread::sleep(std::time::Duration::from_millis(between(0, 300)));
            server.run(&[]);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_adapters_acknowledged_survives_the_servers_being_killed() {
    let kills = times("COUNTERSIGN_KILLS", 3);
    let mut server = Server::start(&[]);
    let mut counts = Counts::default();
    for round in 0..kills {
        let database = server.database();
        let plan = plan(server.url(ADMIN, &database));
        let begun = || Arc::new(Worker::start("as_a_worker", &plan));
        let workers: Vec<Arc<Worker>> = (0..ADAPTERS).map(|_| begun()).collect();
        for worker in &workers {
            assert!(worker.ask("ping").await.is_some());
        }
        let notes = until_killed(&workers, round, async { server.kill_hard() }).await;
        server.run(&[]);
        let audit = Audit::of(&PostgresStore::open(&server.address(&database)).unwrap()).await;
        for worker in &workers {
            // Its connections are made anew; the first one that was cut says so.
            let _ = worker.ask("verify none 0 op-1 nobody 100").await;
        }
        check(&begun(), &audit, &notes, &mut counts).await;
    }
    tell(kills, "a database server under two adapters", &counts);
}
