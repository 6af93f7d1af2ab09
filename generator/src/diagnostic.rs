//! What is wrong with a definition, as data, and how it is shown: for people, as JSON, as SARIF. Which ids there are
//! and what they mean stands in `check/codes.rs`.

pub mod codes;
mod machine;

use crate::source::{Place, Sources};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

pub use machine::{json, sarif};

/// One mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Kebab case; a row of `check::codes`.
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
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn new(id: &'static str, place: impl Into<Option<Place>>, message: impl Into<String>) -> Self {
        let message = message.into();
        Diagnostic { id, message, place: place.into(), label: None, related: Vec::new(), help: None }
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

/// Brings mistakes into the order of their places and leaves out what is told already.
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

fn groups<'a>(one: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let mut group = Level::ERROR
        .primary_title(one.message.as_str())
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
        let annotations = here.map(|(place, kind, text)| {
            let annotation = kind.span(one_line(&source.text, *place));
            if text.is_empty() { annotation } else { annotation.label(*text) }
        });
        group = group.element(Snippet::source(&source.text).path(&source.name).annotations(annotations));
    }
    if let Some(help) = &one.help {
        group = group.element(Level::HELP.message(help.as_str()));
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
