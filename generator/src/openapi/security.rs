//! Who may call, as security schemes.

use serde_json::{Map, Value as Json, json};

use crate::model::{Adapter, Callers, Endpoint};

/// All schemes; none if nobody shows who they are.
pub fn schemes(of: &Adapter) -> Option<Json> {
    let mut all = Map::new();
    match &of.callers {
        Callers::None(_) => {}
        Callers::Bearer => {
            let description = "A token that the settings of the adapter name, under `callers`.";
            all.insert("bearer".to_owned(), json!({ "type": "http", "scheme": "bearer", "description": description }));
        }
        Callers::Basic(realm) => {
            let description = "An access id and its key, which the settings of the adapter name, under `callers`.";
            let scheme = json!({ "type": "http", "scheme": "basic", "description": description, "x-realm": realm });
            all.insert("basic".to_owned(), scheme);
        }
    }
    for (id, kind) in of.sessions.pairs() {
        if of.endpoints.iter().any(|endpoint| endpoint.session == Some(id)) {
            let description =
                format!("The token of a session, good for as long as it rests no longer than {}.", kind.idle);
            let scheme =
                json!({ "type": "http", "scheme": "bearer", "description": description, "x-session": kind.name });
            all.insert(session(&kind.name), scheme);
        }
    }
    (!all.is_empty()).then_some(Json::Object(all))
}

/// What most endpoints want.
pub fn usual(of: &Adapter) -> Json {
    match of.callers {
        Callers::None(_) => json!([]),
        Callers::Bearer => json!([{ "bearer": [] }]),
        Callers::Basic(_) => json!([{ "basic": [] }]),
    }
}

/// What an endpoint wants.
pub fn of_endpoint(of: &Adapter, endpoint: &Endpoint) -> Json {
    match endpoint.session {
        Some(kind) => json!([{ session(&of.sessions[kind].name): [] }]),
        None => usual(of),
    }
}

fn session(kind: &str) -> String {
    format!("session_{kind}")
}
