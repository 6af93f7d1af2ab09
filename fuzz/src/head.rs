//! Bytes on a connection, as a caller might send them: the connection ends in time, and whatever is answered is HTTP.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::apis::APIS;
use crate::oracle;

/// How long a connection may live after its last byte; the limits of the served adapter are a tenth of this.
const LONGEST: Duration = Duration::from_secs(5);

fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
                let app = APIS[1].start();
                let (_keep, stop) = watch::channel(false);
                app.serve(listener, stop).await;
            });
        });
        told.recv().expect("a server")
    })
}

pub fn run(data: &[u8]) {
    oracle::watch();
    let mut stream = TcpStream::connect(address()).expect("a connection");
    stream.set_read_timeout(Some(LONGEST)).expect("a timeout");
    // The server may end the connection while it is still written to.
    let _ = stream.write_all(data).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert!(error.kind() == std::io::ErrorKind::ConnectionReset, "the connection did not end: {error}");
    }
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "no HTTP: {}", answer.escape_ascii());
}
