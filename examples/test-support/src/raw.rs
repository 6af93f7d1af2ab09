//! HTTP by hand over one connection: whatever bytes a test wants to send, and whatever comes back, with its duration.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long an answer is awaited; the tests want it far sooner.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// True if the other side ends the connection.
    pub closes: bool,
    /// True if the same may be asked again in a moment.
    pub is_busy: bool,
    /// From the first byte sent to the last one read.
    pub took: Duration,
}

/// A connection that is opened when it is needed, and again when the other side has closed it.
#[derive(Debug)]
pub struct Connection {
    address: String,
    headers: String,
    stream: Option<TcpStream>,
}

impl Connection {
    /// To an address such as `http://127.0.0.1:8080`.
    pub fn to(address: &str) -> Connection {
        let address = address.trim_start_matches("http://").to_owned();
        Connection { address, headers: String::new(), stream: None }
    }

    /// With further header lines for every well framed request, each with its line end.
    #[must_use]
    pub fn with_headers(mut self, headers: &str) -> Connection {
        headers.clone_into(&mut self.headers);
        self
    }

    /// Sends a request that is well framed, and reads its answer.
    ///
    /// # Panics
    /// If there is none.
    pub fn send(&mut self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Response {
        let was_kept = self.stream.is_some();
        let answer = self.try_send(method, path, content_type, body);
        // A connection may have been closed since its last answer; a new one has not.
        let answer = answer.or_else(|| was_kept.then(|| self.try_send(method, path, content_type, body)).flatten());
        answer.unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// The same without a second try; nothing if there is no answer.
    ///
    /// # Panics
    /// If there is no connection to be had.
    pub fn try_send(&mut self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Option<Response> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\n{}content-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
            self.headers,
            body.len()
        );
        let mut stream = self.stream.take().unwrap_or_else(|| self.open());
        let began = Instant::now();
        let wrote = stream.write_all(&[head.as_bytes(), body].concat()).is_ok();
        let Answer { status, body, closes, is_busy } = read_answer(&mut stream).filter(|_| wrote)?;
        self.stream = (!closes).then_some(stream);
        Some(Response { status, body, closes, is_busy, took: began.elapsed() })
    }

    /// Sends bytes that need not be a request, ends writing, and reads until the other side closes.
    ///
    /// # Panics
    /// If there is no connection to be had.
    pub fn garbage(&self, bytes: &[u8]) -> (Vec<u8>, Duration) {
        let mut stream = self.open();
        let began = Instant::now();
        // The other side may have closed already; what it said before is still read.
        let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        (answer, began.elapsed())
    }

    /// True if it is kept for a further request.
    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    fn open(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        stream.set_nodelay(true).expect("a socket");
        stream
    }
}

/// The status of an answer, if the bytes begin one.
pub fn status_of(answer: &[u8]) -> Option<u16> {
    std::str::from_utf8(answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?).ok()?.parse().ok()
}

/// The body of the first answer of those that the bytes are; there may be several to bytes that are several requests.
pub fn body_of(mut answers: &[u8]) -> Vec<u8> {
    read_answer(&mut answers).map_or_else(Vec::new, |first| first.body)
}

struct Answer {
    status: u16,
    body: Vec<u8>,
    closes: bool,
    is_busy: bool,
}

fn read_answer(stream: &mut impl Read) -> Option<Answer> {
    let (mut read, mut piece) = (Vec::new(), [0_u8; 8192]);
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
            let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            let length = value("content-length:").map_or(0, |length| length.parse().expect("a length"));
            if read.len() >= end + 4 + length {
                let closes = value("connection:") == Some("close");
                return Some(Answer {
                    status: status_of(&read)?,
                    body: read[end + 4..end + 4 + length].to_vec(),
                    closes,
                    is_busy: value("retry-after:").is_some(),
                });
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
