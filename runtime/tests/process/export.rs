//! Traces and metrics at a collector, which here is a listener that reads what it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::child::{Adapter, started};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A collector, and what it is sent: paths and bodies.
struct Collector {
    address: String,
    sent: Receiver<(String, Vec<u8>)>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, sent) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let tell = tell.clone();
                std::thread::spawn(move || {
                    let mut stream = BufReader::new(stream.unwrap());
                    while let Some(message) = read(&mut stream) {
                        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
                        let _ = tell.send(message);
                    }
                });
            }
        });
        Collector { address, sent }
    }

    /// The next message to this path.
    fn next(&self, path: &str) -> Vec<u8> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let (to, body) = self.sent.recv_timeout(end.saturating_duration_since(Instant::now())).unwrap();
            if to == path {
                return body;
            }
        }
    }

    /// Spans until one of this name is there.
    fn spans_until(&self, name: &str) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        while !spans.iter().any(|span| span.name == name) {
            let request = ExportTraceServiceRequest::decode(self.next("/v1/traces").as_slice()).unwrap();
            let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
        spans
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    stream.read_line(&mut head).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", digits)) => length = digits.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head.split(' ').nth(1)?.to_owned(), body))
}

fn ask(adapter: &Adapter, path: &str, flags: &str) -> String {
    let mut stream = TcpStream::connect(&adapter.address).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: a\r\ntraceparent: 00-{TRACE}-{PARENT}-{flags}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_collector_has_the_spans_of_requests_in_their_traces_and_the_metrics() {
    let collector = Collector::start();
    let settings = [("COUNTERSIGN_OTLP__ENDPOINT", collector.address.as_str()), ("COUNTERSIGN_OTLP__INTERVAL", "1s")];
    let adapter = started("--dev", &settings);
    ask(&adapter, "/api/nowhere", "00");
    ask(&adapter, "/api/status", "01");
    let spans = collector.spans_until("status");
    let [span] = spans.as_slice() else { panic!("a trace that is not sampled is not told of: {spans:?}") };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((hex(&span.trace_id), hex(&span.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
    let request = ExportMetricsServiceRequest::decode(collector.next("/v1/metrics").as_slice()).unwrap();
    let scopes = request.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
    let names: Vec<String> = scopes.flat_map(|scope| scope.metrics).map(|metric| metric.name).collect();
    for name in ["countersign_requests_total", "countersign_ready", "countersign_request_duration_seconds"] {
        assert!(names.iter().any(|known| known == name), "{name} is not in {names:?}");
    }
    adapter.signal();
    assert_eq!(adapter.ended().0, Some(0));
}

/// One takes connections and never answers, the other is not there.
#[test]
fn nobody_waits_for_a_collector_that_is_silent_or_gone() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let addresses = [&silent, &gone].map(|listener| format!("http://{}", listener.local_addr().unwrap()));
    drop(gone);
    for address in addresses {
        let settings = [("COUNTERSIGN_OTLP__ENDPOINT", address.as_str()), ("COUNTERSIGN_OTLP__INTERVAL", "1s")];
        let adapter = started("--dev", &settings);
        for _ in 0..20 {
            let began = Instant::now();
            assert!(ask(&adapter, "/api/status", "01").ends_with("\"up\""));
            assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        }
        let failed = |text: &str| text.contains(r#"countersign_otlp_exports_total{signal="traces",outcome="failed"}"#);
        let end = Instant::now() + Duration::from_secs(30);
        while !failed(&adapter.get(&adapter.operations, "/metrics")) {
            assert!(Instant::now() < end, "it is not counted");
            std::thread::sleep(Duration::from_millis(100));
        }
        adapter.signal();
        let (code, log) = adapter.ended();
        assert_eq!(code, Some(0), "{log}");
        assert_eq!(log.matches("telemetry could not be exported").count(), 1, "{log}");
    }
}
