//! How many requests are under way on connections that carry several at once: as many as there may be connections, and of
//! one source as many as it may have connections. So whoever puts their requests on one connection gets no more done
//! than whoever opens one for each.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The requests of a port.
pub(super) struct Requests {
    all: usize,
    per_source: usize,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    by_source: HashMap<IpAddr, usize>,
}

/// A request that is under way, until this is dropped.
pub(super) struct UnderWay {
    requests: Arc<Requests>,
    source: Option<IpAddr>,
}

impl Requests {
    /// A port without requests.
    pub fn new(all: usize, per_source: usize) -> Arc<Self> {
        Arc::new(Requests { all, per_source, counts: Mutex::default() })
    }

    /// Room for a request of this source (none for a proxy, which speaks for many), if there is some.
    pub fn begin(self: &Arc<Self>, source: Option<IpAddr>) -> Option<UnderWay> {
        let mut counts = self.locked();
        if counts.all >= self.all {
            return None;
        }
        if let Some(source) = source {
            let of_source = counts.by_source.entry(source).or_default();
            if *of_source >= self.per_source {
                return None;
            }
            *of_source += 1;
        }
        counts.all += 1;
        Some(UnderWay { requests: self.clone(), source })
    }

    fn locked(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut counts = self.requests.locked();
        counts.all -= 1;
        let Some(source) = self.source else { return };
        if let Some(of_source) = counts.by_source.get_mut(&source) {
            *of_source -= 1;
            if *of_source == 0 {
                counts.by_source.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_share_and_gives_it_back() {
        let requests = Requests::new(3, 2);
        let source = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        let first = requests.begin(source(1)).unwrap();
        let second = requests.begin(source(1)).unwrap();
        assert!(requests.begin(source(1)).is_none(), "its share is taken");
        let proxy = requests.begin(None).unwrap();
        assert!(requests.begin(source(2)).is_none() && requests.begin(None).is_none(), "all are taken");
        drop((first, proxy));
        let third = requests.begin(source(1)).unwrap();
        assert!(requests.begin(source(1)).is_none());
        drop((second, third));
        let counts = requests.locked();
        assert_eq!((counts.all, counts.by_source.len()), (0, 0), "nothing is kept of sources that are gone");
    }
}
