//! A small client that says which address it comes from, so that attackers and honest callers are different sources.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// True if it says when to come again.
    pub is_busy: bool,
    /// The body.
    pub body: Vec<u8>,
}

/// A connection that is kept between requests, and made again where it was closed.
pub struct Client {
    address: SocketAddr,
    source: Ipv4Addr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Client {
    /// A client of 127.0.0.`source`.
    pub fn new(address: SocketAddr, source: u8) -> Client {
        Client { address, source: Ipv4Addr::new(127, 0, 0, source), stream: None, buffer: Vec::new() }
    }

    /// A new connection.
    ///
    /// # Errors
    /// What the system says.
    pub async fn connect(&self) -> io::Result<TcpStream> {
        self.connect_on(TcpSocket::new_v4()?).await
    }

    /// A new connection that takes so many bytes before they are read.
    ///
    /// # Errors
    /// What the system says.
    pub async fn connect_with_room(&self, bytes: u32) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(bytes)?;
        self.connect_on(socket).await
    }

    async fn connect_on(&self, socket: TcpSocket) -> io::Result<TcpStream> {
        socket.bind(SocketAddrV4::new(self.source, 0).into())?;
        socket.connect(self.address).await
    }

    /// Asks, and gives the status. A kept connection that was closed meanwhile is made again.
    ///
    /// # Errors
    /// If a new connection does not bring an answer either.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        Ok(self.ask_all(request).await?.status)
    }

    /// The same with all of the answer.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn ask_all(&mut self, request: &[u8]) -> io::Result<Answered> {
        if let Some(mut stream) = self.stream.take()
            && let Ok(answered) = self.ask_on(&mut stream, request).await
        {
            self.stream = Some(stream);
            return Ok(answered);
        }
        let mut stream = self.connect().await?;
        let answered = self.ask_on(&mut stream, request).await?;
        self.stream = Some(stream);
        Ok(answered)
    }

    async fn ask_on(&mut self, stream: &mut TcpStream, request: &[u8]) -> io::Result<Answered> {
        stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(end) = find(&self.buffer, b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if self.buffer.len() >= end + 4 + length.unwrap_or(0) {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
                let status = status.ok_or(io::ErrorKind::InvalidData)?;
                let is_busy = head.contains("\r\nretry-after:");
                return Ok(Answered { status, is_busy, body: self.buffer.split_off(end + 4) });
            }
        }
    }
}

fn find(text: &[u8], sought: &[u8]) -> Option<usize> {
    text.windows(sought.len()).position(|window| window == sought)
}

/// A request as bytes; further headers stand one a line.
pub fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}Content-Length: \
         {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The socket behind `http://127.0.0.1:PORT`.
pub(super) fn socket(address: &str) -> SocketAddr {
    address.trim_start_matches("http://").trim_end_matches('/').parse().expect("an address")
}

/// How many cores there are.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Asks once for each core at once, twice.
pub(super) async fn ask_on_each_core(address: SocketAddr, request: &[u8]) {
    for _ in 0..2 {
        let asked = (0..cores()).map(|_| {
            let (mut client, request) = (Client::new(address, 1), request.to_owned());
            tokio::spawn(async move { client.ask(&request).await })
        });
        for one in asked.collect::<Vec<_>>() {
            one.await.expect("a task").expect("an answer");
        }
    }
}
