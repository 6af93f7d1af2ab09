//! Payloads, unions, enums and envelopes as written.

use super::read::Reading;
use super::{
    EnumMember, Envelope, EnvelopePart, Field, Meaning, Member, Placement, Rule, Says, Text, TypeName, Union, Variant,
};
use crate::language::keys::Section;
use crate::language::rules;
use crate::merge::AS_LIST;
use crate::naming;
use crate::source::Place;
use crate::yaml::{Entry, Map, Node, Value};

/// The lines of a payload.
pub fn members(reading: &mut Reading, node: &Node, what: &str) -> Vec<Member> {
    let Some(map) = reading.map(node, what) else { return Vec::new() };
    let lines = map.entries.iter().filter(|entry| !matches!(entry.node.value, Value::Null));
    lines.filter_map(|entry| member(reading, entry)).collect()
}

fn member(reading: &mut Reading, entry: &Entry) -> Option<Member> {
    let name = Text { text: entry.key.clone(), place: entry.key_place };
    if entry.key == "+" {
        return Some(Member::Include(reading.list(Some(&entry.node), "`+`")));
    }
    // In a payload of its own, `unknown: echo` is long by now: `{ as: echo }`.
    if entry.key == "unknown" && is_echo(&entry.node) {
        return Some(Member::EchoUnknown(entry.key_place));
    }
    if entry.key == AS_LIST {
        return Some(Member::AsList(entry.key_place));
    }
    let field = field(reading, name, &entry.node)?;
    // A dotted key is a meaning, unless it says what it means or which type it has, as fields do.
    let is_field = field.meaning.is_some() || field.ty.is_some() || field.constant.is_some();
    Some(if entry.key.contains('.') && !is_field { Member::Rules(field) } else { Member::Field(field) })
}

fn is_echo(node: &Node) -> bool {
    let echo = |node: &Node| node.as_text() == Some("echo");
    echo(node) || node.as_map().is_some_and(|map| map.entries.len() == 1 && map.node("as").is_some_and(echo))
}

fn field(reading: &mut Reading, name: Text, node: &Node) -> Option<Field> {
    let what = format!("`{}`", name.text);
    if let Value::Text(text) = &node.value {
        reading.wrong_value(node.place, format!("`{text}` is no short form of a field"), short_form(text));
        return None;
    }
    let map = reading.map(node, &what)?;
    reading.known(map, Section::Field);
    let called = reading.text_at(map, "called");
    let rust = reading.text_at(map, "rust").or_else(|| called.is_some().then(|| rust_of(&name)));
    Some(Field {
        place: node.place,
        meaning: map.node("is").and_then(|node| meaning(reading, node)),
        ty: map.node("as").and_then(|node| type_name(reading, node)),
        format: reading.text_at(map, "format"),
        optional: reading.boolean_at(map, "optional").unwrap_or_default(),
        constant: map.node("const").cloned(),
        default: map.node("default").cloned(),
        also: reading.list(map.node("also"), "`also`"),
        accepts: reading.list(map.node("accepts"), "`accepts`"),
        rules: rules(map),
        says: says(reading, map),
        raises: reading.texts_by_key(map, "raises"),
        at: reading.text_at(map, "at"),
        when: when(reading, map),
        rust,
        text: reading.text_at(map, "text"),
        placement: placement(reading, map),
        name: called.unwrap_or(name),
    })
}

/// What to write for what is no short form.
fn short_form(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [first, rest @ ..] if *first != "optional" && naming::near(first, ["optional"]).is_some() => {
            format!("did you mean `optional {}`?", rest.join(" "))
        }
        [meaning, ty] if meaning.contains('.') => format!("write `{meaning} as {ty}`, or `optional {meaning}`"),
        [optional, meaning, ty] if *optional == "optional" && meaning.contains('.') => {
            format!("write `optional {meaning} as {ty}`")
        }
        _ => "write a meaning (`user.id`), a type (`text`), both (`user.id as UserId`) or a list (`[text]`), with \
              `optional` before it if it may be left out"
            .to_owned(),
    }
}

/// The placement that it says.
fn placement(reading: &mut Reading, map: &Map) -> Option<(Placement, Place)> {
    let word = reading.word_at(map, "in", &["header", "query", "path", "body"])?;
    let placement = match word.text.as_str() {
        "header" => Placement::Header,
        "query" => Placement::Query,
        "path" => Placement::Path,
        _ => Placement::Body,
    };
    Some((placement, word.place))
}

/// What a field is called in Rust that is called otherwise on the wire: by its key.
fn rust_of(key: &Text) -> Text {
    Text { text: naming::field_name(&key.text), place: key.place }
}

fn rules(map: &Map) -> Vec<Rule> {
    let rule = |entry: &Entry| {
        let row = rules::of_key(&entry.key)?;
        Some(Rule { row, word: Text { text: entry.key.clone(), place: entry.key_place }, value: entry.node.clone() })
    };
    map.entries.iter().filter_map(rule).collect()
}

fn says(reading: &mut Reading, map: &Map) -> Says {
    match map.node("says") {
        None => Says::Nothing,
        Some(Node { value: Value::Map(_), .. }) => Says::Each(reading.texts_by_key(map, "says")),
        Some(node) => reading.text(node, "`says`").map_or(Says::Nothing, Says::All),
    }
}

/// `{ meaning: value }`
fn when(reading: &mut Reading, map: &Map) -> Option<(Text, Text)> {
    map.node("when")?;
    reading.texts_by_key(map, "when").into_list().into_iter().next()
}

fn meaning(reading: &mut Reading, node: &Node) -> Option<Meaning> {
    match &node.value {
        Value::Null => None,
        Value::Map(_) => {
            let conditions = reading.entries(Some(node), "`is`", |reading, _, node| {
                let one = reading.entries(Some(node), "a condition", |reading, _, node| reading.text(node, "a value"));
                one.into_list().into_iter().next()
            });
            let flat = conditions.into_list().into_iter().map(|(meaning, (sibling, value))| (meaning, sibling, value));
            Some(Meaning::Conditional(flat.collect()))
        }
        _ => reading.text(node, "`is`").map(Meaning::Plain),
    }
}

fn type_name(reading: &mut Reading, node: &Node) -> Option<TypeName> {
    match &node.value {
        Value::Null => None,
        Value::List(items) => match items.as_slice() {
            [one] => reading.text(one, "a type").map(TypeName::List),
            _ => {
                reading.wrong_value(
                    node.place,
                    "a list has one type of element".to_owned(),
                    "write `[T]`; of different ones, declare `Links: [A, B]` under `payloads:`",
                );
                None
            }
        },
        _ => reading.text(node, "`as`").map(TypeName::One),
    }
}

/// A union.
pub fn union(reading: &mut Reading, name: &Text, node: &Node) -> Option<Union> {
    let map = reading.map(node, &format!("`{}`", name.text))?;
    reading.known(map, Section::Union);
    let tag = reading.text_at(map, "tag");
    if tag.is_none() {
        let text = format!("the union `{}` does not say which field distinguishes its variants", name.text);
        reading.wrong_value(name.place, text, "add `tag: <field>`");
    }
    Some(Union {
        place: name.place,
        tag,
        echo_unknown: reading.word_at(map, "unknown", &["echo", "refuse"]).is_some_and(|word| word.text == "echo"),
        every: map.node("every").map(|node| members(reading, node, "`every`")).unwrap_or_default(),
        of: reading.entries(map.node("of"), "`of`", |reading, name, node| match &node.value {
            Value::Text(like) => Some(Variant::Like(Text { text: like.clone(), place: node.place })),
            _ => Some(Variant::Fields(members(reading, node, &format!("`{}`", name.text)))),
        }),
    })
}

/// The members of an enum.
pub fn enum_members(reading: &mut Reading, name: &Text, node: &Node) -> Option<Vec<EnumMember>> {
    let all = reading.entries(Some(node), &format!("`{}`", name.text), |reading, member, node| {
        // A list is read as a map, where what is no text has no name; what was meant is seen by its look.
        let is_scalar = matches!(node.value, Value::Number(_) | Value::Boolean(_));
        if member.text.is_empty() && is_scalar {
            let name = reading.text(node, "the name of a member")?;
            return Some(EnumMember { name, shows: None, also: Vec::new(), number: None, rust: None });
        }
        let mut made = EnumMember { name: member.clone(), shows: None, also: Vec::new(), number: None, rust: None };
        match &node.value {
            Value::Map(map) => {
                reading.known(map, Section::EnumMember);
                made.number = reading.integer_at(map, "number", 0..=1_000_000).map(|(number, _)| number.cast_signed());
                let mut values = reading.list(map.node("is"), "`is`").into_iter();
                (made.shows, made.also) = (values.next(), values.collect());
                made.rust = reading.text_at(map, "rust");
            }
            _ => {
                let mut values = reading.list(Some(node), &format!("`{}`", member.text)).into_iter();
                (made.shows, made.also) = (values.next(), values.collect());
            }
        }
        Some(made)
    });
    Some(all.into_list().into_iter().map(|(_, member)| member).collect())
}

/// What stands around bodies; the media type of failures is one for all.
pub fn envelope(reading: &mut Reading, name: &str, node: &Node) -> Envelope {
    let Some(map) = reading.map(node, &format!("`{name}`")) else { return Envelope::default() };
    reading.known(map, if name == "envelope" { Section::Envelope } else { Section::NamedEnvelope });
    let mut part = |key: &str| match map.node(key)? {
        Node { value: Value::Null, .. } => None,
        Node { value: Value::Text(name), place } => {
            Some(EnvelopePart::Payload(Text { text: name.clone(), place: *place }))
        }
        node => Some(EnvelopePart::Shape(members(reading, node, &format!("`{key}`")), node.place)),
    };
    let (request, success, failure) = (part("request"), part("success"), part("failure"));
    Envelope { request, success, failure, failure_type: reading.text_at(map, "failure_type") }
}
