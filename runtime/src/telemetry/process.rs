//! What the system says of this process, by the names that such metrics have everywhere. Where it says nothing, neither do
//! the metrics.

/// Reads memory, files and the time of the start.
pub(super) fn read() {
    if let Some(start_time) = start_time() {
        metrics::gauge!("process_start_time_seconds").set(start_time);
    }
    if let Some(bytes) = resident() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(open.count() as f64);
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        if let Some(most) = getrlimit(Resource::Nofile).current {
            metrics::gauge!("process_max_fds").set(most as f64);
        }
    }
}

/// Seconds since 1970, as far as the process knows: when it first asked.
fn start_time() -> Option<f64> {
    static START_TIME: std::sync::OnceLock<Option<f64>> = std::sync::OnceLock::new();
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok();
    *START_TIME.get_or_init(|| now().map(|since| since.as_secs_f64()))
}

/// Called at the start, so that the start is what is reported.
pub(super) fn begin() {
    start_time();
}

/// The memory of the process, in bytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}
