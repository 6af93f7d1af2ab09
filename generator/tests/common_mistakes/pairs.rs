//! Mistakes that two lines of a tailoring make together: told once, at one of the lines, with the other beside it.

use super::{Found, look};

/// What is extended: a value of an answer has two sources, another has one, and that has two parts.
const BASE: &str = "adapter: base\n\
title: Base\n\
version: 1.0.0\n\
callers: { none: a test }\n\
envelope: { failure: { code: error.code } }\n\
every_endpoint: { errors: [wrong] }\n\
meanings: { card.rate: text, card.limit: integer }\n\
behaviours:\n  \
  rate_card: { needs: [user.id], gives: [card.rate, card.limit] }\n\
endpoints:\n  \
  quote: { about: Quotes a rate., route: POST /quote, does: rate_card }\n\
payloads:\n  \
  QuoteRequest: { userId: user.id, rate: card.rate }\n  \
  QuoteResponse: { rate: card.rate, limit: card.limit }\n\
errors:\n  \
  wrong: { status: 400, for: [body.*, hook.*, content_type.wrong, input.invalid, overloaded, unexpected] }\n  \
  lost: { status: 404, for: [route.unknown, method.wrong] }\n";

/// Two lines, the id of what they make, and whether each of them makes it alone.
struct Pair {
    name: &'static str,
    lines: [&'static str; 2],
    id: &'static str,
    alone: bool,
}

const PAIRS: [Pair; 4] = [
    Pair {
        name: "neither the behaviour nor the field has a value any longer",
        lines: [
            "behaviours: { rate_card: { gives: { card.rate: null } } }",
            "payloads: { QuoteRequest: { rate: null } }",
        ],
        id: "unfilled-field",
        alone: false,
    },
    Pair {
        name: "the behaviour no longer gives a value, and the field that has it is optional",
        lines: [
            "behaviours: { rate_card: { gives: { card.rate: null } } }",
            "payloads: { QuoteRequest: { rate: { optional: true } } }",
        ],
        id: "unfilled-field",
        alone: false,
    },
    Pair {
        name: "the behaviour is not done, and would not give the value",
        lines: ["endpoints: { quote: { does: null } }", "behaviours: { rate_card: { gives: { card.limit: null } } }"],
        id: "unfilled-field",
        alone: true,
    },
    Pair {
        name: "the same, the other way round",
        lines: ["behaviours: { rate_card: { gives: { card.limit: null } } }", "endpoints: { quote: { does: null } }"],
        id: "unfilled-field",
        alone: true,
    },
];

#[test]
fn both_lines_of_a_mistake_are_told_and_it_is_told_once() {
    for pair in &PAIRS {
        let both = of(&pair.lines);
        let [(id, line, ..)] = both.told.as_slice() else { panic!("{}\n{}", pair.name, both.picture) };
        let mut lines = vec![*line];
        lines.extend(&both.beside);
        lines.sort_unstable();
        assert_eq!((id.as_str(), lines.as_slice()), (pair.id, &[2, 3][..]), "{}\n{}", pair.name, both.picture);
        for line in pair.lines {
            let one = of(&[line]);
            assert_eq!(one.told.len(), usize::from(pair.alone), "{}: {line}\n{}", pair.name, one.picture);
        }
    }
}

/// What is told of a tailoring with these lines, which begin with the second.
fn of(lines: &[&str]) -> Found {
    let tailoring = format!("extends: ./base\n{}\n", lines.join("\n"));
    look(&[("adapter.yaml", &tailoring), ("base/adapter.yaml", BASE)])
}
