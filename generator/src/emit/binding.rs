//! Where a meaning is in what the runtime gives. All of it is the vocabulary's data; no behaviour is named here.

use crate::vocabulary::{Output, Vocabulary, path_of};

/// A way into a value. Empty for the value itself.
pub type Way = Vec<Step>;

/// A step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The field, or the variable that the way starts from.
    pub name: String,
    /// Whether what stands there is an `Option`.
    pub optional: bool,
}

impl Step {
    /// A step to this field.
    pub fn to(name: &str, optional: bool) -> Self {
        Step { name: name.to_owned(), optional }
    }
}

/// Where a meaning is in an output: its own way, or that to the thing that it is a quality of.
pub fn find(output: &Output, meaning: &str, passed: bool, vocabulary: &Vocabulary) -> Option<Way> {
    let fields = fields(output, passed);
    if let Some(way) = fields.get(meaning) {
        return Some(way_of(way));
    }
    let (thing, quality) = meaning.split_once('.')?;
    let way = find_thing(output, thing, passed)?;
    Some(way.into_iter().chain([Step::to(quality, may_lack(meaning, vocabulary))]).collect())
}

/// Where a whole thing is in an output.
pub fn find_thing(output: &Output, thing: &str, passed: bool) -> Option<Way> {
    fields(output, passed).get(&format!("{thing}.*")).map(|way| way_of(way))
}

/// Where the struct of the kind of code is in an output.
pub fn find_code(output: &Output, passed: bool) -> Option<Way> {
    fields(output, passed).get("bound").map(|way| way_of(way))
}

/// Where the row of a table is in an output.
pub fn find_row(output: &Output) -> Option<Way> {
    fields(output, false).get("columns").map(|way| way_of(way))
}

/// The variable's name. After `.passed()?` it is the thing that is left, if one is.
pub fn variable(output: &Output, passed: bool) -> &str {
    let left = output.passed.iter().flatten().find(|(name, way)| name.ends_with(".*") && way_of(way).is_empty());
    match left {
        Some((name, _)) if passed => name.trim_end_matches(".*"),
        _ => &output.name,
    }
}

/// Whether a thing's quality may be absent.
pub fn may_lack(meaning: &str, vocabulary: &Vocabulary) -> bool {
    let Some((thing, quality)) = meaning.split_once('.') else { return false };
    vocabulary.thing(thing).is_some_and(|thing| thing.optional.iter().any(|optional| optional == quality))
}

/// The thing that a meaning is a quality of, if that thing is put together from the whole request.
pub fn gathered<'m>(meaning: &'m str, vocabulary: &Vocabulary) -> Option<&'m str> {
    let (name, _) = meaning.split_once('.')?;
    vocabulary.thing(name)?.gathered.then_some(name)
}

fn fields(output: &Output, passed: bool) -> &crate::vocabulary::Table<String> {
    match &output.passed {
        Some(fields) if passed => fields,
        _ => &output.fields,
    }
}

fn way_of(written: &str) -> Way {
    path_of(written).into_iter().map(|(name, optional)| Step::to(name, optional)).collect()
}
