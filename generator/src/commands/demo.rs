//! What a definition's examples are good for beside tests: a first user, and a first call that finds them.

use countersign::emit::literal;
use countersign::model::{Adapter, Callers, Endpoint, Type};
use countersign::openapi::head;
use countersign::plan::Source;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A user and a call that are known to go together.
#[derive(Debug, Default)]
pub struct Demo {
    pub user: Option<DemoUser>,
    pub call: Option<DemoCall>,
}

/// A user as the template of the hooks receives them.
#[derive(Debug, Serialize)]
pub struct DemoUser {
    keys: Vec<Key>,
    fields: Vec<Field>,
}

#[derive(Debug, Serialize)]
struct Key {
    pattern: String,
    test: String,
}

#[derive(Debug, Serialize)]
struct Field {
    name: String,
    value: String,
}

/// A call that the demo user makes answer.
#[derive(Debug)]
pub struct DemoCall {
    pub method: String,
    /// With the base.
    pub path: String,
    /// What the demo caller shows.
    pub authorization: Option<&'static str>,
    /// Headers that are fields of the request.
    pub headers: Vec<(String, String)>,
    /// In its envelope; none where the request has no body.
    pub body: Option<Json>,
}

/// The keys that a user can be found by: the runtime's variant, the meaning, and the variable that holds the value.
const KEYS: [(&str, &str, &str); 4] = [
    ("Id", "user.id", "id"),
    ("Username", "user.username", "name"),
    ("Phone", "user.phone", "phone"),
    ("RegistrationNumber", "user.registration_number", "number"),
];

/// Takes the first endpoint that has an example with a user, and asks for nothing that only the user knows; else the
/// first that has one at all.
pub fn of(document: &Json, adapter: &Adapter) -> Demo {
    let examples = examples(document);
    let mut good: Vec<(usize, &Endpoint, &Map<String, Json>)> = Vec::new();
    for example in &examples {
        let name = example.get("endpoint").and_then(Json::as_str).unwrap_or_default();
        let at = adapter.endpoints.iter().position(|endpoint| endpoint.name == name);
        let answered = example.get("response").is_some_and(|response| !response.is_null());
        let Some((at, endpoint)) = at.and_then(|at| Some((at, adapter.endpoints.get(at)?))) else { continue };
        if answered && example.get("request").is_some_and(Json::is_object) {
            good.push((at, endpoint, example));
        }
    }
    let has_user = |example: &Map<String, Json>| user_of(example).is_some();
    good.sort_by_key(|(at, endpoint, example)| (asks_secret(adapter, endpoint), !has_user(example), *at));
    let Some((_, endpoint, example)) = good.first() else { return Demo::default() };
    let request = example.get("request").cloned().unwrap_or_default();
    let user = user_of(example).map(|user| demo_user(user, adapter, endpoint, &request));
    let mut request = request;
    let path = format!("{}{}", adapter.base, in_path(&endpoint.path, &mut request));
    let authorization = match adapter.callers {
        Callers::None(_) => None,
        Callers::Bearer => Some("Bearer demo-access-token"),
        // `demo:demo-access-token`
        Callers::Basic(_) => Some("Basic ZGVtbzpkZW1vLWFjY2Vzcy10b2tlbg=="),
    };
    let head = head::request_head(adapter, endpoint, Some(&request));
    head::without_head(adapter, endpoint, &mut request);
    let path = format!("{path}{}", head.query);
    let body = head::has_body(adapter, endpoint).then(|| enveloped(adapter, request));
    let call = DemoCall { method: endpoint.method.clone(), path, authorization, headers: head.headers, body };
    Demo { user, call: Some(call) }
}

/// True if the demo user, who has neither a password nor answers, would be refused.
fn asks_secret(adapter: &Adapter, endpoint: &Endpoint) -> bool {
    let inputs = endpoint.plan.steps.iter().flat_map(|step| &step.inputs);
    inputs
        .map(|input| adapter.meanings[input.meaning].name.as_str())
        .any(|meaning| matches!(meaning, "user.password" | "answers.list" | "otp.code"))
}

/// The path with what the request has for its parameters, which the body then need not say.
fn in_path(path: &str, request: &mut Json) -> String {
    let mut filled = path.to_owned();
    if let Some(members) = request.as_object_mut() {
        members.retain(|name, value| {
            let placeholder = format!("{{{name}}}");
            let is_in_path = filled.contains(&placeholder);
            if is_in_path {
                filled = filled.replace(&placeholder, value.as_str().unwrap_or_default());
            }
            !is_in_path
        });
    }
    filled
}

/// All single calls among the examples, with their values put in.
fn examples(document: &Json) -> Vec<Map<String, Json>> {
    let Some(files) = document.get("examples").and_then(Json::as_object) else { return Vec::new() };
    let values = files.get("values").and_then(Json::as_object).cloned().unwrap_or_default();
    let others = files.iter().filter(|(name, _)| *name != "values").filter_map(|(_, file)| file.as_object());
    let calls = others.flat_map(Map::values).filter(|call| call.is_object());
    calls.filter_map(|call| expanded(call, &values, 16).as_object().cloned()).collect()
}

/// `$name` is the value of that name; `+: $name` puts its members here.
fn expanded(value: &Json, values: &Map<String, Json>, depth: usize) -> Json {
    let again = |inner: &Json| expanded(inner, values, depth.saturating_sub(1));
    match value {
        Json::String(text) if depth > 0 => match text.strip_prefix('$').and_then(|name| values.get(name)) {
            Some(inner) => again(inner),
            None => value.clone(),
        },
        Json::Array(items) => items.iter().map(again).collect(),
        Json::Object(members) => {
            let mut all = Map::new();
            for (name, inner) in members {
                match (name.as_str(), again(inner)) {
                    ("+", Json::Object(inside)) => all.extend(inside),
                    (name, inner) => drop(all.insert(name.to_owned(), inner)),
                }
            }
            Json::Object(all)
        }
        _ => value.clone(),
    }
}

fn user_of(example: &Map<String, Json>) -> Option<&Map<String, Json>> {
    example.get("given")?.get("lookup_user")?.as_object().filter(|user| user.contains_key("id"))
}

fn demo_user(user: &Map<String, Json>, adapter: &Adapter, endpoint: &Endpoint, request: &Json) -> DemoUser {
    let text = |name: &str| user.get(name).and_then(Json::as_str).map(str::to_owned);
    let mut keys = Vec::new();
    for (variant, meaning, variable) in KEYS {
        let attribute = meaning.trim_start_matches("user.");
        let Some(value) = text(attribute).or_else(|| sent(adapter, endpoint, request, meaning)) else {
            keys.push(Key { pattern: format!("UserKey::{variant}(_)"), test: "false".to_owned() });
            continue;
        };
        let compared = if variant == "Phone" { format!("{variable}.expose()") } else { variable.to_owned() };
        let test = format!("{compared} == {}", literal(&value));
        keys.push(Key { pattern: format!("UserKey::{variant}({variable})"), test });
    }
    let mut fields = Vec::new();
    let mut add = |name: &str, value: String| fields.push(Field { name: name.to_owned(), value });
    for name in ["id", "given_name", "family_name", "organization"] {
        let Some(value) = text(name).map(|value| format!("{}.to_owned()", literal(&value))) else { continue };
        add(name, if name == "id" { value } else { format!("Some({value})") });
    }
    text("phone")
        .iter()
        .for_each(|phone| add("phone", format!("countersign_runtime::Phone::read({})", literal(phone))));
    text("password").iter().for_each(|password| {
        add("password_hash", format!("countersign_runtime::crypto::password::hash({}).ok()", literal(password)));
    });
    DemoUser { keys, fields }
}

/// What a request of an endpoint says for a meaning.
fn sent(adapter: &Adapter, endpoint: &Endpoint, request: &Json, meaning: &str) -> Option<String> {
    let inputs = endpoint.plan.steps.iter().flat_map(|step| &step.inputs);
    let input = inputs.into_iter().find(|input| adapter.meanings[input.meaning].name == meaning)?;
    let Source::Request { path } = &endpoint.plan.values[input.read.value()].source else { return None };
    let found = path.iter().try_fold(request, |here, part| here.get(&part.wire))?;
    found.as_str().map(str::to_owned)
}

/// A request in its envelope.
fn enveloped(adapter: &Adapter, body: Json) -> Json {
    let Some(envelope) = &adapter.envelope.request else { return body };
    let mut around = Map::new();
    for field in &envelope.fields {
        if field.ty == Type::Body {
            around.insert(field.wire.clone(), body.clone());
        } else if let Some(constant) = field.constant() {
            around.insert(field.wire.clone(), constant.clone());
        }
    }
    Json::Object(around)
}

impl DemoCall {
    /// A command line that makes the call.
    pub fn curl(&self, address: &str) -> String {
        let url = format!("http://{address}{}", self.path);
        let quoted = |text: &str| text.replace('\'', r"'\''");
        let usual = if self.body.is_some() { "POST" } else { "GET" };
        let method = if self.method == usual { String::new() } else { format!(" -X {}", self.method) };
        let headers: String =
            self.headers.iter().map(|(name, value)| format!(" -H '{name}: {}'", quoted(value))).collect();
        let body = self.body.as_ref().map(|body| quoted(&body.to_string()));
        let body = body.map(|body| format!(" -H 'Content-Type: application/json' -d '{body}'")).unwrap_or_default();
        let url = if self.path.contains('?') { format!("'{url}'") } else { url };
        let shown = self.authorization.map(|shown| format!(" -H 'Authorization: {shown}'")).unwrap_or_default();
        format!("curl -s{method} {url}{shown}{headers}{body}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::project::{self, Named};
    use super::*;

    #[test]
    fn a_definitions_first_example_with_a_user_is_what_can_be_tried() {
        let opened = project::open(&Named::BuiltIn("powerauth-data-adapter".to_owned()));
        let demo = of(&opened.loaded.unwrap().document.to_json(), &opened.adapter.unwrap());
        let call = demo.call.unwrap();
        assert_eq!(call.body.as_ref().unwrap()["requestObject"]["username"], "user1234");
        let curl = call.curl("127.0.0.1:8080");
        assert!(
            curl.starts_with("curl -s http://127.0.0.1:8080/powerauth-data-adapter/api/auth/user/lookup "),
            "{curl}"
        );
        let user = demo.user.unwrap();
        assert!(user.keys.iter().any(|key| key.test == "name == \"user1234\""));
        assert!(user.keys.iter().any(|key| key.test == "phone.expose() == \"+420601234567\""));
        assert!(user.fields.iter().any(|field| field.name == "phone"));
    }

    #[test]
    fn nothing_is_asked_that_only_the_user_knows() {
        let opened = project::open(&Named::BuiltIn("b2b-customer-verification".to_owned()));
        let demo = of(&opened.loaded.unwrap().document.to_json(), &opened.adapter.unwrap());
        let call = demo.call.unwrap();
        assert!(demo.user.is_some() && call.body.as_ref().unwrap().get("password").is_none(), "{call:?}");
        assert!(call.body.as_ref().unwrap().get("issuingPartnerUri").is_some(), "{call:?}");
    }

    #[test]
    fn what_stands_in_the_path_is_filled_in_and_a_token_shown() {
        let opened = project::open(&Named::BuiltIn("walley-identify-buyer".to_owned()));
        let demo = of(&opened.loaded.unwrap().document.to_json(), &opened.adapter.unwrap());
        let curl = demo.call.unwrap().curl("127.0.0.1:8080");
        assert!(
            curl.starts_with("curl -s http://127.0.0.1:8080/b2b/SE/identify -H 'Authorization: Bearer demo-"),
            "{curl}"
        );
        assert!(!curl.contains("countryCode"), "{curl}");
        assert!(demo.user.unwrap().keys.iter().any(|key| key.test == "phone.expose() == \"+46731234567\""));
    }

    #[test]
    fn a_quote_does_not_end_the_body_of_a_command() {
        let body = Some(serde_json::json!({ "name": "O'Neill" }));
        let call = DemoCall {
            method: "POST".to_owned(),
            path: "/a".to_owned(),
            authorization: None,
            headers: Vec::new(),
            body,
        };
        assert!(call.curl("h").ends_with(r#"-d '{"name":"O'\''Neill"}'"#));
    }
}
