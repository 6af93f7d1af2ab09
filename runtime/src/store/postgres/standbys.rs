//! Whether commits wait for a standby, as the server says of itself. What manages failovers may empty that setting when the
//! last standby goes, and PostgreSQL answers on without a warning: so it is looked at again and again, and a change is logged.

use std::sync::atomic::{AtomicU8, Ordering};

use super::Inner;
use super::session::{Object, Work};
use crate::store::StoreError;
use crate::telemetry;

const ARE_NAMED: &str = "SELECT current_setting('synchronous_standby_names') <> ''";

/// What was seen last.
#[derive(Default)]
pub(super) struct Standbys(AtomicU8);

const UNKNOWN: u8 = 0;
const NONE: u8 = 1;
const SOME: u8 = 2;

impl Standbys {
    /// Whether commits waited for one when it was last looked at.
    pub fn are_named(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            UNKNOWN => None,
            seen => Some(seen == SOME),
        }
    }

    fn see(&self, named: bool) {
        let before = self.0.swap(if named { SOME } else { NONE }, Ordering::Relaxed);
        telemetry::store_synchronous(named);
        match (before, named) {
            (SOME, false) => {
                tracing::error!("commits wait for no standby any more: what is answered now, a failover may lose")
            }
            (NONE, true) => tracing::info!("commits wait for a standby again"),
            (UNKNOWN, false) => tracing::warn!("commits wait for no standby: `synchronous_standby_names` is empty"),
            _ => {}
        }
    }
}

/// Looks at it.
pub(super) async fn check(inner: &Inner) -> Result<(), StoreError> {
    fn ask(connection: &Object) -> Work<'_, bool> {
        Box::pin(async move { Ok(connection.query_one(ARE_NAMED, &[]).await?.try_get(0)?) })
    }
    inner.standbys.see(inner.connections.with(ask).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_last_is_known() {
        let standbys = Standbys::default();
        assert_eq!(standbys.are_named(), None);
        for named in [false, true, true, false] {
            standbys.see(named);
            assert_eq!(standbys.are_named(), Some(named));
        }
    }
}
