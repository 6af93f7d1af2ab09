//! What a history must not hold. A call whose answer never came may have been done or not, at any time from then on;
//! it proves nothing, and nothing is proved against it. Times of calls are of the machine that notes them; the store's
//! clock is that plus what it was turned by.

use std::collections::{BTreeMap, BTreeSet};

/// A time of the noting machine, in milliseconds since 1970.
pub type Millis = i64;

/// For how much longer than its life a code may pass: clocks are corrected, and read a moment before they are used.
const SLACK: Millis = 1_000;

/// For how much longer if the clock has gone back: time runs on in each process, which goes on from what was noted
/// last, a second ago or so, when it starts; while none of them runs, time stands still.
const NOTED: Millis = 2_000;

/// After how many failures in a row a user is blocked.
const FAILURES: usize = 5;

/// A call and what came of it.
#[derive(Debug, Clone)]
pub struct Event {
    pub began: Millis,
    pub ended: Millis,
    pub user: String,
    pub call: Call,
    pub answer: Answer,
}

#[derive(Debug, Clone)]
pub enum Call {
    /// A code is asked for, in place of another one of the same operation.
    Issue { replaces: Option<String> },
    /// A code is tried.
    Verify { code: String, how: How },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Right,
    /// With other digits.
    Wrong,
    /// With another amount than the code was made for.
    Changed,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Issued {
        code: String,
        expires: Millis,
    },
    Passed,
    Refused(String),
    /// None came.
    Unknown,
}

/// From somewhere between these moments on, the store's clock is so far ahead.
#[derive(Debug, Clone, Copy)]
pub struct Jump {
    pub began: Millis,
    pub ended: Millis,
    pub ahead: Millis,
}

#[derive(Debug, Clone, Default)]
pub struct History {
    pub events: Vec<Event>,
    pub jumps: Vec<Jump>,
    /// From when to when an adapter was killed and not yet back.
    pub downs: Vec<(Millis, Millis)>,
    /// How long codes are good.
    pub life: Millis,
    /// How long users are blocked.
    pub block: Millis,
    /// How often the store says that each code was verified.
    pub verified: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    Twice,
    /// The store says so, whatever was answered.
    TwiceInTheStore,
    /// It was answered, but the store does not say so.
    Forgotten,
    WithoutBeingRight,
    BeforeItsIssue,
    AfterItWasVoid,
    AfterItsTime,
    WhileItsUserWasBlocked,
}

/// Everything that is wrong with a history, with the code that it is wrong with.
pub fn violations(history: &History) -> BTreeSet<(Violation, String)> {
    let mut found = BTreeSet::new();
    let mut passes = BTreeMap::<&str, usize>::new();
    for event in &history.events {
        let (Call::Verify { code, how }, Answer::Passed) = (&event.call, &event.answer) else { continue };
        let mut if_so = |is_so: bool, violation| {
            if is_so {
                found.insert((violation, code.clone()));
            }
        };
        let times = passes.entry(code).or_default();
        *times += 1;
        if_so(*times > 1, Violation::Twice);
        if_so(!history.verified.contains_key(code), Violation::Forgotten);
        if_so(*how != How::Right, Violation::WithoutBeingRight);
        if_so(is_before_issue(history, event, code), Violation::BeforeItsIssue);
        if_so(is_after_void(history, event, code), Violation::AfterItWasVoid);
        if_so(is_after_its_time(history, event, code), Violation::AfterItsTime);
        if_so(is_while_blocked(history, event), Violation::WhileItsUserWasBlocked);
    }
    let twice = history.verified.iter().filter(|(_, times)| **times > 1);
    found.extend(twice.map(|(code, _)| (Violation::TwiceInTheStore, code.clone())));
    found
}

/// The call that a code came from, and when it expires.
fn issue<'a>(history: &'a History, code: &str) -> Option<(&'a Event, Millis)> {
    history.events.iter().find_map(|event| match &event.answer {
        Answer::Issued { code: issued, expires } if issued == code => Some((event, *expires)),
        _ => None,
    })
}

fn is_before_issue(history: &History, pass: &Event, code: &str) -> bool {
    issue(history, code).is_none_or(|(issued, _)| pass.ended < issued.began)
}

fn is_after_void(history: &History, pass: &Event, code: &str) -> bool {
    history.events.iter().filter(|event| event.ended < pass.began).any(|event| match (&event.call, &event.answer) {
        (Call::Issue { replaces: Some(replaced) }, Answer::Issued { .. }) => replaced == code,
        (Call::Verify { code: tried, how: How::Changed }, Answer::Refused(why)) => {
            tried == code && why == "otp.mismatch"
        }
        _ => false,
    })
}

/// By the store's clock, and by how long it really was: a clock that goes back lengthens no life.
fn is_after_its_time(history: &History, pass: &Event, code: &str) -> bool {
    let Some((issued, expires)) = issue(history, code) else { return false };
    let longest = history.life + SLACK + if went_back(history, pass) { NOTED + down(history, issued, pass) } else { 0 };
    earliest_clock(history, pass) > expires + SLACK || pass.began > issued.ended + longest
}

fn went_back(history: &History, pass: &Event) -> bool {
    let before = [0].into_iter().chain(history.jumps.iter().map(|jump| jump.ahead));
    before.zip(&history.jumps).any(|(before, jump)| jump.ahead < before && jump.began < pass.ended)
}

fn down(history: &History, issued: &Event, pass: &Event) -> Millis {
    history.downs.iter().map(|(from, to)| (*to.min(&pass.began) - *from.max(&issued.ended)).max(0)).sum()
}

/// What the store's clock was at least, whenever in the call it was read.
fn earliest_clock(history: &History, event: &Event) -> Millis {
    let before = history.jumps.iter().rfind(|jump| jump.ended < event.began).map_or(0, |jump| jump.ahead);
    let within = history.jumps.iter().filter(|jump| jump.ended >= event.began && jump.began <= event.ended);
    event.began + within.map(|jump| jump.ahead).chain([before]).min().unwrap_or(0)
}

/// Five failures in a row block from the moment at which the last of them is stored, which is after all began. A
/// clock that goes ahead meanwhile ends a block early.
fn is_while_blocked(history: &History, pass: &Event) -> bool {
    let others = history.events.iter().filter(|event| event.user == pass.user && event.began < pass.began);
    let mut failures = Vec::new();
    for event in others {
        match (&event.call, &event.answer) {
            (Call::Verify { .. }, Answer::Refused(why)) if why == "otp.wrong" || why == "otp.mismatch" => {
                failures.push(event);
            }
            // It may have begun the row anew, or be a failure that nobody was told of.
            (Call::Verify { .. }, Answer::Passed | Answer::Unknown) => return false,
            (Call::Verify { .. }, Answer::Refused(why)) if why == "store.unavailable" => return false,
            _ => {}
        }
    }
    failures.sort_by_key(|event| event.ended);
    let Some(row) = failures.get(..FAILURES) else { return false };
    let (last_began, all_ended) =
        (row.iter().map(|event| event.began).max(), row.iter().map(|event| event.ended).max());
    let (Some(last_began), Some(all_ended)) = (last_began, all_ended) else { return false };
    let jumped = history.jumps.iter().any(|jump| jump.ended >= last_began && jump.began <= pass.ended);
    !jumped && all_ended < pass.began && pass.ended < last_began + history.block - SLACK
}
