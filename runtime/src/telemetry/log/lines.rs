//! The lines that are to be written, and the thread that writes them, in batches. Whoever logs waits for nobody: lines for
//! which there is no room are left out and counted.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{LogForm, stamp};

/// The most bytes that wait to be written.
const MOST: usize = 1024 * 1024;
/// With so many bytes it does not wait any longer.
const BATCH: usize = 16 * 1024;
/// How long a line waits for others.
const WAIT: Duration = Duration::from_millis(10);
/// How long the end of the process waits for the lines.
const FLUSH: Duration = Duration::from_secs(2);

/// Lines on their way.
pub(super) struct Lines(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Something is there to be written, or it is urgent.
    wake: Condvar,
    /// What was there has been written.
    written: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    left_out: u64,
    /// Nothing is to be written, and the thread waits until something is.
    asleep: bool,
    /// The thread shall wait for no further lines.
    urgent: bool,
    /// The thread holds lines that it took.
    writing: bool,
    /// There is no thread, so that everyone writes alone.
    alone: bool,
}

impl Lines {
    /// Lines to this place, and the thread that writes them.
    pub fn to(form: LogForm, mut place: impl Write + Send + 'static) -> Lines {
        let shared = Arc::new(Shared::default());
        let writes = shared.clone();
        let write = move || {
            loop {
                let batch = writes.next_batch(form);
                // Whoever reads the log may be gone; there is nowhere else to report it.
                let _ = place.write_all(&batch).and_then(|()| place.flush());
                writes.done(batch);
            }
        };
        if std::thread::Builder::new().name("log".to_owned()).spawn(write).is_err() {
            shared.locked().alone = true;
        }
        Lines(shared)
    }

    /// Adds a line.
    pub fn push(&self, line: &[u8], is_urgent: bool) {
        let mut state = self.0.locked();
        if state.alone {
            let _ = std::io::stderr().write_all(line);
            return;
        }
        if state.waiting.len() + line.len() > MOST {
            state.left_out += 1;
            return;
        }
        let before = state.waiting.len();
        state.waiting.extend_from_slice(line);
        let is_full = before < BATCH && state.waiting.len() >= BATCH;
        let hurries = (is_urgent || is_full) && !state.urgent;
        state.urgent |= hurries;
        // Each wake-up is a system call, so there is one for all.
        let wakes = std::mem::take(&mut state.asleep) || hurries;
        drop(state);
        if wakes {
            self.0.wake.notify_one();
        }
    }

    /// Comes back once all lines were written, or if that takes too long.
    pub fn flush(&self) {
        let until = Instant::now() + FLUSH;
        let mut state = self.0.locked();
        state.urgent = true;
        self.0.wake.notify_one();
        while state.writing || !state.waiting.is_empty() {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return };
            let (waited, _) = self.0.written.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state = waited;
        }
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines that have come; waits for the first of them, and a little for others.
    fn next_batch(&self, form: LogForm) -> Vec<u8> {
        let mut state = self.locked();
        while state.waiting.is_empty() {
            state.asleep = true;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asleep = false;
        if !state.urgent {
            let (waited, _) = self.wake.wait_timeout(state, WAIT).unwrap_or_else(PoisonError::into_inner);
            state = waited;
        }
        state.urgent = false;
        state.writing = true;
        let left_out = std::mem::take(&mut state.left_out);
        let mut batch = std::mem::take(&mut state.waiting);
        drop(state);
        if left_out > 0 {
            write_left_out(form, left_out, &mut batch);
        }
        batch
    }

    fn done(&self, mut batch: Vec<u8>) {
        let mut state = self.locked();
        state.writing = false;
        // The room is used again, unless it is more than is usually needed.
        if state.waiting.is_empty() && batch.capacity() <= 4 * BATCH {
            batch.clear();
            state.waiting = batch;
        }
        self.written.notify_all();
    }
}

/// Says how many lines are missing.
fn write_left_out(form: LogForm, count: u64, batch: &mut Vec<u8>) {
    let (before, behind) = match form {
        LogForm::Json => {
            ("{\"timestamp\":\"", "\",\"level\":\"WARN\",\"message\":\"log lines were left out\",\"count\":")
        }
        LogForm::Text => ("", "  WARN log lines were left out count="),
    };
    batch.extend_from_slice(before.as_bytes());
    stamp::now(batch);
    batch.extend_from_slice(behind.as_bytes());
    batch.extend_from_slice(count.to_string().as_bytes());
    batch.extend_from_slice(if form == LogForm::Json { b"}\n" } else { b"\n" });
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A place that takes nothing until it may.
    struct Slow(Arc<Mutex<Vec<u8>>>, mpsc::Receiver<()>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.1.recv();
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Lines, Arc<Mutex<Vec<u8>>>, mpsc::Sender<()>) {
        let (may, receiver) = mpsc::channel();
        let written = Arc::new(Mutex::new(Vec::new()));
        (Lines::to(LogForm::Json, Slow(written.clone(), receiver)), written, may)
    }

    #[test]
    fn lines_come_in_order_and_whole() {
        let (lines, written, may) = slow();
        drop(may);
        let expected: String = (0..2000).map(|at| format!("line {at}\n")).collect();
        for line in expected.split_inclusive('\n') {
            lines.push(line.as_bytes(), false);
        }
        lines.flush();
        assert_eq!(String::from_utf8(written.lock().unwrap().clone()).unwrap(), expected);
    }

    #[test]
    fn a_place_that_takes_nothing_holds_up_nobody_and_what_is_left_out_is_counted() {
        let (lines, written, may) = slow();
        let line = [b'x'; 1024];
        let began = Instant::now();
        for _ in 0..3 * MOST / line.len() {
            lines.push(&line, true);
        }
        assert!(began.elapsed() < Duration::from_secs(2), "nobody waits");
        drop(may);
        lines.flush();
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let counts = written.split("\"count\":").skip(1).filter_map(|rest| rest.split_once('}')?.0.parse::<u64>().ok());
        let (told, lines_written) = (counts.sum::<u64>(), written.matches('x').count() / line.len());
        assert_eq!(lines_written as u64 + told, (3 * MOST / line.len()) as u64);
        assert!(told > 0 && lines_written >= MOST / line.len() - 1);
    }

    #[test]
    fn a_line_alone_is_written_soon() {
        let (lines, written, may) = slow();
        drop(may);
        lines.push(b"one\n", false);
        let until = Instant::now() + Duration::from_secs(2);
        while written.lock().unwrap().is_empty() {
            assert!(Instant::now() < until, "it was not written");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
