//! How long the bank's code took lately, and what became of messages, so that a call which is not made takes as long and
//! ends alike; and the whole milliseconds in which answers go, so that small differences in what was done are not seen. The timers
//! of the server's own runtime would sleep for whole milliseconds from when its thread falls asleep: a call that kept the thread
//! awake for a fifth of one would end that much later than a call that is not made. These here keep to the time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_timer::Delay;
use futures_util::FutureExt;
use futures_util::future::Shared;
use rand::RngExt;
use tokio::time::Instant;

use crate::fault::Fault;
use crate::hooks::SmsOutcome;
use crate::store::Millis;

/// How many durations are remembered.
const REMEMBERED: usize = 64;

/// How many of the latest messages say what becomes of one that is not sent: few, so that a gateway that begins to fail,
/// or works again, is followed soon.
const FOLLOWED: usize = 8;

/// For how long a message that was not sent says so. Where nothing was sent since, the gateway may work again.
const FRESH: Millis = 5 * 60 * 1000;

/// How late a timer is: by the slack that the system gives it, and by its way back to the task.
const LATE: Duration = Duration::from_micros(60);

/// The most that is allowed for timers which are later than that.
const LATEST: Duration = Duration::from_millis(2);

/// What answers sooner is no gateway of a network: a demo, or a queue in the same program.
const NO_NETWORK: Duration = Duration::from_millis(1);

/// Waits until a whole millisecond since then, after so long at least. Few differences of less than that are seen so: those alone
/// that lie across the end of one.
async fn whole_millisecond(began: Instant, least: Duration) {
    let whole = Duration::from_millis(started_millis(began.elapsed().max(least)));
    Delay::new(whole.saturating_sub(began.elapsed())).await;
}

/// How long the bank's code took lately.
#[derive(Debug, Default)]
pub struct Latency {
    /// To take a message, and what became of it.
    pub sms: Deliveries,
    /// To check a password, where the bank does that itself.
    pub password: Durations,
    /// What answers wait for that need no timer of their own.
    ticks: Ticks,
    lateness: Lateness,
}

impl Latency {
    /// Waits until a call that began then has taken so long, made or not, and from there until a whole millisecond since it began.
    /// What was really made has taken that long already, and passes by the timer all the same: a task or a timer that slept all
    /// along is slower for what comes next, by a hundredth to a tenth of a millisecond. Both wait for as long as timers were late
    /// of late, so that one which slept through a whole call, and wakes the later for it, still ends with the millisecond that the
    /// other does. Each has timers of its own: whole milliseconds that all share stand in some fixed relation to those in which
    /// others sleep, a gateway's client for one, and where that lies badly, a difference of a few hundredths is seen in one answer
    /// of five.
    pub(crate) async fn until(&self, began: Instant, took: Duration) {
        let (left, late) = (took.saturating_sub(began.elapsed() + LATE), self.lateness.get());
        Delay::new(left).await;
        if !left.is_zero() {
            self.lateness.note(began.elapsed().saturating_sub(took));
        }
        whole_millisecond(began, took.saturating_add(late)).await;
    }

    /// Waits until a message that was begun then has taken so long, sent or not.
    pub async fn delivered(&self, began: Instant, took: Duration) {
        let left = took.saturating_sub(began.elapsed());
        if took >= NO_NETWORK {
            self.until(began, took).await;
        } else if left > LATE {
            Delay::new(left - LATE).await;
        }
    }

    /// Waits until the answer goes to a request whose message took so long: a whole millisecond since it began, or where it took
    /// next to nothing, the next one of all.
    pub async fn answered(&self, began: Instant, took: Duration) {
        if took >= NO_NETWORK {
            whole_millisecond(began, took).await;
        } else {
            self.ticks.whole_millisecond(began).await;
        }
    }
}

/// How late timers were of late, beyond what is always allowed for: what the system and its processors take to wake one that
/// slept long differs from machine to machine, by a factor of ten.
#[derive(Debug, Default)]
struct Lateness(AtomicU64);

impl Lateness {
    /// Notes that a timer was so late. What was noted before fades by a sixteenth.
    fn note(&self, late: Duration) {
        let late = u64::try_from(late.min(LATEST).as_micros()).unwrap_or(u64::MAX);
        let faded = |before: u64| Some(late.max(before - before.div_ceil(16)));
        // It always changes to something.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, faded);
    }

    fn get(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// The latest durations of one kind of call.
#[derive(Debug, Default)]
pub struct Durations {
    latest: Mutex<VecDeque<Duration>>,
}

impl Durations {
    /// Remembers a duration.
    pub fn took(&self, duration: Duration) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.len() == REMEMBERED {
            latest.pop_front();
        }
        latest.push_back(duration);
    }

    /// One of the durations that are remembered, any of them.
    pub fn draw(&self) -> Duration {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.is_empty() {
            return Duration::ZERO;
        }
        let place = rand::rng().random_range(0..latest.len());
        latest.get(place).copied().unwrap_or_default()
    }
}

/// The latest messages: how long each took, and what became of it.
#[derive(Debug, Default)]
pub struct Deliveries {
    latest: Mutex<VecDeque<Delivered>>,
}

#[derive(Debug, Clone)]
struct Delivered {
    at: Millis,
    took: Duration,
    outcome: SmsOutcome,
}

impl Deliveries {
    /// Remembers a message, but for one that was refused: that is its number's, and no other message fares so.
    pub fn took(&self, at: Millis, took: Duration, outcome: &SmsOutcome) {
        let Some(outcome) = pending(outcome) else { return };
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.len() == REMEMBERED {
            latest.pop_front();
        }
        latest.push_back(Delivered { at, took, outcome });
    }

    /// What becomes now of a message that is not sent, as of one of the latest, and how long that takes, as one that
    /// ended alike.
    pub fn draw(&self, now: Millis) -> (Duration, SmsOutcome) {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |one: &&Delivered| matches!(one.outcome, SmsOutcome::Sent) || now.saturating_sub(one.at) < FRESH;
        let followed: Vec<&Delivered> = latest.iter().rev().take(FOLLOWED).filter(counts).collect();
        let outcome = any(&followed).map_or(SmsOutcome::Sent, |one| one.outcome.clone());
        let alike = |one: &&Delivered| std::mem::discriminant(&one.outcome) == std::mem::discriminant(&outcome);
        let took = any(&latest.iter().filter(alike).collect::<Vec<_>>()).map(|one| one.took).unwrap_or_default();
        (took, outcome)
    }
}

/// Whole milliseconds, each with one timer for all who wait for it.
#[derive(Debug)]
pub struct Ticks {
    origin: Instant,
    timers: Mutex<BTreeMap<u64, Shared<Delay>>>,
}

impl Default for Ticks {
    fn default() -> Self {
        Ticks { origin: Instant::now(), timers: Mutex::default() }
    }
}

impl Ticks {
    /// Waits until a whole millisecond since then, and from there until the next one of all, so that many wait by one timer.
    /// How long is waited follows from when it began and from how many milliseconds it took, and from nothing else.
    async fn whole_millisecond(&self, began: Instant) {
        let whole = Duration::from_millis(started_millis(began.elapsed()));
        self.timer(started_millis(began.saturating_duration_since(self.origin) + whole)).await;
    }

    /// The timer of so many milliseconds since the origin.
    fn timer(&self, tick: u64) -> Shared<Delay> {
        let now = self.origin.elapsed();
        let mut timers = self.timers.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(first) = timers.first_entry().filter(|first| Duration::from_millis(*first.key()) < now) {
            drop(first.remove());
        }
        timers
            .entry(tick)
            .or_insert_with(|| Delay::new(Duration::from_millis(tick).saturating_sub(now)).shared())
            .clone()
    }
}

/// Milliseconds, the last of which may just have begun.
fn started_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

fn any<'a>(of: &[&'a Delivered]) -> Option<&'a Delivered> {
    let place = (!of.is_empty()).then(|| rand::rng().random_range(0..of.len()))?;
    of.get(place).copied()
}

/// What became of a message, without what its own request had to do with it.
fn pending(outcome: &SmsOutcome) -> Option<SmsOutcome> {
    let plain = |fault: &Fault| Fault { busy: fault.busy, ..Fault::new(fault.name) };
    match outcome {
        SmsOutcome::Sent => Some(SmsOutcome::Sent),
        // The breaker is asked by messages that are not sent, too.
        SmsOutcome::Refused(_) | SmsOutcome::BreakerOpen(_) => None,
        SmsOutcome::Failed(fault) => Some(SmsOutcome::Failed(plain(fault))),
        SmsOutcome::TimedOut(fault) => Some(SmsOutcome::TimedOut(plain(fault))),
        SmsOutcome::NeverCalled(fault) => Some(SmsOutcome::NeverCalled(plain(fault))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_not_sent_fares_like_the_latest() {
        let (sent, failed) =
            (SmsOutcome::Sent, SmsOutcome::Failed(Fault::new("hook.failed").with_detail("to +420601234567")));
        let second = Duration::from_secs(1);
        let fares = |sms: &Deliveries, now| {
            let drawn: Vec<_> = (0..300).map(|_| sms.draw(now)).collect();
            for (took, outcome) in &drawn {
                let is_sent = matches!(outcome, SmsOutcome::Sent);
                assert!(
                    *took == if is_sent { second } else { 2 * second },
                    "each takes as long as one that ended alike"
                );
            }
            drawn.iter().filter(|(_, outcome)| matches!(outcome, SmsOutcome::Sent)).count()
        };
        let sms = Deliveries::default();
        assert!(matches!(sms.draw(0), (Duration::ZERO, SmsOutcome::Sent)));
        (0..60).for_each(|at| sms.took(at, second, &sent));
        assert_eq!(fares(&sms, 60), 300);
        (0..8).for_each(|_| sms.took(60, 3 * second, &SmsOutcome::Refused("not to this number".into())));
        assert_eq!(fares(&sms, 60), 300, "a refused number is no other message's");
        (60..64).for_each(|at| sms.took(at, 2 * second, &failed));
        assert!((50..250).contains(&fares(&sms, 64)), "half of the latest failed");
        (64..68).for_each(|at| sms.took(at, 2 * second, &failed));
        assert_eq!(fares(&sms, 68), 0);
        assert!(matches!(sms.draw(68).1, SmsOutcome::Failed(Fault { name: "hook.failed", inner: None, .. })));
        assert!(matches!(sms.draw(FRESH + 68).1, SmsOutcome::Sent), "that was long ago");
    }

    #[tokio::test]
    async fn answers_go_at_whole_milliseconds() {
        let ticks = Ticks::default();
        let mut shortest = Duration::MAX;
        for _ in 0..50 {
            ticks.whole_millisecond(Instant::now()).await;
            let since_tick = ticks.origin.elapsed().subsec_micros() % 1_000;
            shortest = shortest.min(Duration::from_micros(since_tick.into()));
        }
        // A timer that counts from when its thread falls asleep is half a millisecond late as a rule.
        assert!(shortest.as_micros() < 400, "{shortest:?}");
    }

    #[tokio::test]
    async fn all_who_wait_for_a_millisecond_share_its_timer() {
        let ticks = Ticks::default();
        let began = Instant::now() + Duration::from_millis(50);
        let waits: Vec<_> = (0..100).map(|_| Box::pin(ticks.whole_millisecond(began))).collect();
        for wait in waits {
            wait.await;
        }
        assert!(Instant::now() >= began);
        assert_eq!(ticks.timers.lock().unwrap().len(), 1);
        ticks.whole_millisecond(Instant::now()).await;
        assert_eq!(ticks.timers.lock().unwrap().len(), 1, "what has passed is not kept");
    }

    #[tokio::test]
    async fn a_message_takes_whole_milliseconds_from_when_it_began_unless_it_takes_next_to_nothing() {
        let latency = Latency::default();
        let mut shortest = Duration::MAX;
        for _ in 0..50 {
            let began = Instant::now();
            latency.delivered(began, Duration::from_micros(1_300)).await;
            shortest = shortest.min(began.elapsed());
            latency.answered(began, Duration::from_micros(1_300)).await;
            assert!(began.elapsed() >= Duration::from_millis(2), "{:?}", began.elapsed());
        }
        assert!((2_000..2_400).contains(&shortest.as_micros()), "{shortest:?}");
        let began = Instant::now();
        latency.delivered(began, Duration::from_micros(300)).await;
        assert!(began.elapsed() >= Duration::from_micros(300) - LATE, "{:?}", began.elapsed());
        latency.answered(began, Duration::from_micros(300)).await;
        assert!(began.elapsed() >= Duration::from_millis(1), "{:?}", began.elapsed());
    }

    #[test]
    fn the_latest_timer_is_allowed_for_until_others_are_on_time() {
        let lateness = Lateness::default();
        lateness.note(Duration::from_micros(700));
        lateness.note(Duration::from_micros(100));
        assert_eq!(lateness.get(), Duration::from_micros(656));
        lateness.note(Duration::from_secs(1));
        assert_eq!(lateness.get(), LATEST);
        (0..200).for_each(|_| lateness.note(Duration::ZERO));
        assert_eq!(lateness.get(), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_call_that_is_made_waits_for_the_lateness_of_one_that_is_not() {
        let latency = Latency::default();
        latency.lateness.note(Duration::from_micros(600));
        let began = Instant::now().checked_sub(Duration::from_micros(4_500)).unwrap();
        latency.until(began, Duration::from_micros(4_500)).await;
        assert!(began.elapsed() >= Duration::from_millis(6), "{:?}", began.elapsed());
    }

    #[test]
    fn the_latest_are_drawn() {
        let latency = Durations::default();
        assert_eq!(latency.draw(), Duration::ZERO);
        (0..100).for_each(|millis| latency.took(Duration::from_millis(millis)));
        let drawn: std::collections::BTreeSet<_> = (0..200).map(|_| latency.draw().as_millis()).collect();
        assert!(drawn.iter().all(|millis| (36..100).contains(millis)));
        assert!(drawn.len() > 10, "any of them is drawn: {drawn:?}");
    }
}
