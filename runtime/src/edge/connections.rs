//! Which connections are open on a port, and who makes room for the next one: where all places are taken, whoever has
//! waited for its caller the longest. A source has a share of the places, and some are kept for those who have shown a
//! credential. What a connection is doing stands in its [`Phase`].

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicIsize, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::longest::{Longest, Waiting};
use super::phase::{self, Phase};
use super::under_way::Requests;
#[cfg(feature = "tls")]
use super::under_way::UnderWay;
use crate::shares::network;
use crate::telemetry;

/// Nobody is closed for others who has waited for less, in milliseconds: whoever has just connected gets the time to say
/// something.
const GRACE: u64 = 50;

/// The same of those of one source that has its share, unless they are between two requests: it makes room for itself, but not at
/// any rate.
const GRACE_IN_SHARE: u64 = 250;

/// So many that were asked to close may still be about to: whoever is let in does not wait for each of them, since thousands may
/// come at once.
const ENDING: usize = 64;

/// How often one looks again where everybody is being worked for.
const AGAIN: Duration = Duration::from_millis(10);

/// How many connections there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places {
    /// The port's name, for the metrics.
    pub port: &'static str,
    /// At once.
    pub all: usize,
    /// Of one source.
    pub per_source: usize,
    /// That only those take who have shown a credential.
    pub reserved: usize,
}

/// The connections of a port.
pub(crate) struct Connections {
    places: Places,
    /// Those on connections that carry several.
    requests: Arc<Requests>,
    slots: Arc<Semaphore>,
    next: AtomicU64,
    /// How many have shown a credential, those asked to close among them.
    authenticated: Arc<AtomicIsize>,
    open: Mutex<AllOpen>,
}

#[derive(Default)]
struct AllOpen {
    by_number: BTreeMap<u64, Open>,
    by_source: HashMap<IpAddr, OfSource>,
    /// How many were asked to close, and how many of those had shown a credential.
    closing: usize,
    closing_authenticated: usize,
    longest: Longest,
    /// Of those that have shown no credential.
    longest_unknown: Longest,
}

/// The connections of one source.
#[derive(Default)]
struct OfSource {
    open: usize,
    /// How many of them were asked to close.
    closing: usize,
    longest: Longest,
    /// Of those between two requests.
    longest_idle: Longest,
}

/// An open connection.
pub(super) struct Open {
    source: Option<IpAddr>,
    pub phase: Phase,
    /// It was asked to close.
    pub is_closing: bool,
    /// It had shown a credential then.
    was_authenticated: bool,
}

/// A connection's place, given back when it is dropped.
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    phase: Phase,
    _slot: OwnedSemaphorePermit,
}

/// Why somebody was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// All places were taken.
    Full,
    /// Those of the source were.
    SourceShare,
}

impl Connections {
    /// A port without connections.
    pub fn new(places: Places) -> Arc<Self> {
        let all = places.all.max(1);
        let places = Places { all, reserved: places.reserved.min(all - 1), ..places };
        let slots = Arc::new(Semaphore::new(all + ENDING));
        let requests = Requests::new(places.all, places.per_source);
        let (next, authenticated, open) = (AtomicU64::new(0), Arc::default(), Mutex::default());
        Arc::new(Connections { places, requests, slots, next, authenticated, open })
    }

    /// How many there are that were not asked to close.
    pub fn open(&self) -> usize {
        self.locked().live()
    }

    /// How many there may be.
    pub fn limit(&self) -> usize {
        self.places.all
    }

    /// The port's name.
    pub fn port(&self) -> &'static str {
        self.places.port
    }

    /// A place for a connection of this source (none for a proxy, which speaks for many), as soon as there is one.
    /// Nothing if the source has its share already, and all of it is being worked on.
    pub(super) async fn admit(self: &Arc<Self>, source: Option<IpAddr>) -> Option<Place> {
        let source = source.map(network);
        if source.is_some_and(|source| !self.is_within_share(source)) {
            telemetry::connection_refused(self.places.port);
            return None;
        }
        loop {
            if self.is_room() {
                if let Ok(slot) = tokio::time::timeout(AGAIN, self.slots.clone().acquire_owned()).await {
                    return Some(self.enter(source, slot.ok()?));
                }
            } else {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Room for a request on a connection of this source that carries several, if there is some.
    #[cfg(feature = "tls")]
    pub(super) fn under_way(&self, source: Option<IpAddr>) -> Option<UnderWay> {
        self.requests.begin(source.map(network))
    }

    /// Waits until every connection has ended.
    pub(super) async fn all_closed(&self) {
        let all = u32::try_from(self.places.all + ENDING).unwrap_or(u32::MAX);
        // It is never closed.
        let _ = self.slots.acquire_many(all).await;
    }

    /// True if the source may have one more, also because one of its own that waits was asked to close: otherwise the newest
    /// would be refused in its place.
    fn is_within_share(&self, source: IpAddr) -> bool {
        if self.places.per_source >= self.places.all {
            return true;
        }
        let mut open = self.locked();
        let theirs = open.by_source.get(&source).map_or(0, |theirs| theirs.open - theirs.closing);
        theirs < self.places.per_source || {
            let longest = open.longest_of(source).filter(|one| has_waited(*one, GRACE_IN_SHARE));
            let longest = longest.or_else(|| open.longest_idle_of(source));
            self.close(&mut open, longest, Why::SourceShare)
        }
    }

    /// True if there is a place, also because another was asked to close.
    fn is_room(&self) -> bool {
        let (mut open, for_strangers) = (self.locked(), self.places.all - self.places.reserved);
        if open.by_number.len() < for_strangers {
            return true;
        }
        let authenticated = usize::try_from(self.authenticated.load(Ordering::Acquire)).unwrap_or(0);
        let authenticated = authenticated.saturating_sub(open.closing_authenticated);
        let longest = if open.live().saturating_sub(authenticated) >= for_strangers {
            open.longest_unknown()
        } else if open.live() < self.places.all {
            return true;
        } else {
            open.longest()
        };
        self.close(&mut open, longest.filter(|one| has_waited(*one, GRACE)), Why::Full)
    }

    fn close(&self, open: &mut AllOpen, waiting: Option<Waiting>, why: Why) -> bool {
        let is_closed = waiting.is_some_and(|waiting| open.close(waiting.number));
        if is_closed {
            let why = match why {
                Why::Full => "full",
                Why::SourceShare => "source_share",
            };
            telemetry::connection_evicted(self.places.port, why);
        }
        is_closed
    }

    fn enter(self: &Arc<Self>, source: Option<IpAddr>, slot: OwnedSemaphorePermit) -> Place {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let phase = Phase::counted_in(self.authenticated.clone());
        let open = Open { source, phase: phase.clone(), is_closing: false, was_authenticated: false };
        self.locked().add(number, open);
        Place { connections: self.clone(), number, phase, _slot: slot }
    }

    fn locked(&self) -> MutexGuard<'_, AllOpen> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// What the connection is doing.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.locked();
        self.phase.gone();
        open.remove(self.number);
    }
}

impl AllOpen {
    fn add(&mut self, number: u64, open: Open) {
        if let Some(source) = open.source {
            self.by_source.entry(source).or_default().open += 1;
        }
        self.by_number.insert(number, open);
    }

    fn remove(&mut self, number: u64) {
        let Some(Open { source, is_closing, was_authenticated, .. }) = self.by_number.remove(&number) else { return };
        self.closing -= usize::from(is_closing);
        self.closing_authenticated -= usize::from(was_authenticated);
        let Some((source, theirs)) = source.and_then(|source| Some((source, self.by_source.get_mut(&source)?))) else {
            return;
        };
        theirs.open -= 1;
        theirs.closing -= usize::from(is_closing);
        if theirs.open == 0 {
            self.by_source.remove(&source);
        }
    }

    /// Asks a connection to close; false if it no longer waits for its caller.
    fn close(&mut self, number: u64) -> bool {
        let Some(open) = self.by_number.get_mut(&number).filter(|open| !open.is_closing && open.phase.close()) else {
            return false;
        };
        (open.is_closing, open.was_authenticated) = (true, open.phase.is_authenticated());
        self.closing += 1;
        self.closing_authenticated += usize::from(open.was_authenticated);
        if let Some(theirs) = open.source.and_then(|source| self.by_source.get_mut(&source)) {
            theirs.closing += 1;
        }
        true
    }

    /// How many were not asked to close.
    fn live(&self) -> usize {
        self.by_number.len() - self.closing
    }

    /// Whoever has waited for its caller the longest.
    fn longest(&mut self) -> Option<Waiting> {
        longest(&mut self.longest, &self.by_number, |_| true)
    }

    /// The same of those that have shown no credential.
    fn longest_unknown(&mut self) -> Option<Waiting> {
        longest(&mut self.longest_unknown, &self.by_number, |open| !open.phase.is_authenticated())
    }

    /// The same of one source.
    fn longest_of(&mut self, source: IpAddr) -> Option<Waiting> {
        let theirs = self.by_source.get_mut(&source)?;
        longest(&mut theirs.longest, &self.by_number, |open| open.source == Some(source))
    }

    /// The same of one source, between two requests.
    fn longest_idle_of(&mut self, source: IpAddr) -> Option<Waiting> {
        let theirs = self.by_source.get_mut(&source)?;
        let is_idle = |open: &Open| open.source == Some(source) && open.phase.doing() == phase::Doing::Idle;
        longest(&mut theirs.longest_idle, &self.by_number, is_idle)
    }
}

/// Whoever has waited the longest of those that count; of equals the oldest.
fn longest(of: &mut Longest, all: &BTreeMap<u64, Open>, counts: impl Fn(&Open) -> bool) -> Option<Waiting> {
    let waiting = |number: u64, open: &Open| Waiting::of(number, open).filter(|_| counts(open));
    let still = |one: Waiting| all.get(&one.number).and_then(|open| waiting(one.number, open)) == Some(one);
    of.first(phase::now(), still, || all.iter().filter_map(|(number, open)| waiting(*number, open)))
}

/// True for whoever has waited for so many milliseconds.
fn has_waited(waiting: Waiting, grace: u64) -> bool {
    phase::now().saturating_sub(waiting.since) >= grace
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places = Places { port: "test", all: 8, per_source: 4, reserved: 2 };
    const LONG: Duration = Duration::from_millis(2 * GRACE_IN_SHARE);

    fn source(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    /// Connections that wait for their callers, each for longer than the next.
    async fn waiting(connections: &Arc<Connections>, sources: impl IntoIterator<Item = Option<IpAddr>>) -> Vec<Place> {
        let mut places = Vec::new();
        for source in sources {
            places.push(connections.admit(source).await.unwrap());
            tokio::time::advance(LONG).await;
        }
        places
    }

    fn is_closed(place: &Place) -> bool {
        place.phase().doing() == phase::Doing::Closed
    }

    /// True if one more gets a place, those that are asked to close being gone at once.
    async fn enters(connections: &Arc<Connections>, places: &mut Vec<Place>, source: Option<IpAddr>) -> bool {
        let asked = {
            let connections = connections.clone();
            tokio::spawn(async move { connections.admit(source).await })
        };
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        places.retain(|place| !is_closed(place));
        let asking = asked.abort_handle();
        match tokio::time::timeout(20 * AGAIN, asked).await {
            Ok(place) => place.unwrap().map(|place| places.push(place)).is_some(),
            Err(_) => {
                asking.abort();
                false
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_waited_the_longest_makes_room() {
        let connections = Connections::new(Places { reserved: 0, ..PLACES });
        let mut places = waiting(&connections, (0..8).map(source)).await;
        places[0].phase().begin();
        places[1].phase().begin();
        places[1].phase().answering();
        assert!(!places.iter().any(is_closed));
        assert!(enters(&connections, &mut places, source(100)).await);
        let left: Vec<_> = places.iter().map(|place| place.number).collect();
        assert_eq!(
            left,
            [0, 1, 3, 4, 5, 6, 7, 8],
            "0 is worked for, 1 has just been answered, 2 has waited the longest"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_body_and_an_answer_that_nobody_reads_are_waiting_too() {
        let connections = Connections::new(Places { reserved: 0, all: 2, ..PLACES });
        let mut places = waiting(&connections, [source(1), source(2)]).await;
        places[0].phase().begin();
        places[1].phase().begin();
        assert!(!enters(&connections, &mut places, source(3)).await, "everybody is worked for");
        places[0].phase().awaits_body();
        tokio::time::advance(LONG).await;
        places[1].phase().answering();
        tokio::time::advance(LONG).await;
        for (number, left) in [(3, [1, 2]), (4, [2, 3])] {
            assert!(enters(&connections, &mut places, source(number)).await);
            assert_eq!(places.iter().map(|place| place.number).collect::<Vec<u64>>(), left);
            tokio::time::advance(LONG).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_has_a_share_and_makes_room_for_itself() {
        let connections = Connections::new(PLACES);
        let mut places = waiting(&connections, [source(9), source(1), source(1), source(1), source(1)]).await;
        assert!(enters(&connections, &mut places, source(1)).await, "there are places, but not for this source");
        assert_eq!(places.iter().map(|place| place.number).collect::<Vec<_>>(), [0, 2, 3, 4, 5], "its own longest");
        places.iter().for_each(|place| assert!(place.phase().begin()));
        assert!(!enters(&connections, &mut places, source(1)).await, "all of its share is being worked on");
        tokio::time::advance(AGAIN).await;
        assert!(enters(&connections, &mut places, source(2)).await, "others come in");
        assert!(enters(&connections, &mut places, None).await, "a proxy has no share");
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_of_ipv6_is_one_source() {
        let connections = Connections::new(PLACES);
        let address = |last: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 1, last, 0, 0, last]));
        let mut places = waiting(&connections, (0..4).map(address)).await;
        assert!(enters(&connections, &mut places, address(4)).await);
        assert_eq!(places.iter().map(|place| place.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_never_take_the_places_of_those_who_showed_a_credential() {
        let connections = Connections::new(PLACES);
        let mut places = waiting(&connections, (0..2).map(source)).await;
        places.iter().for_each(|place| place.phase().authenticated());
        places.extend(waiting(&connections, (2..8).map(source)).await);
        for number in 100..110 {
            assert!(enters(&connections, &mut places, source(number)).await);
            tokio::time::advance(LONG).await;
        }
        let known: Vec<_> =
            places.iter().filter(|place| place.phase().is_authenticated()).map(|place| place.number).collect();
        assert_eq!((known, places.len()), (vec![0, 1], 8), "they have waited the longest of all, and stay");
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_what_is_reserved_those_who_showed_a_credential_make_room_too() {
        let connections = Connections::new(PLACES);
        let mut places = waiting(&connections, (0..8).map(source).take(5)).await;
        places.iter().for_each(|place| place.phase().authenticated());
        places.extend(waiting(&connections, (5..8).map(source)).await);
        assert!(enters(&connections, &mut places, source(100)).await);
        assert_eq!(places.iter().map(|place| place.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_just_come_is_not_closed_for_the_next() {
        let connections = Connections::new(Places { all: 1, ..PLACES });
        let first = connections.admit(source(1)).await.unwrap();
        tokio::time::advance(Duration::from_millis(GRACE / 4)).await;
        let second = tokio::time::timeout(Duration::from_millis(GRACE / 4), connections.admit(source(2))).await;
        assert!(second.is_err() && !is_closed(&first));
    }
}
