//! File descriptors: as many as connections and stores may need. The system's usual limit is raised as far as the process
//! may; a start with too few is refused, since a port that cannot accept locks everybody out.

use crate::settings::Capacity;

/// For the store, the log, the hooks and whatever libraries open.
const BESIDE: u64 = 128;

/// Raises the limit if it is too low.
///
/// # Errors
/// What is missing, if the process may not raise it as far.
pub(super) fn make_room(capacity: &Capacity) -> Result<(), String> {
    let needed = required(capacity);
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        // No number is no limit.
        if current.is_none_or(|current| current >= needed) {
            return Ok(());
        }
        let raised = Rlimit { current: Some(maximum.map_or(needed, |most| most.min(needed))), maximum };
        if maximum.is_some_and(|most| most < needed) || setrlimit(Resource::Nofile, raised).is_err() {
            let most = maximum.or(current).unwrap_or_default();
            return Err(format!("{needed} file descriptors are needed for so many, and the process may have {most}"));
        }
    }
    Ok(())
}

fn required(capacity: &Capacity) -> u64 {
    (capacity.connections + capacity.operations) as u64 + BESIDE
}
