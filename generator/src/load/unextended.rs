//! A tailoring without the line that says what it tailors: it would be judged as a definition that stands alone, with
//! a mistake for everything that it means to inherit.

use std::collections::BTreeSet;

use super::Library;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::yaml::{self, Node, Value};

/// What a definition that stands alone has.
const WHOLE: [&str; 3] = ["version", "callers", "envelope"];

/// Reports that `extends` is missing, where most of what stands alone is missing too.
pub(super) fn missing(document: &Node, library: &dyn Library) -> Option<Diagnostic> {
    if let Some(several) = at(document, "extends").filter(|node| !matches!(node.value, Value::Null)) {
        return Some(no_name(several));
    }
    if !matches!(document.value, Value::Map(_) | Value::Null)
        || WHOLE.into_iter().any(|key| at(document, key).is_some())
    {
        return None;
    }
    let first = document.as_map().and_then(|map| map.entries.first()).map_or(document.place, |entry| entry.key_place);
    let own = names(document);
    let shares = |name: &String| names_of(library, name).intersection(&own).count();
    let nearest = library.names().into_iter().max_by_key(shares).filter(|name| shares(name) > 0);
    let all = library.names().join(", ");
    let help = match nearest {
        Some(name) => format!("add `extends: {name}`, which has what is named here"),
        None => format!(
            "add `extends: <definition>` ({all}); one that stands alone has a `version`, `callers` and an `envelope`"
        ),
    };
    let text = "the definition has no `extends`, and neither `version` nor `callers` nor `envelope`";
    Some(Diagnostic::new("missing-extends", first, text).help(help))
}

fn at<'d>(document: &'d Node, key: &str) -> Option<&'d Node> {
    document.as_map()?.node(key)
}

/// Reports an `extends` that is no name.
fn no_name(node: &Node) -> Diagnostic {
    let text = format!("`extends` is the name of one definition, and here is {}", node.kind());
    let first = match &node.value {
        Value::List(all) => all.first().and_then(Node::as_text),
        _ => None,
    };
    let help = first.map_or("write the name of a definition, or a path".to_owned(), |first| {
        format!("write `extends: {first}`; that one may extend another")
    });
    Diagnostic::new("wrong-kind", node.place, text).help(help)
}

/// What a built-in definition declares.
fn names_of(library: &dyn Library, name: &str) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for (file, bytes) in library.files(name).unwrap_or_default() {
        let mut sources = Sources::default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let id = sources.add(file.clone(), text);
        if let (false, Ok(node)) = (file.contains('/'), yaml::read(&sources, id)) {
            all.extend(names(&node));
        }
    }
    all
}

/// Section and name of everything that a document declares.
fn names(document: &Node) -> BTreeSet<(String, String)> {
    let sections = document.as_map().into_iter().flat_map(|map| &map.entries);
    let named = sections.filter_map(|section| match &section.node.value {
        Value::Map(inside) => Some(inside.entries.iter().map(|entry| (section.key.clone(), entry.key.clone()))),
        _ => None,
    });
    named.flatten().collect()
}
