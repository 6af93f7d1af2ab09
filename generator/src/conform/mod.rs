//! Holds a running server to a definition, ours or anybody's: its examples, every row of its error table that a request
//! can provoke, every rule at its boundary, wrong types, malformed bodies, headers and methods. Cases come in a fixed
//! order; nothing is drawn by chance, and nothing at the server is reset.
//!
//! A case *conforms*, *deviates*, which is reported in the words of the definition, or was *not run*, with the reason.

mod ask;
mod base;
mod cases;
mod client;
mod codes;
mod expected;
mod judge;
pub mod report;

use std::path::PathBuf;

use crate::model::Adapter;
use crate::openapi::shapes::Shapes;

use client::Client;
use codes::Codes;
use expected::Expected;

/// Where the server is, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Server {
    /// `http://127.0.0.1:8080/powerauth-data-adapter`
    pub url: String,
    /// A token, or an access id and its key with a colon between them.
    pub credential: Option<String>,
    /// The file to which it appends each message as a JSON line.
    pub outbox: Option<PathBuf>,
    /// The code that it always sends.
    pub code: Option<String>,
}

/// What was tried, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The endpoint, or `outside` for what none takes.
    pub endpoint: String,
    /// What was tried: `rule: username over 40`.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It answered as the definition says.
    Conforms,
    /// It did not; every difference.
    Deviates(Vec<String>),
    /// It could not be tried; why.
    NotRun(String),
}

/// Why nothing could be tried.
#[derive(Debug, thiserror::Error)]
pub enum ConformError {
    /// The address is none that can be called.
    #[error("`{0}` is no address such as `http://127.0.0.1:8080`; TLS is not spoken, put a proxy in front")]
    Address(String),
    /// Nobody answers there.
    #[error("`{0}` does not answer: {1}")]
    Silent(String, String),
}

/// A run over all cases.
struct Run<'a> {
    of: &'a Adapter,
    client: Client,
    codes: Codes,
    shapes: Shapes<'a>,
    cases: Vec<Case>,
    /// Rows that were seen: endpoint, row.
    seen: std::collections::BTreeSet<(String, String)>,
}

/// Attempts everything.
///
/// # Errors
/// There is no server at the address.
pub fn conform(of: &Adapter, server: &Server) -> Result<Vec<Case>, ConformError> {
    let client = Client::new(of, server)?;
    client.knock()?;
    let codes = Codes::new(server.outbox.clone(), server.code.clone());
    let mut run =
        Run { of, client, codes, shapes: Shapes::of(of), cases: Vec::new(), seen: std::collections::BTreeSet::new() };
    cases::examples::all(&mut run);
    for endpoint in &of.endpoints {
        cases::rules::all(&mut run, endpoint);
        cases::types::all(&mut run, endpoint);
        cases::bodies::all(&mut run, endpoint);
        cases::callers::all(&mut run, endpoint);
    }
    cases::routes::all(&mut run);
    cases::rows::all(&mut run);
    Ok(run.cases)
}

impl Run<'_> {
    /// Notes what came of a case.
    fn note(&mut self, endpoint: &str, name: impl Into<String>, outcome: Outcome) {
        self.cases.push(Case { endpoint: endpoint.to_owned(), name: name.into(), outcome });
    }

    fn not_run(&mut self, endpoint: &str, name: impl Into<String>, why: impl Into<String>) {
        self.note(endpoint, name, Outcome::NotRun(why.into()));
    }

    /// Sends a request to an endpoint, and notes how the answer differs from what is expected.
    fn attempt(&mut self, endpoint: &crate::model::Endpoint, name: String, ask: &ask::Ask, expected: &Expected) {
        let outcome = match self.client.send(ask) {
            Err(why) => Outcome::Deviates(vec![format!("it does not answer: {why}")]),
            Ok(answer) => match judge::ambiguous(self.of, endpoint, expected, &answer) {
                Some(why) => Outcome::NotRun(why),
                None => judge::outcome(judge::judge(self, endpoint, expected, &answer)),
            },
        };
        self.note(&endpoint.name, name, outcome);
    }
}
