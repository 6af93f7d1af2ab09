//! Speaks HTTP with the server: whatever is asked, as it is, and whatever comes back.

use std::time::Duration;

use serde_json::Value as Json;
use ureq::http::Request;

use super::ask::{Ask, Credential};
use super::{ConformError, Server};
use crate::model::{Adapter, Callers};

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server to speak with.
pub struct Client {
    agent: ureq::Agent,
    url: String,
    /// The header that shows who calls.
    authorization: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Without parameters, in small letters.
    pub media: String,
    pub text: String,
    pub json: Option<Json>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
}

impl Client {
    /// A client of a server.
    pub fn new(of: &Adapter, server: &Server) -> Result<Client, ConformError> {
        let url = server.url.trim_end_matches('/').to_owned();
        if !url.starts_with("http://") || url.contains(['?', '#', ' ']) {
            return Err(ConformError::Address(server.url.clone()));
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let authorization = server.credential.as_ref().map(|credential| shown(of, credential));
        Ok(Client { agent, url, authorization })
    }

    /// Looks whether there is anybody.
    pub fn knock(&self) -> Result<(), ConformError> {
        let request = Request::builder().method("GET").uri(format!("{}/", self.url)).body(());
        let request = request.map_err(|error| ConformError::Silent(self.url.clone(), error.to_string()))?;
        self.agent.run(request).map(drop).map_err(|error| ConformError::Silent(self.url.clone(), error.to_string()))
    }

    /// True if it knows what callers show.
    pub fn has_credential(&self) -> bool {
        self.authorization.is_some()
    }

    /// Sends a request.
    ///
    /// # Errors
    /// What the client says of the connection.
    pub fn send(&self, ask: &Ask) -> Result<Answer, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let mut request = Request::builder()
            .method(ask.method.as_str())
            .uri(format!("{}{}", self.url, ask.path))
            .header("accept", "*/*");
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let authorization = match &ask.credential {
            Credential::Usual => self.authorization.clone(),
            Credential::Session(token) => Some(format!("Bearer {token}")),
            Credential::Wrong => Some(wrong(self.authorization.as_deref())),
            Credential::Nothing => None,
        };
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if ask.waits {
            request = request.header("expect", "100-continue");
        }
        let answer = match &ask.body {
            Some(body) => {
                let request = request.header("content-type", ask.media.as_str()).body(body.clone());
                self.agent.run(request.map_err(|error| text(&error))?)
            }
            None => self.agent.run(request.body(()).map_err(|error| text(&error))?),
        };
        let mut answer = answer.map_err(|error| text(&error))?;
        let media = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let status = answer.status().as_u16();
        let pairs = answer.headers().iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?)));
        let headers = pairs.map(|(name, value)| (name, value.to_owned())).collect();
        let body = answer.body_mut().read_to_string().map_err(|error| text(&error))?;
        Ok(Answer { status, media, json: serde_json::from_str(&body).ok(), text: body, headers })
    }
}

/// The header's value for a credential.
fn shown(of: &Adapter, credential: &str) -> String {
    match of.callers {
        Callers::Basic(_) => format!("Basic {}", base64(credential.as_bytes())),
        Callers::Bearer | Callers::None(_) => format!("Bearer {credential}"),
    }
}

/// One of the same form that nobody has.
fn wrong(usual: Option<&str>) -> String {
    match usual {
        Some(usual) if usual.starts_with("Basic ") => format!("Basic {}", base64(b"nobody:nothing-of-the-kind")),
        _ => "Bearer nothing-of-the-kind".to_owned(),
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |six: u32| LETTERS.get(six as usize & 63).map_or('=', |letter| char::from(*letter));
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        text.push(letter(all >> 18));
        text.push(letter(all >> 12));
        text.push(if three.len() > 1 { letter(all >> 6) } else { '=' });
        text.push(if three.len() > 2 { letter(all) } else { '=' });
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_are_written_as_base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("demo:x", "ZGVtbzp4")] {
            assert_eq!(super::base64(bytes.as_bytes()), text);
        }
    }
}
