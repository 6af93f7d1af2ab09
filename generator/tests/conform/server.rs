//! A server for the definition beside this file, written by hand, that is right but for what a test plants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value as Json, json};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    Nothing,
    OneCharacterMore,
    MissingIsFine,
    OtherKey,
    NoNullMember,
    NumberForText,
    OtherStatusForNobody,
    TextAccepted,
    MalformedIsServerError,
    HtmlErrors,
    AnyShelf,
    NoLimit,
    NobodyAsked,
    OtherMethodIsNotFound,
    NoSuchCode,
    LowestPageRefused,
}

/// Every deviation.
pub const ALL: [Planted; 15] = [
    Planted::OneCharacterMore,
    Planted::MissingIsFine,
    Planted::OtherKey,
    Planted::NoNullMember,
    Planted::NumberForText,
    Planted::OtherStatusForNobody,
    Planted::TextAccepted,
    Planted::MalformedIsServerError,
    Planted::HtmlErrors,
    Planted::AnyShelf,
    Planted::NoLimit,
    Planted::NobodyAsked,
    Planted::OtherMethodIsNotFound,
    Planted::NoSuchCode,
    Planted::LowestPageRefused,
];

/// The token that it knows.
pub const TOKEN: &str = "the-token";

/// Serves until the process ends; gives the address.
pub fn start(planted: Planted) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that hangs up is no concern of ours.
            let _ = answer(stream.unwrap(), planted);
        }
    });
    address
}

struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn answer(mut stream: TcpStream, planted: Planted) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let (status, media, text) = respond(&Request { method, path, headers, body }, planted);
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {media}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(text.as_bytes())
}

type Answer = (u16, &'static str, String);

fn failure(planted: Planted, status: u16, code: &str, key: Option<&str>) -> Answer {
    let media = if planted == Planted::HtmlErrors { "text/html" } else { "application/json" };
    let code = if planted == Planted::NoSuchCode && code == "WRONG" { "INVALID" } else { code };
    let fields = key.map_or(json!(null), |key| json!([key]));
    (status, media, json!({ "code": code, "message": key.unwrap_or(code), "fields": fields }).to_string())
}

fn respond(request: &Request, planted: Planted) -> Answer {
    let refuse = |status, code: &str, key: Option<&str>| failure(planted, status, code, key);
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if request.path != "/reader/find" {
        return refuse(404, "NOWHERE", None);
    }
    if request.method != "POST" {
        let status = if planted == Planted::OtherMethodIsNotFound { 404 } else { 405 };
        return refuse(status, "METHOD", None);
    }
    if header("authorization") != Some(&format!("Bearer {TOKEN}")) && planted != Planted::NobodyAsked {
        return refuse(401, "NOBODY", None);
    }
    if !header("content-type").unwrap_or_default().starts_with("application/json") && planted != Planted::TextAccepted {
        return refuse(415, "TYPE", None);
    }
    if request.body.len() > 2048 && planted != Planted::NoLimit {
        return refuse(413, "LARGE", None);
    }
    let malformed = if planted == Planted::MalformedIsServerError { 502 } else { 400 };
    let Ok(Json::Object(body)) = serde_json::from_slice(&request.body) else { return refuse(malformed, "WRONG", None) };
    match broken(&body, planted) {
        Some("malformed") => refuse(malformed, "WRONG", None),
        Some(key) => refuse(400, "WRONG", Some(if planted == Planted::OtherKey { "wrong" } else { key })),
        None => found(&body, planted),
    }
}

/// The key of the first broken rule.
fn broken(body: &serde_json::Map<String, Json>, planted: Planted) -> Option<&'static str> {
    let most = if planted == Planted::OneCharacterMore { 9 } else { 8 };
    match body.get("userId") {
        None | Some(Json::Null) if planted == Planted::MissingIsFine => {}
        None | Some(Json::Null) => return Some("field.missing"),
        Some(Json::String(text)) if text.len() > most => return Some("userId.long"),
        Some(Json::String(text)) if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Some("userId.form");
        }
        Some(Json::String(_)) => {}
        Some(_) => return Some("malformed"),
    }
    match body.get("shelf") {
        None | Some(Json::Null) => {}
        Some(shelf) if *shelf == "FICTION" || *shelf == "SCIENCE" || planted == Planted::AnyShelf => {}
        Some(_) => return Some("shelf.unknown"),
    }
    let least = if planted == Planted::LowestPageRefused { 2 } else { 1 };
    match body.get("pages") {
        None | Some(Json::Null) => None,
        Some(pages) => match pages.as_i64() {
            Some(pages) if (least..=500).contains(&pages) => None,
            Some(_) => Some("pages.wrong"),
            None => Some("malformed"),
        },
    }
}

fn found(body: &serde_json::Map<String, Json>, planted: Planted) -> Answer {
    let id = body.get("userId").and_then(Json::as_str).unwrap_or("12345678");
    if id == "99999999" {
        let status = if planted == Planted::OtherStatusForNobody { 400 } else { 404 };
        return failure(planted, status, "UNKNOWN", None);
    }
    let mut reader = json!({ "name": if id == "12345678" { json!("Ann") } else { Json::Null }, "id": id });
    if planted == Planted::NoNullMember && reader["name"].is_null() {
        reader.as_object_mut().unwrap().remove("name");
    }
    if planted == Planted::NumberForText {
        reader["id"] = json!(id.parse::<i64>().unwrap());
    }
    (200, "application/json", reader.to_string())
}
