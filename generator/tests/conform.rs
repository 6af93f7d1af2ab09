//! Servers held to a definition: one that is right, and others with one thing wrong each.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;
#[path = "conform/server.rs"]
mod server;

use bench::{Bench, Run};
use serde_json::Value as Json;
use server::{ALL, Planted, TOKEN, start};

const DEFINITION: &str = include_str!("conform/adapter.yaml");

fn held(planted: Planted, more: &[&str]) -> Run {
    let (bench, address) = (Bench::with(DEFINITION), start(planted));
    let mut arguments = vec!["conform", ".", "--url", &address, "--credential", TOKEN];
    arguments.extend(more);
    bench.run(&arguments)
}

#[test]
fn a_server_that_is_right_conforms_and_what_was_not_tried_is_reported() {
    let run = held(Planted::Nothing, &[]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains(", 0 deviate, "), "{}", run.out);
    assert!(run.out.contains("the server's `lookup_user` would have to answer otherwise"), "{}", run.out);
    assert!(run.out.contains("find, error `BROKEN`"), "{}", run.out);
}

#[test]
fn the_same_cases_come_in_the_same_order() {
    let (one, other) = (held(Planted::Nothing, &["--format", "json"]), held(Planted::Nothing, &["--format", "json"]));
    assert_eq!(one.out, other.out);
    let cases: Json = serde_json::from_str(&one.out).unwrap();
    assert!(cases["sums"]["conforms"].as_u64().unwrap() > 25, "{}", cases["sums"]);
}

/// What is said of each deviation, in the words of the definition.
fn words(planted: Planted) -> &'static [&'static str] {
    match planted {
        Planted::Nothing => &[],
        Planted::OneCharacterMore => &["`userId`", "over 8 characters", "400 `WRONG`"],
        Planted::MissingIsFine => &["`userId`", "left out", "400 `WRONG`"],
        Planted::OtherKey => &["must say `userId.long`"],
        Planted::NoNullMember => &["`name` is missing (`user.given_name`"],
        Planted::NumberForText => &["`id` is number, not string (`user.id`"],
        Planted::OtherStatusForNobody => &["UNKNOWN", "400"],
        Planted::TextAccepted => &["the media type `text/plain`", "415 `TYPE`"],
        Planted::MalformedIsServerError => &["it answered 502, and `find` answers"],
        Planted::HtmlErrors => &["`text/html`, not `application/json`"],
        Planted::AnyShelf => &["`shelf`", "400 `WRONG`"],
        Planted::NoLimit => &["2049 bytes, and the limit is 2048", "413 `LARGE`"],
        Planted::NobodyAsked => &["no credential", "401 `NOBODY`"],
        Planted::OtherMethodIsNotFound => &["method.wrong is answered by 405 `METHOD`"],
        Planted::NoSuchCode => &["with this status the codes are WRONG"],
        Planted::LowestPageRefused => &["`pages`", "1: this is allowed"],
    }
}

#[test]
fn every_planted_deviation_is_found_and_told_in_the_words_of_the_definition() {
    for planted in ALL {
        let run = held(planted, &[]);
        assert_eq!(run.code, 6, "{planted:?}: {}", run.out);
        let told: Vec<&str> = run.out.lines().take_while(|line| !line.starts_with("not run")).collect();
        let told = told.join("\n");
        for word in words(planted) {
            assert!(told.contains(word), "{planted:?}: `{word}` in\n{told}");
        }
    }
}

#[test]
fn a_report_for_pipelines_counts_what_it_lists() {
    let run = held(Planted::HtmlErrors, &["--format", "junit"]);
    let count = |start: &str| run.out.matches(start).count();
    let number = |name: &str| -> usize {
        let after = run.out.split_once(&format!(" {name}=\"")).unwrap().1;
        after.split_once('"').unwrap().0.parse().unwrap()
    };
    assert_eq!(number("tests"), count("<testcase "), "{}", run.out);
    assert_eq!(number("failures"), count("<failure "));
    assert_eq!(number("skipped"), count("<skipped "));
    assert!(count("<failure ") > 5 && count("<skipped ") > 0);
}

#[test]
fn values_of_a_file_stand_in_for_those_of_the_definition() {
    let address = start(Planted::Nothing);
    let bench = Bench::with(
        &DEFINITION
            .replace("\"12345678\" }\n      response", "$number }\n      response")
            .replace("values: {", "values: { number: \"555\","),
    );
    let arguments = ["conform", ".", "--url", &address, "--credential", TOKEN];
    let run = bench.run(&arguments);
    assert_eq!(run.code, 6, "{}", run.out);
    assert!(run.out.contains("`name` is null, and the example has \"Ann\""), "{}", run.out);
    bench.put("known.yaml", "values: { number: \"12345678\" }\n");
    let run = bench.run(&[&arguments[..], &["--values", "known.yaml"]].concat());
    assert_eq!(run.code, 0, "{}", run.out);
    bench.put("known.yaml", "valeus: {}\n");
    let run = bench.run(&[&arguments[..], &["--values", "known.yaml"]].concat());
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.err.contains("only `values` and `code` may be said here"), "{}", run.err);
}

#[test]
fn where_nobody_answers_nothing_is_tried() {
    let bench = Bench::with(DEFINITION);
    for (url, said) in [("http://127.0.0.1:1", "does not answer"), ("https://example.com", "no address such as")] {
        let run = bench.run(&["conform", ".", "--url", url]);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(run.err.contains(said), "{}", run.err);
    }
}
