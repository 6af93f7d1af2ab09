//! Texts that a tailoring adds and nothing shows: mostly a key with a slip in it, while the base's own text stays.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::naming::near;
use crate::raw::Definition;
use crate::report::Report;
use crate::resolve::Resolved;
use crate::yaml::{Node, Value};

/// Every key of a text that the base lacks is said somewhere in the whole definition.
pub(super) fn check_new_texts(of: &Resolved<'_>, document: &Node, base: &Definition, report: &mut Report) {
    let said = said(document);
    let known: BTreeSet<&str> = base.messages.iter().flat_map(|(_, texts)| texts.names()).collect();
    let definition = of.raw;
    for (key, _) in definition.messages.iter().flat_map(|(_, texts)| texts.iter()) {
        let of_a_word = key.text.rsplit_once('.').is_some_and(|(stem, _)| said.contains(&format!("{stem}.*")));
        if known.contains(key.text.as_str()) || said.contains(&key.text) || of_a_word {
            continue;
        }
        let all = known.iter().copied().chain(said.iter().map(String::as_str));
        let help = near(&key.text, all).map(|near| format!("did you mean `{near}`?"));
        let text = format!("nothing shows the text `{}`", key.text);
        let told = Diagnostic::new("unused-text", key.place, text).help("take it out, or say its key where it belongs");
        report.push(told.help_if(help));
    }
}

/// Every key and every text of a document but those of its messages and examples.
fn said(document: &Node) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let parts = document.as_map().into_iter().flat_map(|map| &map.entries);
    for part in parts.filter(|part| !matches!(part.key.as_str(), "messages" | "examples")) {
        gather(&part.node, &mut said);
    }
    said
}

fn gather(node: &Node, said: &mut BTreeSet<String>) {
    match &node.value {
        Value::Text(text) => {
            said.insert(text.clone());
        }
        Value::List(all) => all.iter().for_each(|one| gather(one, said)),
        Value::Map(map) => {
            for entry in &map.entries {
                said.insert(entry.key.clone());
                gather(&entry.node, said);
            }
        }
        _ => {}
    }
}
