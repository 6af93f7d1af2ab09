//! The line that the log has of each request. Of requests that were refused for overload there are as many as somebody wants to
//! send, and a line costs more than such an answer: each second has some of them, and their number.

use std::time::Duration;

use super::sampler::Sampler;
use crate::endpoint::Reply;
use crate::telemetry;

/// How many answers that say so have a line in each second.
const MOST: u32 = 10;

/// Writes the lines.
pub(crate) struct RequestLog {
    busy: Sampler,
}

impl Default for RequestLog {
    fn default() -> Self {
        RequestLog { busy: Sampler::new(MOST) }
    }
}

impl RequestLog {
    /// Writes the line of a request that began at this millisecond.
    pub fn write(&self, began: i64, status: u16, took: Duration, reply: &Reply) {
        let second = began.div_euclid(1_000);
        let left_out = match reply.busy {
            true => self.busy.room(second),
            false => Some(self.busy.left_out_before(second)),
        };
        let Some(left_out) = left_out else { return };
        if left_out > 0 {
            tracing::warn!(parent: None, left_out, "more requests were refused for overload");
        }
        let ms = took.as_millis() as u64;
        let because = reply.inner.as_deref().map(telemetry::line_safe);
        match (reply.fault, because) {
            (None, _) => tracing::info!(status, ms, "answered"),
            (Some(fault), None) => tracing::info!(status, ms, fault, "refused"),
            (Some(fault), Some(because)) if is_failure(fault) => tracing::error!(status, ms, fault, because, "failed"),
            (Some(fault), Some(because)) => tracing::warn!(status, ms, fault, because, "refused"),
        }
    }
}

/// True for what fails in the adapter or behind it, whatever status the API answers it with: some answer 500 to what a
/// caller or a user did wrong, which is nothing that an operator is woken for.
fn is_failure(fault: &str) -> bool {
    fault.starts_with("hook.")
        || fault.starts_with("store.")
        || matches!(fault, "unexpected" | "overloaded" | "sms.failed")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::fault::Fault;

    /// Keeps what is written.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn reply(fault: Option<Fault>) -> Reply {
        let busy = fault.as_ref().is_some_and(|fault| fault.busy);
        let (fault, inner) = fault.map_or((None, None), |fault| (Some(fault.name), fault.inner));
        Reply { status: 503, content_type: "", body: None, headers: Vec::new(), fault, inner, busy }
    }

    /// What is written while something is done.
    fn written(log: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(lines, log);
        let written = kept.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn an_error_is_what_fails_here_or_behind_whatever_its_status() {
        let level = |fault: &'static str, status| {
            let fault = Fault::new(fault).with_detail("why");
            let line = written(|| RequestLog::default().write(5_000, status, Duration::ZERO, &reply(Some(fault))));
            ["INFO", "WARN", "ERROR"].into_iter().find(|level| line.contains(level))
        };
        assert_eq!(level("body.malformed", 500), Some("WARN"));
        assert_eq!(level("hook.failed", 400), Some("ERROR"));
        assert_eq!(level("unexpected", 500), Some("ERROR"));
    }

    #[test]
    fn a_flood_of_busy_answers_has_few_lines_and_its_number() {
        let log = RequestLog::default();
        let written = written(|| {
            let write = |began, reply: &Reply| log.write(began, reply.status, Duration::ZERO, reply);
            (0..1_000).for_each(|at| write(5_000 + at % 1_000, &reply(Some(Fault::overloaded("too many")))));
            (0..20).for_each(|at| write(5_000 + at, &reply(None)));
            write(6_000, &reply(None));
        });
        let count = |text: &str| written.lines().filter(|line| line.contains(text)).count();
        assert_eq!((count("too many"), count("answered")), (10, 21), "others have a line each: {written}");
        assert_eq!(count("left_out=990"), 1, "{written}");
    }
}
