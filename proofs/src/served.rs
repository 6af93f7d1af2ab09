//! Runs inside of the program that is compiled from written definitions: starts each adapter in this process, makes the
//! calls of its script, and tells what must not be.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_runtime::axum::body::Body;
use countersign_runtime::axum::http::{Request, header};
use countersign_runtime::{App, Call, HookError, Sms, StartError, StartOptions};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::ServiceExt;

use crate::script::{self, Script};

/// What came of a script.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Served {
    /// Whose.
    pub seed: u64,
    /// Calls that were made.
    pub calls: usize,
    /// Those that ended with success.
    pub passed: usize,
    /// What must not be.
    pub problems: Vec<String>,
}

/// Messages that were sent, and what hooks saw.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn locked(what: &'static Mutex<Vec<String>>) -> MutexGuard<'static, Vec<String>> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A module's start.
pub type Start = fn(StartOptions) -> Result<App, StartError>;

/// Serves all modules by the scripts in a file; a line of JSON for each.
pub fn main(modules: &[(u64, Start)]) {
    let Some(file) = std::env::args().nth(1) else { return };
    let scripts: Vec<Script> =
        std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() else {
        return;
    };
    for script in &scripts {
        let Some((_, start)) = modules.iter().find(|(seed, _)| *seed == script.seed) else { continue };
        let served = runtime.block_on(serve(*start, script, Path::new(&file)));
        if let Ok(line) = serde_json::to_string(&served) {
            println!("{line}");
        }
    }
}

async fn serve(start: Start, script: &Script, beside: &Path) -> Served {
    let mut served = Served { seed: script.seed, calls: 0, passed: 0, problems: Vec::new() };
    let mut options = StartOptions::dev().with("COUNTERSIGN_DEV_SMS", "real").with("COUNTERSIGN_DEV_LIMITS", "off");
    if !script.settings.is_empty() {
        let settings = beside.with_extension(format!("{}.yaml", script.seed));
        if std::fs::write(&settings, &script.settings).is_ok() {
            options.settings = Some(settings);
        }
    }
    let app = match start(options) {
        Ok(app) => app,
        Err(error) => {
            served.problems.push(format!("does not start: {error}"));
            return served;
        }
    };
    let mut remembered: HashMap<String, String> = HashMap::new();
    for call in &script.calls {
        one(&app, call, &mut remembered, &mut served).await;
    }
    served
}

async fn one(app: &App, call: &script::Call, remembered: &mut HashMap<String, String>, served: &mut Served) {
    locked(&SENT).clear();
    locked(&SEEN).clear();
    let mut refused = None;
    if let Some(unbound) = &call.unbound {
        refused = Some(answer(app, call, Some(replaced(unbound, remembered))).await.0 != call.success);
    }
    locked(&SEEN).clear();
    let (status, body) = answer(app, call, call.body.as_ref().map(|body| replaced(body, remembered))).await;
    served.calls += 1;
    let mut problem = |what: &str| {
        let sent = call.body.as_ref().map(Value::to_string).unwrap_or_default();
        served.problems.push(format!("{}: {what}: {status} {body} to {sent}", call.endpoint));
    };
    if status == 500 {
        problem("`unexpected`");
    } else if !call.statuses.contains(&status) {
        problem("an outcome that explain does not tell");
    } else if call.invalid.contains(&status) {
        problem("a request that keeps all rules is refused");
    }
    if refused == Some(false) {
        problem("another value than the code is bound to passes");
    }
    if status == call.success {
        let seen = locked(&SEEN).clone();
        for (hook, texts) in &call.hook_texts {
            let lines: Vec<&String> = seen.iter().filter(|line| line.starts_with(&format!("{hook} "))).collect();
            for text in texts.iter().filter(|text| !lines.iter().any(|line| line.contains(*text))) {
                problem(&format!("`{hook}` is not given `{text}`"));
            }
        }
        for (path, value) in call.echoes.iter().chain(&call.given) {
            let found = path.iter().try_fold(&body, |body, name| body.get(name));
            if found != Some(value) {
                problem(&format!("`{}` is not {value}", path.join(".")));
            }
        }
        served.passed += 1;
        if let Some(made) = &call.makes {
            remember(made, &body, remembered);
        }
    }
    for changed in &call.changed {
        let (status, _) = answer(app, call, Some(replaced(changed, remembered))).await;
        if status == call.success {
            served.problems.push(format!("{}: another value than a constant passes: {changed}", call.endpoint));
        }
    }
}

fn remember(made: &script::Made, body: &Value, remembered: &mut HashMap<String, String>) {
    let at = |path: &Option<Vec<String>>| {
        let path = path.as_ref()?;
        path.iter().try_fold(body, |body, name| body.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    let sent =
        locked(&SENT).last().and_then(|text| text.split_whitespace().find(|word| is_code(word)).map(str::to_owned));
    remembered.extend(at(&made.id).map(|id| (format!("$id:{}", made.kind), id)));
    remembered.extend(at(&made.code).or(sent).map(|code| (format!("$code:{}", made.kind), code)));
}

fn is_code(word: &str) -> bool {
    word.len() >= 6 && word.chars().all(|letter| letter.is_ascii_digit())
}

fn replaced(body: &Value, remembered: &HashMap<String, String>) -> Value {
    match body {
        Value::String(text) if text.starts_with('$') => {
            Value::String(remembered.get(text).cloned().unwrap_or_else(|| "00000000".to_owned()))
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| replaced(item, remembered)).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), replaced(value, remembered))).collect())
        }
        other => other.clone(),
    }
}

async fn answer(app: &App, call: &script::Call, body: Option<Value>) -> (u16, Value) {
    let mut request = Request::builder().method(call.method.as_str()).uri(call.path.replace(' ', "%20"));
    if let Some(authorization) = &call.authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let Ok(request) = request.body(body) else { return (0, Value::Null) };
    let Ok(response) = app.router().oneshot(request).await;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Notes what a hook was given.
pub fn seen(hook: &str, input: String, call: &Call) {
    locked(&SEEN).push(format!("{hook} {input} {:?}", call.facts));
}

/// A gateway that takes every message.
///
/// # Errors
/// Never.
pub fn sent(sms: &Sms) -> Result<(), HookError> {
    locked(&SENT).push(sms.text.expose().clone());
    Ok(())
}
