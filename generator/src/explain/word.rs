//! What a word of the vocabulary means: a behaviour, a thing, a meaning or a fault, and who uses it.

use super::lines::{Lines, Table, list};
use crate::vocabulary::{Behaviour, MaySay, Natural, Vocabulary};

/// The word `words` itself: every behaviour and every thing, a line each.
pub fn all(words: &Vocabulary) -> String {
    let mut text = Lines::default();
    text.line("Behaviours: what an endpoint `does`");
    let mut table = Table::default();
    for (name, behaviour) in words.behaviours.iter() {
        table.row([name, &behaviour.about]);
    }
    text.table(&table);
    text.blank();
    text.line("Entities: what a field may mean, as `entity.attribute`");
    let mut table = Table::default();
    for entity in entities(words) {
        table.row([
            entity,
            &list(&attributes(words, entity).map(|(attribute, _)| attribute.to_owned()).collect::<Vec<_>>()),
        ]);
    }
    text.table(&table);
    text.blank();
    text.line("More: countersign explain <behaviour>, <entity>, <entity.attribute>, <fault>, <key>, <rule>");
    text.text()
}

/// A word; none if the vocabulary has no such word.
pub fn one(words: &Vocabulary, name: &str) -> Option<String> {
    if let Some(one) = words.behaviours.get(name) {
        return Some(behaviour(words, name, one));
    }
    if let Some(when) = words.faults.get(name) {
        return Some(fault(words, name, when));
    }
    if let Some(natural) = words.meanings.get(name) {
        return Some(meaning(words, name, natural));
    }
    entities(words).contains(&name).then(|| entity(words, name))
}

/// Every word that can be asked for.
pub fn names(words: &Vocabulary) -> Vec<&str> {
    let behaviours = words.behaviours.names().chain(words.faults.names()).chain(words.meanings.names());
    behaviours.chain(entities(words)).collect()
}

fn behaviour(words: &Vocabulary, name: &str, of: &Behaviour) -> String {
    let mut text = Lines::default();
    text.line(&format!("{name}: {}", of.about));
    text.blank();
    let mut table = Table::default();
    row(&mut table, "needs", &of.needs);
    row(&mut table, "checks by", &of.expects);
    row(&mut table, "uses, if meant", &of.takes);
    row(&mut table, "gives", &of.gives);
    row(&mut table, "reports by", &of.outcome);
    row(&mut table, "calls", &of.calls);
    if let Some(option) = &of.option {
        table.row(["option", &format!("{name}: <{option}>")]);
    }
    match &of.may_say {
        Some(MaySay::Number { number: what }) => table.row(["may say", &format!("{name}: <{what}>")]),
        Some(MaySay::Word { word }) => table.row(["may say", &format!("{name}: {word}")]),
        None => {}
    }
    text.table(&table);
    faults(words, &mut text, "It can refuse with", &of.refuses);
    faults(words, &mut text, "It can fail with", &of.fails);
    text.text()
}

fn row(table: &mut Table, head: &str, names: &[String]) {
    if !names.is_empty() {
        table.row([head, &list(&names.iter().map(|name| spoken(name)).collect::<Vec<_>>())]);
    }
}

/// The words of signatures that are no meanings.
fn spoken(name: &str) -> String {
    match name {
        "bound" => "what the kind of code binds".to_owned(),
        "kept" => "what the kind of code keeps".to_owned(),
        "everything" => "all that the request means".to_owned(),
        _ => name.replace(" | ", " or "),
    }
}

fn faults(words: &Vocabulary, text: &mut Lines, head: &str, faults: &[String]) {
    if faults.is_empty() {
        return;
    }
    text.blank();
    text.line(head);
    let mut table = Table::default();
    for fault in faults {
        table.row([fault, words.faults.get(fault).map_or("", String::as_str)]);
    }
    text.table(&table);
}

fn entity(words: &Vocabulary, name: &str) -> String {
    let mut text = Lines::default();
    text.line(&format!("{name}: a field may mean"));
    let mut table = Table::default();
    for (attribute, natural) in attributes(words, name) {
        table.row([&format!("{name}.{attribute}"), &kind(natural)]);
    }
    text.table(&table);
    text.text()
}

fn meaning(words: &Vocabulary, name: &str, natural: &Natural) -> String {
    let mut text = Lines::default();
    text.line(&format!("{name}: {}", kind(natural)));
    text.blank();
    let mut table = Table::default();
    row(&mut table, "needed by", &users(words, name, |one| &one.needs));
    row(&mut table, "checks", &users(words, name, |one| &one.expects));
    row(&mut table, "used by, if meant", &users(words, name, |one| &one.takes));
    row(&mut table, "given by", &givers(words, name));
    row(&mut table, "reports for", &users(words, name, |one| &one.outcome));
    if let Some(from) = words.derived.get(name) {
        row(&mut table, "worked out from", from);
    }
    if name.split_once('.').is_some_and(|(entity, _)| words.always.iter().any(|always| always == entity)) {
        table.row(["always at hand", ""]);
    }
    text.table(&table);
    text.text()
}

fn fault(words: &Vocabulary, name: &str, when: &str) -> String {
    let mut text = Lines::default();
    text.line(&format!("{name}: answered when {when}"));
    let mut table = Table::default();
    row(&mut table, "refused by", &users(words, name, |one| &one.refuses));
    row(&mut table, "failed by", &users(words, name, |one| &one.fails));
    text.table(&table);
    text.text()
}

/// The behaviours whose part of the signature has the word.
fn users(words: &Vocabulary, name: &str, part: impl Fn(&Behaviour) -> &Vec<String>) -> Vec<String> {
    let all = name.split_once('.').map(|(entity, _)| format!("{entity}.*"));
    let has = |one: &Behaviour| {
        let mut parts = part(one).iter().flat_map(|written| written.split(" | "));
        parts.any(|written| written == name || Some(written) == all.as_deref())
    };
    words.behaviours.iter().filter(|(_, one)| has(one)).map(|(name, _)| name.clone()).collect()
}

/// The behaviours that give a meaning, by its name or with the thing that has it.
fn givers(words: &Vocabulary, name: &str) -> Vec<String> {
    let gives =
        |one: &Behaviour| one.gives.iter().any(|word| words.given_by(word, &[]).iter().any(|given| given == name));
    words.behaviours.iter().filter(|(_, one)| gives(one)).map(|(name, _)| name.clone()).collect()
}

fn entities(words: &Vocabulary) -> Vec<&str> {
    let mut entities: Vec<&str> = Vec::new();
    for entity in words.meanings.names().filter_map(|name| name.split_once('.')).map(|(entity, _)| entity) {
        if !entities.contains(&entity) {
            entities.push(entity);
        }
    }
    entities
}

fn attributes<'a>(words: &'a Vocabulary, of: &'a str) -> impl Iterator<Item = (&'a str, &'a Natural)> {
    words.meanings.iter().filter_map(move |(name, natural)| {
        name.split_once('.').filter(|(entity, _)| *entity == of).map(|(_, attribute)| (attribute, natural))
    })
}

fn kind(natural: &Natural) -> String {
    match natural {
        Natural::Primitive(primitive) => primitive.word().to_owned(),
        Natural::Key => "the key of a message".to_owned(),
        Natural::OneOf(values) => values.join(" | "),
        Natural::List(of) => format!("a list of {of}"),
        Natural::Entity(of) => format!("an entity: {of}"),
    }
}
