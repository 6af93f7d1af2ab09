//! The eight requests. Some must differ each time: a code of its own for each operation. Other servers are asked what the command
//! line names.

use anyhow::{Context, Result};

/// A request that is sent over and over.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub name: &'static str,
    path: &'static str,
    body: Option<&'static str>,
    /// The status that must come back.
    pub status: u16,
    /// The body has an operation id that is another one each time.
    pub differs: bool,
}

/// The operation id in the bodies that differ.
const OPERATION: &str = "371526cc-5dee-414e-8418-5ee1c5ef2d67";

const DEFAULT: Endpoint = Endpoint { name: "", path: "", body: None, status: 200, differs: false };

pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint { name: "status", path: "/api/service/status", ..DEFAULT },
    Endpoint {
        name: "lookup",
        path: "/api/auth/user/lookup",
        body: Some(include_str!("../../../requests/lookup.json")),
        ..DEFAULT
    },
    Endpoint {
        name: "lookup-invalid",
        path: "/api/auth/user/lookup",
        body: Some(include_str!("../../../requests/lookup-invalid.json")),
        status: 400,
        ..DEFAULT
    },
    Endpoint {
        name: "info",
        path: "/api/auth/user/info",
        body: Some(include_str!("../../../requests/info.json")),
        ..DEFAULT
    },
    Endpoint {
        name: "sms-create",
        path: "/api/auth/sms/create",
        body: Some(include_str!("../../../requests/sms-create.json")),
        differs: true,
        ..DEFAULT
    },
    Endpoint {
        name: "sms-verify",
        path: "/api/auth/sms/verify",
        body: Some(include_str!("../../../requests/sms-verify.json")),
        ..DEFAULT
    },
    Endpoint {
        name: "decorate",
        path: "/api/operation/formdata/decorate",
        body: Some(include_str!("../../../requests/decorate.json")),
        ..DEFAULT
    },
    Endpoint {
        name: "consent-validate",
        path: "/api/auth/consent/validate",
        body: Some(include_str!("../../../requests/consent-validate.json")),
        ..DEFAULT
    },
];

/// The endpoint of this name.
pub fn named(name: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.name == name)
}

impl Endpoint {
    /// The request with other texts in its body: what is there, and what comes in its place.
    pub fn with(&self, changes: &[(&str, &str)]) -> Vec<u8> {
        let body =
            changes.iter().fold(self.body.unwrap_or_default().to_owned(), |body, (old, new)| body.replace(old, new));
        self.posted(&body).into_bytes()
    }

    fn posted(&self, body: &str) -> String {
        format!(
            "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            body.len()
        )
    }

    /// `name=path=file`, the file with the body of a POST. It is kept for as long as the process lives.
    pub fn posted_to(text: &str) -> Result<Endpoint> {
        let mut parts = text.splitn(3, '=');
        let mut next = || parts.next().map(|part| -> &'static str { part.to_owned().leak() });
        let (name, path, file) = (next().zip(next()).zip(next()))
            .map(|((name, path), file)| (name, path, file))
            .context("`name=path=file` is expected")?;
        let body = std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?;
        Ok(Endpoint { name, path, body: Some(body.leak()), ..DEFAULT })
    }

    /// The request's bytes, and where in them the operation id stands if it differs.
    pub fn bytes(&self) -> (Vec<u8>, Option<usize>) {
        let request = match self.body {
            None => format!("GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", self.path),
            Some(body) => self.posted(body),
        };
        let place = if self.differs { request.find(OPERATION) } else { None };
        (request.into_bytes(), place)
    }
}
