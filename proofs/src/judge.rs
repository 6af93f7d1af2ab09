//! What the generator says of a definition: good with its files, refused with mistakes that have a place, or broken, which
//! is our fault.

use anyhow::{Context, Result, anyhow};
use countersign::check::check;
use countersign::diagnostic::{Diagnostic, render};
use countersign::emit::{File, Templates, emit};
use countersign::load::{Files, Library, built_in};
use countersign::model::Adapter;
use countersign::vocabulary::Vocabulary;

/// What the generator says.
#[derive(Debug)]
pub enum Verdict {
    /// It is good, and this is generated.
    Good(Box<Good>),
    /// It is refused.
    Refused(Refused),
    /// It is neither: a mistake of the generator's.
    Broken(String),
}

/// A good definition.
#[derive(Debug)]
pub struct Good {
    /// The model.
    pub adapter: Adapter,
    /// What is generated.
    pub files: Vec<File>,
}

/// Why a definition is refused.
#[derive(Debug)]
pub struct Refused {
    /// Ids, each once.
    pub ids: Vec<&'static str>,
    /// As it is shown to people.
    pub shown: String,
}

/// The generator's tables, read once.
pub struct Judge {
    vocabulary: &'static Vocabulary,
    templates: Templates,
}

struct Written<'t>(&'t str);

impl Library for Written<'_> {
    fn names(&self) -> Vec<String> {
        vec!["written".to_owned()]
    }

    fn files(&self, name: &str) -> Option<Files> {
        (name == "written").then(|| vec![("adapter.yaml".to_owned(), self.0.as_bytes().to_vec())])
    }
}

impl Judge {
    /// A judge.
    ///
    /// # Errors
    /// The generator's own words cannot be read.
    pub fn new() -> Result<Judge> {
        let vocabulary = Vocabulary::shipped().map_err(|error| anyhow!("{error}")).context("the vocabulary")?;
        Ok(Judge { vocabulary, templates: Templates::shipped() })
    }

    /// The words of definitions.
    pub fn words(&self) -> &Vocabulary {
        self.vocabulary
    }

    /// Judges a definition.
    pub fn judge(&self, yaml: &str) -> Verdict {
        let loaded = match built_in("written", &Written(yaml)) {
            Ok(loaded) => loaded,
            Err(error) => return refused(&error.diagnostics, &error.sources),
        };
        let checked = check(&loaded);
        let Some(adapter) = checked.adapter else { return refused(&checked.diagnostics, &loaded.sources) };
        match emit(&adapter, &self.templates) {
            Ok(files) => Verdict::Good(Box::new(Good { adapter, files })),
            Err(error) => Verdict::Broken(format!("check calls it good, and generate ends with: {error}")),
        }
    }
}

fn refused(diagnostics: &[Diagnostic], sources: &countersign::source::Sources) -> Verdict {
    let shown = render(diagnostics, sources, false);
    if diagnostics.is_empty() {
        return Verdict::Broken("refused without a mistake".to_owned());
    }
    if let Some(lost) = diagnostics.iter().find(|one| one.place.is_none()) {
        return Verdict::Broken(format!("`{}` has no place\n{shown}", lost.id));
    }
    let mut ids: Vec<&'static str> = diagnostics.iter().map(|one| one.id).collect();
    ids.sort_unstable();
    ids.dedup();
    Verdict::Refused(Refused { ids, shown })
}
