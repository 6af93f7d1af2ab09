//! One request from routing to answer: its id and language, its body, the endpoint's work under a deadline and apart
//! from the connection, and the line in the log.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use tracing::Instrument;

use super::answer::{Extra, bytes_of, write};
use super::arrival::Arrival;
use super::body::{self, BodyLimits, LargeBodies};
use super::callers::{self, Shown};
use super::credentials::WrongCredentials;
use super::limits::EdgeLimits;
use super::progress::Progress;
use super::refusal_audit::RefusalAudit;
use super::request_log::RequestLog;
use super::source::source;
use crate::adapter::{Callers, SessionKind};
use crate::budget::BudgetShare;
use crate::context::{Core, Shared};
use crate::crypto::Promised;
use crate::endpoint::{Asked, Discriminator, ErrorResponder, Incoming, Outside, PathCheck, Reply};
use crate::fault::Fault;
use crate::hooks::{BoxFuture, Call};
use crate::kept::Kept;
use crate::request_scope::RequestScope;
use crate::settings::Caller;
use crate::shares::{Asker, network};
use crate::telemetry::{self, Scrubber, Trace};
use crate::wire::{Head, Tape, request_id};

/// What all requests share at the edge.
pub(crate) struct Edge {
    pub shared: Arc<Shared>,
    pub outside: Outside,
    pub limits: EdgeLimits,
    pub wrong_credentials: WrongCredentials,
    pub telling: RefusalAudit,
    pub request_log: RequestLog,
    pub large_bodies: LargeBodies,
}

/// An endpoint's reply, and what it holds of the budget while it is there.
struct Served {
    reply: Reply,
    held: Option<BudgetShare>,
}

impl From<Reply> for Served {
    fn from(reply: Reply) -> Self {
        Served { reply, held: None }
    }
}

/// An endpoint without its types.
pub(crate) struct Route {
    pub name: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub has_body: bool,
    pub when: Option<Discriminator>,
    pub session: Option<&'static SessionKind>,
    pub path_check: Option<PathCheck>,
    pub has_head: bool,
    pub request_id: Option<&'static str>,
    pub run: Arc<dyn Fn(Core, Incoming) -> BoxFuture<'static, Reply> + Send + Sync>,
    pub refuse: ErrorResponder,
}

impl Edge {
    /// Answers a request to the endpoints that share a route. Until the body shows which of them it is for, the first
    /// answers.
    pub async fn serve(
        &self,
        routes: &[Arc<Route>],
        request: Request<Body>,
        path: Vec<(String, String)>,
    ) -> Response<Body> {
        let begun = Instant::now();
        let Some(first) = routes.first() else {
            return self.refuse_outside(&request, Fault::new("route.unknown"), None);
        };
        let mut core = self.core(first.name, &request, first.request_id);
        let span = span_of(&core, is_alone(routes).then_some(first.name));
        let answered = async move {
            let served = self.serve_in(&mut core, routes, first, request, path).await;
            self.telling.record(&core, &served.reply).await;
            self.finish(&core, begun, served, answered_id(first, &core))
        };
        answered.instrument(span).await
    }

    /// Answers a request that no endpoint takes.
    pub fn refuse_outside(&self, request: &Request<Body>, fault: Fault, extra: Option<Extra>) -> Response<Body> {
        let core = self.core("none", request, None);
        let span = span_of(&core, Some("none"));
        let reply = (self.outside.refuse)(fault, &core);
        span.in_scope(|| self.finish(&core, Instant::now(), reply.into(), extra))
    }

    /// The same for a request whose head could not be read, as the bytes of the answer.
    pub fn refuse_head(&self, fault: Fault, extra: Extra) -> Vec<u8> {
        let core = self.core("none", &Request::default(), None);
        let reply = (self.outside.refuse)(fault, &core);
        let body = reply.body.clone().unwrap_or_default();
        let span = span_of(&core, Some("none"));
        let response = span.in_scope(|| self.finish(&core, Instant::now(), reply.into(), Some(extra)));
        bytes_of(&response, &body)
    }

    async fn serve_in(
        &self,
        core: &mut Core,
        routes: &[Arc<Route>],
        first: &Route,
        request: Request<Body>,
        path: Vec<(String, String)>,
    ) -> Served {
        let progress = Arrival::of(&request).and_then(|arrival| arrival.progress.clone());
        let caller = match self.admit(core, routes, first, &request, &path) {
            Ok(caller) => caller,
            Err(fault) => return refuse(chosen(first, routes, core), fault, core).into(),
        };
        if let Some(caller) = caller {
            Arc::make_mut(&mut core.call).caller = Some(caller.name.clone());
            tracing::Span::current().record("caller", &caller.name);
        }
        if let Some(kind) = first.session {
            match callers::session(core, kind, request.headers()).await {
                Ok(session) => core.session = Some(Arc::new(session)),
                Err(fault) => return refuse(chosen(first, routes, core), fault, core).into(),
            }
        }
        if let Some(progress) = progress.as_ref().filter(|_| caller.is_some() || core.session.is_some()) {
            progress.authenticated();
        }
        let head = routes.iter().any(|route| route.has_head).then(|| Head::of(&request));
        let (body, scrubber, held) = match self.read(first, request, progress.as_ref()).await {
            Ok(read) => read,
            Err(fault) => return refuse(chosen(first, routes, core), fault, core).into(),
        };
        let asked = Asked { body: body.as_deref(), head: head.as_ref() };
        let fits = |route: &&Arc<Route>| route.when.is_none_or(|when| when(&asked, core));
        let route = routes.iter().find(fits).map_or(first, |route| &**route);
        let route = chosen(route, routes, core);
        match callers::may_call(caller, [route.name]) {
            Ok(()) => self.run(core, route, Incoming { body, path, head }, (scrubber, held)).await,
            Err(fault) => refuse(route, fault, core).into(),
        }
    }

    /// Who calls, if they may, and if the path is one that can be asked for.
    fn admit(
        &self,
        core: &Core,
        routes: &[Arc<Route>],
        first: &Route,
        request: &Request<Body>,
        path: &[(String, String)],
    ) -> Result<Option<&Caller>, Fault> {
        let arrival = Arrival::of(request);
        if arrival.is_some_and(|arrival| arrival.is_too_many) {
            return Err(Fault::overloaded("as many requests are under way as there may be"));
        }
        let certificate = arrival.and_then(|arrival| arrival.certificate.as_deref());
        let shown = Shown { headers: request.headers(), certificate };
        let caller = callers::caller(&self.shared, &self.wrong_credentials, shown, (core.call.source, core.time))?;
        callers::may_call(caller, routes.iter().map(|route| route.name))?;
        let values = first.path_check.map(|check| check(path, core)).transpose()?.unwrap_or_default();
        callers::may_ask_for(caller, &values)?;
        Ok(caller)
    }

    async fn read(
        &self,
        route: &Route,
        request: Request<Body>,
        progress: Option<&Progress>,
    ) -> Result<(Option<Arc<Tape>>, Scrubber, BudgetShare), Fault> {
        let mut held = self.shared.budget.holder();
        if !route.has_body {
            return Ok((None, Scrubber::default(), held));
        }
        let options = &self.shared.options;
        let limits = BodyLimits {
            bytes: options.body_limit,
            values: options.body_values,
            deadline: self.limits.body,
            empty: self.shared.adapter.wire.empty_body,
        };
        progress.inspect(|progress| progress.awaits_body());
        let bytes = body::collect(request, limits, &mut held).await;
        progress.inspect(|progress| progress.has_body());
        let read = body::read(bytes?, limits, held, &self.large_bodies).await?;
        Ok((Some(read.body.clone()), Scrubber::of(read.body), read.held))
    }

    /// Runs the endpoint to its end: a caller who hangs up, or who is answered that it takes too long, does not stop a change
    /// half way. What it holds of the budget is given back when it has ended.
    async fn run(
        &self,
        core: &Core,
        route: &Route,
        incoming: Incoming,
        (scrubber, held): (Scrubber, BudgetShare),
    ) -> Served {
        let work = (route.run)(core.clone(), incoming);
        let work = async {
            let reply = work.await;
            let inner = reply.inner.as_deref().map(telemetry::scrub);
            Served { reply: Reply { inner, ..reply }, held: Some(held) }
        };
        let scope = RequestScope::default().with(asker(&core.call)).with(scrubber).with(Promised::default());
        let scope = match telemetry::parent_of(&core.call.trace) {
            Some(parent) => scope.with(parent),
            None => scope,
        };
        let working = Kept::new(scope.during(work));
        let fault = match tokio::time::timeout(self.limits.handling, working).await {
            Ok(Ok(served)) => return served,
            Ok(Err(_)) => Fault::new("unexpected").with_detail("the endpoint panicked"),
            Err(_) => Fault::overloaded("the endpoint took too long"),
        };
        (route.refuse)(fault, core).into()
    }

    fn core(&self, endpoint: &'static str, request: &Request<Body>, id: Option<&'static str>) -> Core {
        let accepted = accepted_languages(request.headers());
        let texts = &self.shared.texts;
        let options = &self.shared.options;
        let peer = Arrival::of(request).and_then(|arrival| arrival.peer);
        let said_id = id.and_then(|header| request_id(request.headers(), header));
        let call = Call {
            request_id: said_id.unwrap_or_else(new_id),
            endpoint,
            language: texts.negotiate(Some(&accepted)).to_owned(),
            caller: None,
            source: source(peer, request.headers(), &options.proxies, options.proxy_header),
            trace: Trace::of(request.headers()),
            facts: Default::default(),
            texts: Some(texts.clone()),
            notes: Default::default(),
        };
        Core {
            shared: self.shared.clone(),
            call: Arc::new(call),
            time: self.shared.clock.now(),
            message: None,
            session: None,
            shown: Arc::default(),
        }
    }

    /// Writes the answer, the log line and the metrics.
    fn finish(&self, core: &Core, begun: Instant, served: Served, extra: Option<Extra>) -> Response<Body> {
        let Served { reply, held } = served;
        let status = extra.as_ref().and_then(|extra| extra.status).unwrap_or(reply.status);
        let took = begun.elapsed();
        telemetry::answered(core.call.endpoint, status, reply.fault, took);
        let Call { trace, endpoint, request_id, caller, .. } = &*core.call;
        telemetry::request_served(telemetry::RequestSpan {
            trace,
            endpoint,
            id: request_id,
            caller: caller.as_deref(),
            status,
            fault: reply.fault,
            took,
        });
        self.request_log.write(core.time.millis(), status, took, &reply);
        let held = held.unwrap_or_else(|| self.shared.budget.holder());
        write(reply, &core.call.request_id, extra, held)
    }
}

/// The request's id, in the header in which it was said or could have been.
fn answered_id(route: &Route, core: &Core) -> Option<Extra> {
    let name = HeaderName::from_bytes(route.request_id?.as_bytes()).ok()?;
    let value = HeaderValue::from_str(&core.call.request_id).ok()?;
    Some(Extra { headers: vec![(name, value)], ..Extra::default() })
}

/// The languages that a caller reads; a header in several lines is one list.
fn accepted_languages(headers: &HeaderMap) -> Cow<'_, str> {
    let mut lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let first = lines.next().unwrap_or_default();
    lines.fold(Cow::Borrowed(first), |all, line| Cow::Owned(format!("{all},{line}")))
}

/// The id of a new request: a random UUID, made without asking the system for each.
fn new_id() -> String {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string()
}

/// What every line of the log that is a request's has beside it.
fn span_of(core: &Core, endpoint: Option<&'static str>) -> tracing::Span {
    let (id, trace_id) = (&core.call.request_id, core.call.trace.id());
    tracing::info_span!("request", id, trace_id, endpoint, caller = tracing::field::Empty)
}

/// Whose share a request takes of what there is too little of.
fn asker(call: &Call) -> Asker {
    match (&call.caller, call.source) {
        (Some(caller), _) => Asker::Caller(caller.clone()),
        (None, Some(source)) => Asker::Source(network(source)),
        (None, None) => Asker::Unknown,
    }
}

/// True if a route has one endpoint, so that nothing is to be chosen.
fn is_alone(routes: &[Arc<Route>]) -> bool {
    routes.len() == 1
}

/// Notes which of the endpoints of a route it is.
fn chosen<'r>(route: &'r Route, routes: &[Arc<Route>], core: &mut Core) -> &'r Route {
    if !is_alone(routes) {
        Arc::make_mut(&mut core.call).endpoint = route.name;
        tracing::Span::current().record("endpoint", route.name);
    }
    route
}

/// Answers a fault by an endpoint's table; who is not known gets the challenge that says how to authenticate.
fn refuse(route: &Route, fault: Fault, core: &Core) -> Reply {
    let limited = fault.name == "caller.limited";
    let unforeseen = unforeseen(fault.name, route, core);
    let mut reply = (route.refuse)(fault, core);
    reply.status = unforeseen.unwrap_or(reply.status);
    if reply.status == StatusCode::UNAUTHORIZED.as_u16() {
        let callers = if route.session.is_some() { &Callers::Bearer } else { &core.adapter().callers };
        reply.headers.push(callers::challenge(callers));
    }
    if limited {
        reply.headers.push((header::RETRY_AFTER, HeaderValue::from_static("60")));
    }
    reply
}

/// The status of a refusal for which the definition has none, since it lets anybody call: the settings have callers show
/// certificates.
fn unforeseen(fault: &str, route: &Route, core: &Core) -> Option<u16> {
    let forbidden = StatusCode::FORBIDDEN.as_u16();
    match (fault, &core.adapter().callers) {
        // A session that is not there is foreseen.
        ("caller.unknown", Callers::None(_)) if route.session.is_none() => Some(forbidden),
        ("caller.forbidden", Callers::None(_)) => Some(forbidden),
        _ => None,
    }
}
