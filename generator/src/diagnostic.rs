//! Diagnostics: what is wrong with a definition, as data, and how it is shown: for people, as JSON, as SARIF. Which ids
//! there are, what they mean and how much they weigh stands in `codes`.

pub mod codes;
mod legible;
mod machine;

use crate::source::{BUILT_IN, Origin, Place, Sources};
use annotate_snippets::{AnnotationKind, Group, Renderer, Snippet};

use legible::{legible, shown};
pub use machine::{json, sarif, written};

/// How much a mistake weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something that was written has no effect. What is generated is right all the same.
    Warning,
    /// Nothing is generated.
    Error,
}

impl Level {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// One diagnostic: a mistake or a warning, at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Kebab case; a row of `codes`.
    pub id: &'static str,
    /// One sentence, lower case, the user's own words in backticks.
    pub message: String,
    /// Where; none for what is missing as a whole.
    pub place: Option<Place>,
    /// What stands under the place.
    pub label: Option<String>,
    /// Other places that have to do with it.
    pub related: Vec<(Place, String)>,
    /// What to do.
    pub help: Option<String>,
    /// How many others have the same cause, and are not reported one by one.
    pub more: usize,
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn new(id: &'static str, place: impl Into<Option<Place>>, message: impl Into<String>) -> Self {
        let message = message.into();
        Diagnostic { id, message, place: place.into(), label: None, related: Vec::new(), help: None, more: 0 }
    }

    /// How much it weighs.
    pub fn level(&self) -> Level {
        codes::level(self.id)
    }

    /// True if nothing can be generated.
    pub fn is_error(&self) -> bool {
        self.level() == Level::Error
    }

    /// The same with words under the place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// The same with what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The same with what to do, if that is known.
    pub fn help_if(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// The same with another place.
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.related.push((place, text.into()));
        self
    }
}

/// Brings mistakes into the order of their places and leaves out what is reported already.
pub fn tidy(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    all.sort_by_key(|one| one.place.map_or((1, None), |place| (0, Some(place))));
    let mut kept: Vec<Diagnostic> = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// The mistakes as the compiler would show them. `colour`: with escape codes.
pub fn render(all: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    all.iter().map(|one| renderer.render(&groups(one, sources)) + "\n").collect::<Vec<_>>().join("\n")
}

/// How many there are, at the end of a text for people; empty if there are none.
pub fn total(all: &[Diagnostic]) -> String {
    let of = |level: Level, what: &str| {
        let these: Vec<&Diagnostic> = all.iter().filter(|one| one.level() == level).collect();
        let more: usize = these.iter().map(|one| one.more).sum();
        let ending = |number: usize| if number == 1 { "" } else { "s" };
        let causes = ending(these.iter().filter(|one| one.more > 0).count());
        let counted = format!("{} {what}{}", these.len(), ending(these.len()));
        match (these.len(), more) {
            (0, _) => None,
            (_, 0) => Some(counted),
            _ => Some(format!("{counted}, and {more} more of the same cause{causes}")),
        }
    };
    [of(Level::Error, "mistake"), of(Level::Warning, "warning")].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// How the built-in files that mistakes lie in are read; none if none does.
pub fn where_to_look(all: &[Diagnostic], sources: &Sources) -> Option<String> {
    let places = all.iter().flat_map(|one| one.place.iter().chain(one.related.iter().map(|(place, _)| place)));
    let mut files = places.filter_map(|place| sources.file(place.file));
    let name = files.find_map(|file| file.name.strip_prefix(BUILT_IN).filter(|_| file.origin == Origin::BuiltIn))?;
    let (definition, file) = name.split_once('/')?;
    Some(format!("`countersign show {definition} {file}` prints the built-in file"))
}

fn groups<'a>(one: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match one.level() {
        Level::Error => annotate_snippets::Level::ERROR,
        Level::Warning => annotate_snippets::Level::WARNING,
    };
    let mut group = level
        .primary_title(legible(&one.message))
        .id(one.id)
        .elements(std::iter::empty::<annotate_snippets::Element<'_>>());
    let mut places: Vec<(Place, AnnotationKind, &str)> = Vec::new();
    places.extend(one.place.map(|place| (place, AnnotationKind::Primary, one.label.as_deref().unwrap_or_default())));
    places.extend(one.related.iter().map(|(place, text)| (*place, AnnotationKind::Context, text.as_str())));
    let mut files: Vec<_> = Vec::new();
    for (place, ..) in &places {
        if !files.contains(&place.file) {
            files.push(place.file);
        }
    }
    for file in files {
        let Some(source) = sources.file(file) else { continue };
        let here = places.iter().filter(|(place, ..)| place.file == file);
        let shown = shown(&source.text);
        let annotations = here.map(|(place, kind, text)| {
            let annotation = kind.span(one_line(&shown.text, shown.place(*place)));
            if text.is_empty() { annotation } else { annotation.label(legible(text)) }
        });
        let annotations: Vec<_> = annotations.collect();
        let path = legible(&source.shown()).into_owned();
        group = group.element(Snippet::source(shown.text).path(path).annotations(annotations));
    }
    if let Some(help) = &one.help {
        group = group.element(annotate_snippets::Level::HELP.message(legible(help)));
    }
    if one.more > 0 {
        let text = format!("and {} more of the same cause", one.more);
        group = group.element(annotate_snippets::Level::NOTE.message(text));
    }
    vec![group]
}

/// A place cut to its first line: a whole payload underlined would bury the message.
fn one_line(text: &str, place: Place) -> std::ops::Range<usize> {
    let end = place.end.min(text.len());
    let start = place.start.min(end);
    let line = text.get(start..end).and_then(|inside| inside.find('\n')).map_or(end, |at| start + at);
    start..line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_counts_each_level_with_what_follows_from_it() {
        let diagnostic = |id, more| Diagnostic { more, ..Diagnostic::new(id, None, "it is wrong") };
        for (all, text) in [
            (vec![], ""),
            (vec![diagnostic("empty", 0)], "1 mistake"),
            (vec![diagnostic("empty", 0), diagnostic("empty", 4)], "2 mistakes, and 4 more of the same cause"),
            (vec![diagnostic("empty", 1), diagnostic("empty", 4)], "2 mistakes, and 5 more of the same causes"),
            (vec![diagnostic("unused", 2)], "1 warning, and 2 more of the same cause"),
            (
                vec![diagnostic("unused", 0), diagnostic("empty", 1)],
                "1 mistake, and 1 more of the same cause; 1 warning",
            ),
        ] {
            assert_eq!(total(&all), text);
        }
    }
}
