//! One request from routing to answer: its id and language, its body, the endpoint's work under a deadline and apart
//! from the connection, and the line in the log.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, header};
use tracing::Instrument;

use super::answer::{Extra, bytes_of, write};
use super::body;
use super::limits::EdgeLimits;
use crate::context::{Core, Shared};
use crate::endpoint::{Incoming, Outside, Refuse, Reply};
use crate::fault::Fault;
use crate::hooks::{Boxed, Call};
use crate::telemetry::{self, Scrubber};

/// What all requests share at the edge.
pub(crate) struct Edge {
    pub shared: Arc<Shared>,
    pub outside: Outside,
    pub limits: EdgeLimits,
}

/// An endpoint without its types.
pub(crate) struct Route {
    pub name: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub has_body: bool,
    pub run: Arc<dyn Fn(Core, Incoming) -> Boxed<'static, Reply> + Send + Sync>,
    pub refuse: Refuse,
}

impl Edge {
    /// Answers a request to an endpoint.
    pub async fn serve(&self, route: &Route, request: Request<Body>, path: Vec<(String, String)>) -> Response<Body> {
        let begun = Instant::now();
        let core = self.core(route.name, request.headers());
        let span = tracing::info_span!("request", id = core.call.request_id, endpoint = route.name);
        let served = self.serve_in(&core, route, request, path).instrument(span.clone()).await;
        span.in_scope(|| self.finish(&core, begun, served, None))
    }

    /// Answers a request that no endpoint takes.
    pub fn refuse_outside(&self, request: &Request<Body>, fault: Fault, extra: Option<Extra>) -> Response<Body> {
        let core = self.core("none", request.headers());
        let span = tracing::info_span!("request", id = core.call.request_id, endpoint = "none");
        let reply = (self.outside.refuse)(fault, &core);
        span.in_scope(|| self.finish(&core, Instant::now(), reply, extra))
    }

    /// The same for a request whose head could not be read, as the bytes of the answer.
    pub fn refuse_head(&self, fault: Fault, extra: Extra) -> Vec<u8> {
        let core = self.core("none", &HeaderMap::new());
        let reply = (self.outside.refuse)(fault, &core);
        let body = reply.body.as_ref().map(|body| serde_json::to_vec(body).unwrap_or_default()).unwrap_or_default();
        let span = tracing::info_span!("request", id = core.call.request_id, endpoint = "none");
        let response = span.in_scope(|| self.finish(&core, Instant::now(), reply, Some(extra)));
        bytes_of(&response, &body)
    }

    async fn serve_in(&self, core: &Core, route: &Route, request: Request<Body>, path: Vec<(String, String)>) -> Reply {
        let read = if route.has_body {
            let limit = self.shared.options.body_limit;
            body::read(request, limit, self.limits.body).await.map(|(body, bytes)| (Some(body), Scrubber::of(bytes)))
        } else {
            Ok((None, Scrubber::default()))
        };
        match read {
            Ok((body, scrubber)) => self.run(core, route, Incoming { body, path }, scrubber).await,
            Err(fault) => (route.refuse)(fault, core),
        }
    }

    /// Runs the endpoint as a task of its own: a caller who hangs up, or whom we tell that it takes too long, does not
    /// stop a change half way.
    async fn run(&self, core: &Core, route: &Route, incoming: Incoming, scrubber: Scrubber) -> Reply {
        let work = (route.run)(core.clone(), incoming);
        let work = telemetry::with_scrubber(scrubber, async {
            let reply = work.await;
            let inner = reply.inner.as_deref().map(telemetry::scrub);
            Reply { inner, ..reply }
        });
        let working = tokio::spawn(work.in_current_span());
        let fault = match tokio::time::timeout(self.limits.handling, working).await {
            Ok(Ok(reply)) => return reply,
            Ok(Err(_)) => Fault::new("unexpected").because("the endpoint panicked"),
            Err(_) => Fault::new("overloaded").because("the endpoint took too long"),
        };
        (route.refuse)(fault, core)
    }

    fn core(&self, endpoint: &'static str, headers: &HeaderMap) -> Core {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let texts = &self.shared.texts;
        let call = Call {
            request_id: uuid::Uuid::new_v4().to_string(),
            endpoint,
            language: texts.negotiate(accepted).to_owned(),
            facts: Default::default(),
            texts: Some(texts.clone()),
        };
        Core { shared: self.shared.clone(), call: Arc::new(call), time: self.shared.clock.now() }
    }

    /// Writes the answer, the log line and the figures.
    fn finish(&self, core: &Core, begun: Instant, reply: Reply, extra: Option<Extra>) -> Response<Body> {
        let fault = reply.fault;
        let status = extra.as_ref().and_then(|extra| extra.status).unwrap_or(reply.status);
        telemetry::answered(core.call.endpoint, status, fault);
        let ms = begun.elapsed().as_millis() as u64;
        let because = reply.inner.as_deref().map(telemetry::line_safe);
        match (fault, because) {
            (None, _) => tracing::info!(status, ms, "answered"),
            (Some(fault), None) => tracing::info!(status, ms, fault, "refused"),
            (Some(fault), Some(because)) if status < 500 => tracing::warn!(status, ms, fault, because, "refused"),
            (Some(fault), Some(because)) => tracing::error!(status, ms, fault, because, "failed"),
        }
        write(reply, &core.call.request_id, extra)
    }
}
