//! A server that is filled with codes, and has some of them verified.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::connections::Connections;
use super::outbox::{Message, Outbox};
use super::syncs::Syncs;
use super::{Measured, Options};
use crate::endpoints::{self, Endpoint};
use crate::server::{Cores, Kind, Server};

/// Connections that make codes: many, since a send waits some milliseconds, and fewer than the 64 hooks that an adapter
/// calls at once.
const SENDERS: usize = 48;

/// The longest life of a code that an adapter may be set to.
pub const LIFE: Duration = Duration::from_secs(600);

/// How many codes are made between two messages of progress.
const STEP: usize = 50_000;

/// What answers hold when a code was sent, and when it was right.
const SENT: &str = "\"smsDeliveryResult\":\"SUCCEEDED\"";
const RIGHT: &str = "\"smsAuthorizationResult\":\"VERIFIED_SUCCEEDED\"";

/// What the bodies of `requests/` have in the places of user, operation, message and code.
const USER: &str = "12345678";
const OPERATION: &str = "371526cc-5dee-414e-8418-5ee1c5ef2d67";
const MESSAGE: &str = "617178ab-f315-4223-a602-9d4893b4f99f";
const CODE: &str = "77038183";

/// A server with live codes.
pub struct Run {
    server: Server,
    cores: Cores,
    callers: usize,
    outbox: Outbox,
    /// How many codes were made, and when every so many of them were.
    made: usize,
    made_at: Vec<(Instant, usize)>,
    verified: usize,
    /// The count of syncs, if they are counted.
    syncs: Option<Syncs>,
}

impl Run {
    pub async fn start(options: &Options, kind: &Kind) -> Result<Run> {
        let syncs = options.syncs.then(Syncs::new).transpose()?;
        let mut kind = kind.clone();
        kind.environment.extend(syncs.iter().flat_map(Syncs::environment));
        let server = Server::start(&kind, &[]).await?;
        Ok(Run {
            cores: kind.cores,
            callers: options.callers,
            outbox: Outbox::new(server.outbox()),
            server,
            made: 0,
            made_at: Vec::new(),
            verified: 0,
            syncs,
        })
    }

    pub async fn stop(self) -> Result<()> {
        self.server.stop().await
    }

    /// Verifies in portions, with as many codes made before each, so that at most half are gone when one ends.
    pub async fn at(&mut self, size: usize, requests: usize) -> Result<Measured> {
        let portion = (requests / 5).clamp(1, (size / 2).max(1));
        let portions = requests.div_ceil(portion);
        self.make(size.saturating_sub(portion + self.made - self.verified)).await?;
        let mut measured = Measured::of(size);
        self.verify(portion, None).await?;
        for _ in 0..portions {
            self.verify(portion, Some(&mut measured)).await?;
        }
        let is_over = |at: &&(Instant, usize)| at.0.elapsed() > LIFE;
        measured.expired = self.made_at.iter().filter(is_over).map(|at| at.1).sum();
        measured.memory = self.server.memory("VmRSS")?;
        Ok(measured)
    }

    /// Makes so many codes.
    async fn make(&mut self, count: usize) -> Result<()> {
        let endpoint = endpoints::named("sms-create").context("no endpoint")?;
        let end = self.made + count;
        while self.made < end {
            let next = end.min(self.made + STEP);
            self.made_at.push((Instant::now(), next - self.made));
            let requests = (self.made..next).map(|number| create(endpoint, number));
            let senders = Connections::open(&self.server.address, SENDERS, self.cores).await?;
            senders.send(requests, SENT).await?;
            self.made = next;
            if count > STEP {
                eprintln!("{} codes made", self.made);
            }
        }
        Ok(())
    }

    /// Makes so many codes and verifies them.
    async fn verify(&mut self, count: usize, measured: Option<&mut Measured>) -> Result<()> {
        let endpoint = endpoints::named("sms-verify").context("no endpoint")?;
        self.outbox.skip()?;
        self.make(count).await?;
        let messages = self.outbox.take(count)?;
        let requests: Vec<_> = messages.iter().map(|message| verify(endpoint, message)).collect::<Result<_>>()?;
        let callers = Connections::open(&self.server.address, self.callers, self.cores).await?;
        // What sends leave to be done later is not of the verifies, and neither is opening connections.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (cpu, syncs, begun) = (self.server.cpu()?, self.syncs()?, Instant::now());
        let durations = callers.send(requests.into_iter(), RIGHT).await?;
        let (spent, cpu) = (begun.elapsed(), self.server.cpu()?.saturating_sub(cpu));
        ensure!(durations.len() == count, "{count} codes were to be verified, {} were", durations.len());
        self.verified += count;
        if let Some(measured) = measured {
            measured.cpu.values.push(cpu as f64 / 1_000.0 / count as f64);
            measured.spent += spent;
            measured.durations.extend(durations);
            measured.syncs += self.syncs()? - syncs;
        }
        Ok(())
    }

    fn syncs(&self) -> Result<u64> {
        self.syncs.as_ref().map_or(Ok(0), Syncs::counted)
    }
}

/// The code with this number is of the user and of the operation with it.
fn create(endpoint: &Endpoint, number: usize) -> Vec<u8> {
    endpoint.with(&[(USER, &format!("{number:07}")), (OPERATION, &format!("operation-{number:07}"))])
}

fn verify(endpoint: &Endpoint, message: &Message) -> Result<Vec<u8>> {
    let operation = format!("operation-{}", message.user()?);
    Ok(endpoint.with(&[(OPERATION, &operation), (MESSAGE, &message.id), (CODE, &message.code)]))
}
