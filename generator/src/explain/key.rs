//! What a key of the language means, wherever it stands; what a word of other languages is called here; and the words
//! of these pages themselves.

use super::lines::{Lines, Table};
use crate::language::{about, synonyms};

/// A key, a rule, or a word of the pages; none if it is none.
pub fn one(name: &str) -> Option<String> {
    let mut text = Lines::default();
    let meant: Vec<&str> = synonyms::all(name).collect();
    let called: Vec<String> = meant.iter().map(|word| format!("`{word}`")).collect();
    if let Some(known) = known(name, &mut text) {
        let also = format!("\nWhat others call `{name}` may be {} here.\n", called.join(" or "));
        return Some(if called.is_empty() { known } else { known + &also });
    }
    if meant.is_empty() {
        return None;
    }
    text.line(&format!("{name}: called {} here", called.join(" or ")));
    for word in meant {
        let mut inner = Lines::default();
        if let Some(known) = known(word, &mut inner) {
            text.blank();
            known.trim_end().lines().for_each(|line| text.line(line));
        }
    }
    Some(text.text())
}

fn known(name: &str, text: &mut Lines) -> Option<String> {
    let places = about::everywhere(name);
    let page = about::PAGES.iter().find(|(word, _)| *word == name).map(|(_, about)| *about);
    if places.is_empty() && page.is_none() {
        return None;
    }
    text.line(&format!("{name}: a word of the language"));
    let mut table = Table::default();
    for (place, about) in &places {
        table.row([place, about]);
    }
    if let Some(about) = page {
        table.row(["in what `explain` prints", about]);
    }
    text.table(&table);
    Some(std::mem::take(text).text())
}
