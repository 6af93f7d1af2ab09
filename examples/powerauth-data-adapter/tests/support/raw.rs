//! HTTP by hand over one connection: whatever bytes a test wants to send, and whatever comes back, with its duration.
#![allow(dead_code, reason = "every test uses a part of it")]
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long an answer is awaited; the tests want it far sooner.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
    pub took: Duration,
}

/// A connection that is opened when it is needed, and again when the other side has closed it.
pub struct Connection {
    address: String,
    stream: Option<TcpStream>,
}

impl Connection {
    /// To an address such as `http://127.0.0.1:8080`.
    pub fn to(address: &str) -> Connection {
        Connection { address: address.trim_start_matches("http://").to_owned(), stream: None }
    }

    /// Sends a request that is well framed, and reads its answer.
    pub fn send(&mut self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Response {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let bytes = [head.as_bytes(), body].concat();
        // A connection may have been closed since its last answer; a new one has not.
        for _ in 0..2 {
            let fresh = self.stream.is_none();
            let mut stream = self.stream.take().unwrap_or_else(|| self.open());
            let began = Instant::now();
            let wrote = stream.write_all(&bytes).is_ok();
            if let Some(read) = read_answer(&mut stream).filter(|_| wrote) {
                if !read.closes {
                    self.stream = Some(stream);
                }
                return Response { status: read.status, body: read.body, took: began.elapsed() };
            }
            assert!(!fresh, "no answer to {method} {path}");
        }
        unreachable!("a fresh connection was tried")
    }

    /// Sends bytes that need not be a request, ends writing, and reads until the other side closes.
    pub fn garbage(&self, bytes: &[u8]) -> (Vec<u8>, Duration) {
        let mut stream = self.open();
        let began = Instant::now();
        // The other side may have closed already; what it said before is still read.
        let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        (answer, began.elapsed())
    }

    fn open(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }
}

/// The status of an answer, if the bytes begin one.
pub fn status_of(answer: &[u8]) -> Option<u16> {
    std::str::from_utf8(answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?).ok()?.parse().ok()
}

struct Answer {
    status: u16,
    body: Vec<u8>,
    closes: bool,
}

fn read_answer(stream: &mut TcpStream) -> Option<Answer> {
    let (mut read, mut piece) = (Vec::new(), [0_u8; 8192]);
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
            let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            let length = value("content-length:").map_or(0, |length| length.parse().unwrap());
            if read.len() >= end + 4 + length {
                let closes = value("connection:") == Some("close");
                return Some(Answer { status: status_of(&read)?, body: read[end + 4..].to_vec(), closes });
            }
        }
        match stream.read(&mut piece) {
            Ok(0) => return None,
            Ok(count) => read.extend_from_slice(&piece[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("no answer within {PATIENCE:?}")
            }
            Err(_) => return None,
        }
    }
}
