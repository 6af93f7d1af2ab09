//! Suggestions: what to write in place of a name that is not there.

use crate::language::primitive::Primitive;
use crate::language::synonyms;
use crate::naming::near;

/// `did you mean ...?`, if a name is near enough.
pub fn suggest<'n>(name: &str, among: impl IntoIterator<Item = &'n str>) -> Option<String> {
    if name.contains(',') {
        let all: Vec<&str> = name.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
        return Some(format!("several are a list: write `[{}]`", all.join(", ")));
    }
    near(name, among).map(|near| format!("did you mean `{near}`?"))
}

/// The types that another word may mean.
pub fn primitive(word: &str) -> Option<String> {
    let meant = synonyms::all(word).filter(|meant| Primitive::parse(meant).is_some()).collect::<Vec<_>>();
    (!meant.is_empty()).then(|| format!("did you mean `{}`?", meant.join("` or `")))
}

/// The same as [`suggest`], or something else to do.
pub fn suggest_or<'n>(name: &str, among: impl IntoIterator<Item = &'n str>, otherwise: impl Into<String>) -> String {
    suggest(name, among).unwrap_or_else(|| otherwise.into())
}
