//! A request as it is sent: path, headers and body made from a body of the definition.

use serde_json::Value as Json;

use crate::model::{Adapter, Endpoint};
use crate::openapi::head::{self, escaped};
use crate::openapi::{path_parameters, shapes};

/// A request.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: String,
    /// Below the server's address.
    pub path: String,
    /// Headers that are fields of the request.
    pub headers: Vec<(String, String)>,
    /// The media type of the body.
    pub media: String,
    pub body: Option<Vec<u8>>,
    pub credential: Credential,
    /// The server may answer before it has the body, and the body is sent only if it does not.
    pub waits: bool,
}

/// What a request shows of its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// What the API wants.
    Usual,
    /// The token of a session.
    Session(String),
    /// One that nobody has.
    Wrong,
    /// None.
    Nothing,
}

impl Ask {
    /// A request of an endpoint with this body, whose members may stand in the path.
    pub fn of(of: &Adapter, endpoint: &Endpoint, body: Option<&Json>) -> Ask {
        let mut path = endpoint.path.clone();
        for parameter in path_parameters(&endpoint.path) {
            let value = body.and_then(|body| body.get(&parameter));
            let text = value.map_or_else(
                || "x".to_owned(),
                |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            );
            path = path.replace(&format!("{{{parameter}}}"), &escaped(&text));
        }
        let head = head::request_head(of, endpoint, body);
        path.push_str(&head.query);
        let body = body
            .filter(|_| head::has_body(of, endpoint))
            .map(|body| shapes::request(of, endpoint, body.clone()).to_string().into_bytes());
        Ask {
            method: endpoint.method.clone(),
            path,
            headers: head.headers,
            media: "application/json".to_owned(),
            body,
            credential: Credential::Usual,
            waits: false,
        }
    }
}
