//! The thread that sends: spans each second or by the batch, metrics when they are handed over. The queue to it is bounded; what
//! has no room, and what the collector does not take, is left out and counted, and the log has at most one line of it a minute.

use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;

use super::client::{Client, Signal};
use super::convert::{Times, metrics, text};
use super::spans::nanos;
use super::{OtlpOptions, Service};
use crate::telemetry;

/// How many spans wait at the most.
const QUEUE: usize = 2_048;

/// How many spans are sent at once at the most.
const BATCH: usize = 512;

/// How long a span waits for others.
const WAITS: Duration = Duration::from_secs(1);

/// How often the log has a line of what fails.
const LOGGED_EVERY: Duration = Duration::from_secs(60);

/// How long the end of the process waits for what is left to be sent.
const ENDS_WITHIN: Duration = Duration::from_secs(3);

/// Where spans go, once something exports.
static SPANS: OnceLock<SyncSender<Message>> = OnceLock::new();

enum Message {
    Span(Box<Span>),
    /// As Prometheus reads them.
    Metrics(String),
    /// Nothing comes behind it; who waits for the end is told.
    End(SyncSender<()>),
}

/// True once something exports.
pub(super) fn is_exporting() -> bool {
    SPANS.get().is_some()
}

/// Hands a span over, if there is room.
pub(super) fn tell(span: Span) {
    if let Some(queue) = SPANS.get()
        && queue.try_send(Message::Span(Box::new(span))).is_err()
    {
        telemetry::spans_left_out(1);
    }
}

/// The export of this process.
pub(crate) struct Exporting(SyncSender<Message>);

impl Exporting {
    /// Begins; from now on requests tell of what they do.
    ///
    /// # Errors
    /// Settings that cannot be used, or the system gives no thread.
    pub fn begin(options: &OtlpOptions, service: Service<'_>) -> io::Result<Self> {
        let client = Client::new(options).map_err(|(_, why)| io::Error::other(why))?;
        let (queue, waiting) = sync_channel(QUEUE);
        let sender = Sender { client, resource: resource(service), began: now(), failures: Failures::default() };
        std::thread::Builder::new().name("otlp".to_owned()).spawn(move || sender.run(&waiting))?;
        Ok(Exporting(SPANS.get_or_init(|| queue).clone()))
    }

    /// Hands metrics over, if there is room.
    pub fn metrics(&self, text: String) {
        // What is counted is cumulative, so the next time has all of it.
        let _ = self.0.try_send(Message::Metrics(text));
    }

    /// Waits until what is left was sent, or cannot be. Blocks, for three seconds at most.
    pub fn end(self) {
        let (tell, ended) = sync_channel(1);
        let deadline = Instant::now() + ENDS_WITHIN;
        while self.0.try_send(Message::End(tell.clone())).is_err() {
            if Instant::now() > deadline {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // If it does not end in time, nobody waits longer.
        let _ = ended.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

struct Sender {
    client: Client,
    resource: Resource,
    began: u64,
    failures: Failures,
}

impl Sender {
    fn run(mut self, waiting: &Receiver<Message>) {
        let mut spans = Vec::new();
        loop {
            let next = fill(waiting, &mut spans);
            if !spans.is_empty() {
                self.send_spans(std::mem::take(&mut spans));
            }
            match next {
                Next::Metrics(text) => self.send_metrics(&text),
                Next::More => {}
                Next::End(tell) => {
                    // Whoever waited may be gone.
                    let _ = tell.map(|tell| tell.try_send(()));
                    return;
                }
            }
        }
    }

    fn send_spans(&mut self, spans: Vec<Span>) {
        let number = spans.len();
        let scope_spans = vec![ScopeSpans { scope: Some(scope()), spans, ..ScopeSpans::default() }];
        let of_process =
            ResourceSpans { resource: Some(self.resource.clone()), scope_spans, ..ResourceSpans::default() };
        let request = ExportTraceServiceRequest { resource_spans: vec![of_process] };
        if !self.send(Signal::Traces, &request.encode_to_vec()) {
            telemetry::spans_left_out(number as u64);
        }
    }

    fn send_metrics(&mut self, text: &str) {
        let metrics = metrics(text, Times { began: self.began, read: now() });
        let scope_metrics = vec![ScopeMetrics { scope: Some(scope()), metrics, ..ScopeMetrics::default() }];
        let of_process =
            ResourceMetrics { resource: Some(self.resource.clone()), scope_metrics, ..ResourceMetrics::default() };
        let request = ExportMetricsServiceRequest { resource_metrics: vec![of_process] };
        self.send(Signal::Metrics, &request.encode_to_vec());
    }

    fn send(&mut self, signal: Signal, body: &[u8]) -> bool {
        let sent = self.client.send(signal, body);
        telemetry::exported(signal.name(), sent.is_ok());
        if let Err(because) = &sent
            && let Some(before) = self.failures.room(Instant::now())
        {
            let signal = signal.name();
            tracing::warn!(signal, because, before, "telemetry could not be exported");
        }
        sent.is_ok()
    }
}

/// What comes after spans.
enum Next {
    More,
    Metrics(String),
    End(Option<SyncSender<()>>),
}

/// Gathers spans for a second, or until there are enough, or until something else comes.
fn fill(waiting: &Receiver<Message>, spans: &mut Vec<Span>) -> Next {
    let until = Instant::now() + WAITS;
    while spans.len() < BATCH {
        match waiting.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Message::Span(span)) => spans.push(*span),
            Ok(Message::Metrics(text)) => return Next::Metrics(text),
            Ok(Message::End(tell)) => return Next::End(Some(tell)),
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return Next::End(None),
        }
    }
    Next::More
}

/// When a failure was logged last, and how many were not since.
#[derive(Default)]
struct Failures {
    logged: Option<Instant>,
    since: u64,
}

impl Failures {
    /// Notes a failure; if it is to be logged, how many were not before it.
    fn room(&mut self, now: Instant) -> Option<u64> {
        if self.logged.is_some_and(|logged| now.saturating_duration_since(logged) < LOGGED_EVERY) {
            self.since += 1;
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.since))
    }
}

fn now() -> u64 {
    nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    }
}

fn resource(service: Service<'_>) -> Resource {
    let Service { name, version, node } = service;
    let attributes =
        vec![text("service.name", name), text("service.version", version), text("service.instance.id", node)];
    Resource { attributes, ..Resource::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_that_is_gone_has_one_line_of_the_log_a_minute() {
        let (mut failures, began) = (Failures::default(), Instant::now());
        let logged = (0..150).filter_map(|second| failures.room(began + Duration::from_secs(second)));
        assert_eq!(logged.collect::<Vec<_>>(), [0, 59, 59]);
    }

    #[test]
    fn spans_are_gathered_until_there_are_enough_or_something_else_comes() {
        let (queue, waiting) = sync_channel(QUEUE);
        for _ in 0..BATCH + 3 {
            queue.try_send(Message::Span(Box::default())).unwrap();
        }
        queue.try_send(Message::Metrics("a 1".to_owned())).unwrap();
        let mut spans = Vec::new();
        assert!(matches!(fill(&waiting, &mut spans), Next::More));
        assert_eq!(std::mem::take(&mut spans).len(), BATCH);
        assert!(matches!(fill(&waiting, &mut spans), Next::Metrics(_)));
        assert_eq!(spans.len(), 3);
        drop(queue);
        assert!(matches!(fill(&waiting, &mut spans), Next::End(None)));
    }
}
