//! The checker finds what it looks for: into a history without a fault each kind of violation is planted, and found;
//! and what only looks like one is not.

use std::collections::BTreeSet;

use crate::checker::{Answer, Call, Event, History, How, Jump, Millis, Violation, violations};

const START: Millis = 1_000_000;

fn event(began: Millis, ended: Millis, call: Call, answer: Answer) -> Event {
    Event { began: START + began, ended: START + ended, user: "u".into(), call, answer }
}

fn issue(began: Millis, code: &str, replaces: Option<&str>) -> Event {
    let answer = Answer::Issued { code: code.into(), expires: START + began + 10 + 4_000 };
    event(began, began + 20, Call::Issue { replaces: replaces.map(str::to_owned) }, answer)
}

fn verify(began: Millis, code: &str, how: How, answer: Answer) -> Event {
    event(began, began + 20, Call::Verify { code: code.into(), how }, answer)
}

fn passed(began: Millis, code: &str) -> Event {
    verify(began, code, How::Right, Answer::Passed)
}

fn refused(began: Millis, code: &str, how: How, why: &str) -> Event {
    verify(began, code, how, Answer::Refused(why.into()))
}

/// A history in which `a` is issued and nothing is wrong, with these events too.
fn history(events: impl IntoIterator<Item = Event>) -> History {
    let verified = [("a".to_owned(), 1), ("b".to_owned(), 1)].into();
    let events = [issue(0, "a", None)].into_iter().chain(events).collect();
    History { events, jumps: Vec::new(), downs: Vec::new(), life: 4_000, block: 4_000, verified }
}

fn check(history: &History, expected: &[Violation]) {
    let expected: BTreeSet<_> = expected.iter().map(|violation| (*violation, "a".to_owned())).collect();
    assert_eq!(violations(history), expected, "{history:#?}");
}

fn jump(at: Millis, ahead: Millis) -> Jump {
    Jump { began: START + at, ended: START + at + 5, ahead }
}

#[test]
fn a_good_history_is_good() {
    check(&history([passed(100, "a")]), &[]);
    check(&history([refused(50, "a", How::Wrong, "otp.wrong"), passed(100, "a")]), &[]);
    check(&history([passed(100, "a"), refused(200, "a", How::Right, "otp.used")]), &[]);
}

#[test]
fn two_passes_are_found() {
    check(&history([passed(100, "a"), passed(100, "a")]), &[Violation::Twice]);
    check(&history([passed(100, "a"), verify(150, "a", How::Right, Answer::Unknown)]), &[]);
    let mut entry = history([passed(100, "a")]);
    entry.verified.insert("a".into(), 2);
    check(&entry, &[Violation::TwiceInTheStore]);
    entry.verified.clear();
    check(&entry, &[Violation::Forgotten]);
}

#[test]
fn a_pass_with_wrong_digits_is_found() {
    check(&history([verify(100, "a", How::Wrong, Answer::Passed)]), &[Violation::WithoutBeingRight]);
    check(&history([verify(100, "a", How::Changed, Answer::Passed)]), &[Violation::WithoutBeingRight]);
}

#[test]
fn a_pass_before_the_issue_is_found() {
    check(&history([passed(-50, "a")]), &[Violation::BeforeItsIssue]);
    // They overlap.
    check(&history([passed(-10, "a")]), &[]);
    let mut never = history([passed(100, "a")]);
    never.events.remove(0);
    check(&never, &[Violation::BeforeItsIssue]);
}

#[test]
fn a_pass_after_the_code_was_void_is_found() {
    let changed = |at| refused(at, "a", How::Changed, "otp.mismatch");
    check(&history([changed(100), passed(200, "a")]), &[Violation::AfterItWasVoid]);
    check(&history([changed(100), passed(110, "a")]), &[]);
    check(&history([issue(100, "b", Some("a")), passed(200, "a")]), &[Violation::AfterItWasVoid]);
    check(&history([issue(100, "b", Some("a")), passed(110, "a")]), &[]);
    check(&history([issue(100, "b", Some("a")), passed(200, "b")]), &[]);
    let unknown = event(100, 120, Call::Issue { replaces: Some("a".into()) }, Answer::Unknown);
    check(&history([unknown, passed(200, "a")]), &[]);
}

#[test]
fn a_pass_after_the_codes_time_is_found() {
    check(&history([passed(4_900, "a")]), &[]);
    check(&history([passed(5_100, "a")]), &[Violation::AfterItsTime]);
    let jumped = |at, ahead, pass| History { jumps: vec![jump(at, ahead)], ..history([passed(pass, "a")]) };
    check(&jumped(50, 600_000, 100), &[Violation::AfterItsTime]);
    check(&jumped(110, 600_000, 100), &[]);
    check(&jumped(50, -600_000, 6_900), &[]);
    check(&jumped(50, -600_000, 7_100), &[Violation::AfterItsTime]);
    check(&jumped(50, 2_000, 3_100), &[Violation::AfterItsTime]);
    let downs = vec![(START + 1_000, START + 1_500)];
    check(&History { downs: downs.clone(), ..jumped(50, -600_000, 7_100) }, &[]);
    check(&History { downs, ..history([passed(5_100, "a")]) }, &[Violation::AfterItsTime]);
    let there_and_back = vec![jump(50, 600_000), jump(105, 0)];
    check(&History { jumps: there_and_back, ..history([passed(100, "a")]) }, &[]);
}

#[test]
fn a_pass_while_its_user_was_blocked_is_found() {
    let wrong = |at| refused(at, "b", How::Wrong, "otp.wrong");
    let five = || [40, 50, 60, 70, 80].map(wrong).to_vec();
    let then = |mut events: Vec<Event>, last: Event| {
        events.push(last);
        history(events)
    };
    check(&then(five(), passed(200, "a")), &[Violation::WhileItsUserWasBlocked]);
    check(&then(five(), passed(90, "a")), &[]);
    check(&then(five(), passed(3_100, "a")), &[]);
    check(&then(five()[1..].to_vec(), passed(200, "a")), &[]);
    let mut unknown = five();
    unknown.push(verify(60, "b", How::Right, Answer::Unknown));
    check(&then(unknown, passed(200, "a")), &[]);
    check(&History { jumps: vec![jump(120, 500)], ..then(five(), passed(200, "a")) }, &[]);
}
