//! Every endpoint of every shipped API: the first byte chooses the endpoint, the second the media type, the rest is the
//! body, or what stands in the path where the path has holes. Whatever comes is answered by JSON with a documented
//! kind of status, never by the fault `unexpected`.

use std::cell::RefCell;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::apis::{APIS, Api, CALLER_KEY};
use crate::oracle;

/// Requests until everything is started anew, so that what is kept in memory stays small.
const REQUESTS_A_STORE: u32 = 20_000;

struct Served {
    runtime: Runtime,
    apis: Vec<(&'static Api, Router)>,
    routes: Vec<(usize, String, String)>,
    left: u32,
}

impl Served {
    fn new() -> Served {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let apis: Vec<_> = runtime.block_on(async { APIS.iter().map(|api| (api, api.router())).collect() });
        let all = APIS.iter().enumerate();
        let routes = all.flat_map(|(at, api)| api.routes().into_iter().map(move |(method, path)| (at, method, path)));
        Served { routes: routes.collect(), apis, runtime, left: REQUESTS_A_STORE }
    }

    fn ask(&mut self, data: &[u8]) {
        let [endpoint, media, rest @ ..] = data else { return };
        let Some((at, method, path)) = self.routes.get(usize::from(*endpoint) % self.routes.len()) else { return };
        let (api, router) = &self.apis[*at];
        let path = filled(path, rest);
        let media = ["application/json", "application/json; charset=utf-8", "text/plain", ""][usize::from(*media) % 4];
        let authorization = match api.callers_are_basic {
            true => format!("Basic {}", STANDARD.encode(format!("accessId:{CALLER_KEY}"))),
            false => "Bearer demo-access-token".to_owned(),
        };
        let request = Request::builder().method(method.as_str()).uri(&path).header(header::HOST, "localhost");
        let request = request.header(header::AUTHORIZATION, authorization).header(header::CONTENT_TYPE, media);
        let Ok(request) = request.body(Body::from(rest.to_vec())) else { return };
        let router = router.clone();
        let (status, body) = self.runtime.block_on(async move {
            let response = router.oneshot(request).await.expect("an answer");
            (response.status(), response.into_body().collect().await.expect("a body").to_bytes())
        });
        assert!(api.fails_with_500 || status.as_u16() < 500, "{status} of {}", api.name);
        assert!(
            body.is_empty() || serde_json::from_slice::<serde_json::Value>(&body).is_ok(),
            "no JSON from {}",
            api.name
        );
    }
}

/// A path whose holes are filled with what is there, percent-encoded.
fn filled(path: &str, with: &[u8]) -> String {
    let value: String = with.iter().take(40).map(|byte| format!("%{byte:02X}")).collect();
    path.split('/').map(|part| if part.starts_with('{') { value.as_str() } else { part }).collect::<Vec<_>>().join("/")
}

thread_local! {
    static SERVED: RefCell<Option<Served>> = const { RefCell::new(None) };
}

pub fn run(data: &[u8]) {
    oracle::watch();
    SERVED.with_borrow_mut(|served| {
        let now = served.get_or_insert_with(Served::new);
        now.ask(data);
        now.left -= 1;
        if now.left == 0 {
            *served = None;
        }
    });
}
