//! A program that runs beside this one and ends with it: when it ends by itself, is told to, or this program is given up.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// How often it is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long a server may take until it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// How long it may take to end after it was told to; then it is killed.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// The program.
pub struct Running(pub Child);

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub enum HowItEnded {
    /// By itself.
    ByItself(ExitStatus),
    /// Since this program was told to stop.
    Stopped,
}

impl Running {
    /// Waits until it has ended. Told to stop, it passes that on at once: whoever stops this program alone, and not the
    /// terminal's whole group, waits for nothing.
    pub fn wait(&mut self, stopped: &AtomicBool) -> anyhow::Result<HowItEnded> {
        loop {
            if let Some(status) = self.0.try_wait().context("cannot wait for a program")? {
                let is_stopped = stopped.load(Ordering::Relaxed);
                return Ok(if is_stopped { HowItEnded::Stopped } else { HowItEnded::ByItself(status) });
            }
            if stopped.load(Ordering::Relaxed) {
                self.stop()?;
                return Ok(HowItEnded::Stopped);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Waits until it listens; false if this program was told to stop before.
    pub fn listens(&mut self, listen: SocketAddr, stopped: &AtomicBool) -> anyhow::Result<bool> {
        let began = Instant::now();
        while TcpStream::connect_timeout(&listen, Duration::from_millis(200)).is_err() {
            if stopped.load(Ordering::Relaxed) {
                self.stop()?;
                return Ok(false);
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("the adapter did not start: {status}");
            }
            if began.elapsed() > STARTS_WITHIN {
                bail!("the adapter does not listen on {listen}");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Ok(true)
    }

    /// Asks it to end, and kills it if it does not.
    fn stop(&mut self) -> anyhow::Result<()> {
        self.ask_to_end();
        let asked = Instant::now();
        while asked.elapsed() < ENDS_WITHIN {
            if self.0.try_wait().context("cannot wait for a program")?.is_some() {
                return Ok(());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        self.0.kill().context("cannot end a program")
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        use rustix::process::{Pid, Signal, kill_process};
        // It may have ended.
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
    }

    /// Where programs cannot be asked, they are killed.
    #[cfg(not(unix))]
    fn ask_to_end(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn running(script: &str) -> Running {
        Running(Command::new("sh").args(["-c", script]).spawn().unwrap())
    }

    #[test]
    fn who_is_told_to_stop_ends_what_runs_beside_it_at_once() {
        let stopped = AtomicBool::new(true);
        let began = Instant::now();
        let mut adapter = running("exec sleep 60");
        assert_eq!(adapter.wait(&stopped).unwrap(), HowItEnded::Stopped);
        assert!(!adapter.listens(([127, 0, 0, 1], 1).into(), &stopped).unwrap());
        assert!(began.elapsed() < ENDS_WITHIN, "{:?}", began.elapsed());
    }

    #[test]
    fn what_does_not_listen_to_that_is_killed() {
        let began = Instant::now();
        let mut adapter = running("trap '' TERM; while :; do sleep 1; done");
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(adapter.wait(&AtomicBool::new(true)).unwrap(), HowItEnded::Stopped);
        assert!(began.elapsed() >= ENDS_WITHIN);
        assert!(adapter.0.wait().unwrap().code().is_none());
    }

    #[test]
    fn what_ends_by_itself_says_how() {
        let ended = running("exit 3").wait(&AtomicBool::new(false)).unwrap();
        assert!(matches!(ended, HowItEnded::ByItself(status) if status.code() == Some(3)), "{ended:?}");
    }
}
