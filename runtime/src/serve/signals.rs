//! The signals that a process heeds: to stop, and to read its keys anew. Where there are no such signals, nobody sends
//! them.

use crate::start::StartError;

/// The signals that stop a process.
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    pub fn new() -> Result<Self, StartError> {
        Ok(Signals {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                .map_err(|why| StartError::System { what: "cannot wait for signals".to_owned(), why })?,
        })
    }

    #[cfg(unix)]
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }

    #[cfg(not(unix))]
    pub async fn wait(&mut self) {
        // If that cannot be waited for, the process ends as the system ends it.
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// The signal at which a process reads its keys anew.
pub(super) struct Hangups {
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
}

impl Hangups {
    pub fn new() -> Result<Self, StartError> {
        Ok(Hangups {
            #[cfg(unix)]
            hangup: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
                .map_err(|why| StartError::System { what: "cannot wait for signals".to_owned(), why })?,
        })
    }

    #[cfg(unix)]
    pub async fn wait(&mut self) {
        if self.hangup.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    #[cfg(not(unix))]
    pub async fn wait(&mut self) {
        std::future::pending::<()>().await;
    }
}
