//! The words of definitions: what fields may mean, what endpoints may do, and how generated code calls it. They come
//! in families, one YAML file each under `generator/vocabulary`; this file knows their form and none of their words.

mod table;

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde::de::Deserializer;

use crate::language::primitive::Primitive;
pub use table::Table;

static FAMILIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vocabulary");

/// All families in one table.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// `user.id` -> text. In the order of the files.
    pub meanings: Table<Natural>,
    /// Runtime type -> the closed set of its values.
    pub sets: Table<Vec<String>>,
    /// What the runtime calls a thing.
    pub entities: Table<Entity>,
    /// A meaning that can be worked out from others.
    pub derived: Table<Vec<String>>,
    /// Things that are available everywhere.
    pub always: Vec<String>,
    /// Things that speak of themselves alone.
    pub inward: Vec<String>,
    /// Things that are sent back as they came, into failures too.
    pub echoed: Vec<String>,
    /// Meanings that a fault may carry into a failure.
    pub carried: Vec<String>,
    /// How long a value can be in a text message.
    pub longest: Table<usize>,
    /// Fault -> when it is answered, as the end of a sentence.
    pub faults: Table<String>,
    /// Faults that no request provokes by itself.
    pub unprovoked: Unprovoked,
    /// The verbs.
    pub behaviours: Table<Behaviour>,
}

/// Faults that no request provokes by itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Unprovoked {
    /// They need earlier requests, other settings, or a failure of what is behind the server.
    pub state: Vec<String>,
    /// They need that the server holds certain data: rows of its tables, what its hooks answer.
    pub data: Vec<String>,
}

/// One file of words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[expect(dead_code, reason = "for the reader of the file")]
    about: String,
    meanings: Table<Table<Natural>>,
    #[serde(default)]
    sets: Table<Vec<String>>,
    #[serde(default)]
    entities: Table<Entity>,
    #[serde(default)]
    derived: Table<Vec<String>>,
    #[serde(default)]
    always: Vec<String>,
    #[serde(default)]
    inward: Vec<String>,
    #[serde(default)]
    echoed: Vec<String>,
    #[serde(default)]
    carried: Vec<String>,
    #[serde(default)]
    longest: Table<usize>,
    #[serde(default)]
    faults: Table<String>,
    #[serde(default)]
    unprovoked: Unprovoked,
    #[serde(default)]
    behaviours: Table<Behaviour>,
}

/// The type of a meaning.
#[derive(Debug, Clone, PartialEq)]
pub enum Natural {
    /// `text`, `decimal`, `code`, ...
    Primitive(Primitive),
    /// The key of a message: text on the wire.
    Key,
    /// `passed | failed`
    OneOf(Vec<String>),
    /// `[option]`: a list of things, or of primitives.
    List(String),
    /// A thing of its own, such as a form.
    Entity(String),
}

impl Natural {
    /// Reads the type as written: `text`, `a | b`, `[thing]`.
    pub fn parse(text: &str) -> Natural {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return Natural::List(inner.trim().to_owned());
        }
        if text.contains('|') {
            return Natural::OneOf(text.split('|').map(|value| value.trim().to_owned()).collect());
        }
        match (text, Primitive::parse(text)) {
            ("key", _) => Natural::Key,
            (_, Some(primitive)) => Natural::Primitive(primitive),
            (entity, None) => Natural::Entity(entity.to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Natural {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            List([String; 1]),
        }
        Ok(match Written::deserialize(from)? {
            Written::One(text) => Natural::parse(&text),
            Written::List([inner]) => Natural::List(inner),
        })
    }
}

/// What the runtime calls a thing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// The Rust type.
    pub rust: String,
    /// The qualities that it has; said of entities that behaviours give whole.
    #[serde(default)]
    pub fields: Vec<String>,
    /// It may also hold meanings that a definition adds.
    #[serde(default)]
    pub facts: bool,
    /// Qualities that it may lack.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Put together from whatever in the request means one of its qualities.
    #[serde(default)]
    pub gathered: bool,
    /// A column of a table may be a list of it.
    #[serde(default)]
    pub in_tables: bool,
}

/// A verb: one function of the runtime.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// One sentence.
    #[serde(default)]
    pub about: String,
    /// Must be bound; `a | b`: at least one of them.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Must be bound, or the endpoint says `without`.
    #[serde(default)]
    pub expects: Vec<String>,
    /// Used when bound.
    #[serde(default)]
    pub takes: Vec<String>,
    /// What it gives.
    #[serde(default)]
    pub gives: Vec<String>,
    /// The values that report a refusal.
    #[serde(default)]
    pub outcome: Vec<String>,
    /// Faults by which the caller is refused.
    #[serde(default)]
    pub refuses: Vec<String>,
    /// Faults of other kinds.
    #[serde(default)]
    pub fails: Vec<String>,
    /// Hooks that it calls.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Whether it uses the store.
    #[serde(default)]
    pub store: bool,
    /// What the short form `behaviour: word` sets.
    #[serde(default)]
    pub option: Option<String>,
    /// What the short form may set, by the field of the input that it sets.
    #[serde(default)]
    pub may_say: Option<MaySay>,
    /// The kinds of codes that it may be used with; all of them where nothing is said.
    #[serde(default)]
    pub kinds: Option<Kinds>,
    /// How generated code calls it; none for a hook that the definition declares.
    #[serde(default)]
    pub rust: Option<Call>,
}

/// What the short form of a behaviour may set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum MaySay {
    /// A whole number, in the field of this name.
    Number {
        /// The field.
        number: String,
    },
    /// This word alone, which makes the field of the same name true.
    Word {
        /// The field.
        word: String,
    },
}

/// Kinds of codes, by what they are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinds {
    /// Those with an id beside the code.
    WithId,
    /// Those that are found by the code itself.
    ByCode,
    /// Those of them of which a newer one voids the older.
    OneByCode,
}

/// How generated code calls a behaviour.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The context's method.
    pub method: String,
    /// The variant that may find nobody.
    #[serde(default)]
    pub if_known: Option<String>,
    /// The arguments, in order.
    pub inputs: Vec<Argument>,
    /// The variable; none if nothing is given.
    #[serde(default)]
    pub output: Option<Output>,
    /// The field that says that what was refused stays valid.
    #[serde(default)]
    pub keep_refused: Option<String>,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    /// `option` or `request`.
    Word(Word),
    /// A struct that is filled from meanings.
    Struct {
        /// The Rust type; its other fields have defaults.
        #[serde(rename = "struct")]
        name: String,
        /// Meaning, `operation.*` or `bound` -> field.
        fields: Table<String>,
    },
}

/// An argument that is no struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// The behaviour's option, as text.
    Option,
    /// The whole request, borrowed.
    Request,
    /// The table that the option names, borrowed.
    Table,
    /// The values of its key, each if it is there.
    Key,
}

/// What a call leaves behind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Name of the variable.
    pub name: String,
    /// Meaning, `user.*` or `bound` -> path into the variable.
    pub fields: Table<String>,
    /// The same after `.passed()?`; none if the behaviour cannot refuse.
    #[serde(default)]
    pub passed: Option<Table<String>>,
}

/// What a behaviour ends with if a table has no such row.
pub fn fault_of_table(table: &str) -> String {
    format!("{table}.unknown")
}

/// A path into an output: `value?.id` is the field `id` of what `value`, an Option, holds. Empty for the value itself.
pub fn path_of(text: &str) -> Vec<(&str, bool)> {
    let parts = text.split('.').filter(|part| !part.is_empty());
    parts.map(|part| part.strip_suffix('?').map_or((part, false), |name| (name, true))).collect()
}

impl Behaviour {
    /// True for `verify_otp` and its like: what the kind of code binds is an input.
    pub fn has_kind(&self) -> bool {
        self.expects.iter().chain(&self.takes).any(|word| word == "bound")
    }

    /// True for `open_session`: what the kind of session binds is an input.
    pub fn has_session(&self) -> bool {
        self.expects.iter().any(|word| word == "session")
    }

    /// True for `find_row`: the option is a table, whose key is an input and whose columns are given.
    pub fn has_table(&self) -> bool {
        self.needs.iter().any(|word| word == "key")
    }
}

/// What went wrong in a shipped file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("vocabulary/{file}: {why}")]
pub struct VocabularyError {
    file: String,
    why: String,
}

impl Vocabulary {
    /// The families that come with this program.
    ///
    /// # Errors
    /// A family's file does not have the form that this program knows, or two families have the same word.
    pub fn shipped() -> Result<&'static Vocabulary, &'static VocabularyError> {
        static SHIPPED: LazyLock<Result<Vocabulary, VocabularyError>> = LazyLock::new(Vocabulary::read);
        SHIPPED.as_ref()
    }

    fn read() -> Result<Vocabulary, VocabularyError> {
        let mut files: Vec<_> = FAMILIES.files().collect();
        files.sort_by_key(|file| file.path());
        let mut all = Vocabulary::default();
        for file in files {
            let name = file.path().display().to_string();
            let text = file.contents_utf8().unwrap_or_default();
            let family = serde_yaml::from_str(text).map_err(|error| error.to_string());
            let added = family.and_then(|family| all.add(family));
            added.map_err(|why| VocabularyError { file: name, why })?;
        }
        Ok(all)
    }

    fn add(&mut self, family: Family) -> Result<(), String> {
        for (entity, attributes) in family.meanings {
            for (attribute, natural) in attributes {
                self.meanings.add(format!("{entity}.{attribute}"), natural)?;
            }
        }
        self.always.extend(family.always);
        self.inward.extend(family.inward);
        self.echoed.extend(family.echoed);
        self.carried.extend(family.carried);
        self.longest.extend(family.longest)?;
        self.sets.extend(family.sets)?;
        self.entities.extend(family.entities)?;
        self.derived.extend(family.derived)?;
        self.faults.extend(family.faults)?;
        self.unprovoked.state.extend(family.unprovoked.state);
        self.unprovoked.data.extend(family.unprovoked.data);
        self.behaviours.extend(family.behaviours)
    }

    /// The type of a meaning.
    pub fn meaning(&self, name: &str) -> Option<&Natural> {
        self.meanings.get(name)
    }

    /// The runtime's type of a meaning with a closed set of values: `Outcome`.
    pub fn set_of(&self, meaning: &str) -> Option<&str> {
        let Some(Natural::OneOf(values)) = self.meaning(meaning) else { return None };
        self.set_of_values(values)
    }

    /// The runtime's type that has all of these values.
    pub fn set_of_values(&self, values: &[String]) -> Option<&str> {
        let mut sets = self.sets.iter();
        sets.find(|(_, all)| values.iter().all(|value| all.contains(value))).map(|(name, _)| name.as_str())
    }

    /// The runtime's type of a thing, as in `from = User`.
    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.get(name)
    }

    /// What a behaviour gives by a word of its `gives`: the meaning, or for `user.*` what such a thing has. `own` are
    /// the meanings that a definition adds.
    pub fn given_by(&self, word: &str, own: &[String]) -> Vec<String> {
        let Some(name) = word.strip_suffix(".*") else { return vec![word.to_owned()] };
        let Some(entity) = self.entity(name) else { return Vec::new() };
        let own = own.iter().filter(|meaning| entity.facts && meaning.split('.').next() == Some(name));
        entity.fields.iter().map(|attribute| format!("{name}.{attribute}")).chain(own.cloned()).collect()
    }

    /// The qualities of a thing.
    pub fn attributes<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = &'a str> {
        let of_entity = move |name: &'a str| name.strip_prefix(entity)?.strip_prefix('.');
        self.meanings.iter().filter_map(move |(name, _)| of_entity(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> &'static Vocabulary {
        Vocabulary::shipped().unwrap()
    }

    #[test]
    fn every_word_of_a_behaviour_is_a_meaning() {
        let all = shipped();
        for (name, behaviour) in &all.behaviours {
            let lists = [&behaviour.needs, &behaviour.expects, &behaviour.takes, &behaviour.gives, &behaviour.outcome];
            for word in lists.into_iter().flatten().flat_map(|word| word.split(" | ")) {
                let known = ["bound", "kept", "everything", "key", "columns", "session"].contains(&word)
                    || all.meanings.has(word);
                let star = word.strip_suffix(".*").is_some_and(|entity| all.attributes(entity).next().is_some());
                assert!(known || star, "{name}: {word}");
            }
        }
    }

    #[test]
    fn every_fault_of_a_behaviour_is_reported() {
        let all = shipped();
        for (name, behaviour) in &all.behaviours {
            for fault in behaviour.refuses.iter().chain(&behaviour.fails) {
                assert!(all.faults.has(fault), "{name}: {fault}");
            }
        }
    }

    #[test]
    fn every_closed_set_has_one_runtime_type() {
        let all = shipped();
        for (name, natural) in &all.meanings {
            if let Natural::OneOf(values) = natural {
                let fits = |set: &Vec<String>| values.iter().all(|value| set.contains(value));
                assert_eq!(all.sets.iter().filter(|(_, set)| fits(set)).count(), 1, "{name}");
            }
        }
    }

    /// The fields of a struct of the runtime's source.
    fn fields_of(name: &str) -> Vec<String> {
        let items = syn::parse_file(include_str!("../../runtime/src/entities.rs")).unwrap().items;
        let structs = items.into_iter().filter_map(|item| match item {
            syn::Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        structs.flat_map(|item| item.fields).filter_map(|field| Some(field.ident?.to_string())).collect()
    }

    #[test]
    fn a_thing_has_what_the_runtime_has_and_gives_no_secret() {
        let all = shipped();
        for (name, entity) in &all.entities {
            let theirs = fields_of(&entity.rust);
            for attribute in &entity.fields {
                assert!(theirs.contains(attribute), "{name}.{attribute} is no field of {}", entity.rust);
                let secret = matches!(all.meaning(&format!("{name}.{attribute}")), Some(Natural::Primitive(word)) if word == "secret");
                assert!(!secret, "{name}.{attribute}");
            }
        }
        let given: Vec<String> = all.behaviours.iter().flat_map(|(_, one)| one.gives.clone()).collect();
        for entity in given.iter().filter_map(|word| word.strip_suffix(".*")) {
            assert!(all.entity(entity).is_some_and(|entity| !entity.fields.is_empty()), "{entity}");
        }
        assert!(!all.given_by("user.*", &[]).contains(&"user.password".to_owned()));
    }

    #[test]
    fn every_value_that_a_behaviour_uses_has_a_place_in_its_call() {
        let all = shipped();
        for (name, behaviour) in &all.behaviours {
            let call = behaviour.rust.as_ref().unwrap();
            let inputs: Vec<&str> = call.inputs.iter().flat_map(words_of).collect();
            let lists = [&behaviour.needs, &behaviour.expects, &behaviour.takes];
            for word in lists.into_iter().flatten().flat_map(|word| word.split(" | ")) {
                let spanned = inputs.contains(&word) || word == "everything" || word == "kept";
                let in_code = inputs.contains(&"bound") && word.starts_with("operation.");
                let gathered = word.starts_with("operation.") && inputs.contains(&"operation.*");
                assert!(spanned || in_code || gathered, "{name}: {word}");
            }
        }
    }

    fn words_of(argument: &Argument) -> Vec<&str> {
        match argument {
            Argument::Word(Word::Key) => vec!["key"],
            Argument::Word(_) => Vec::new(),
            Argument::Struct { fields, .. } => fields.names().collect(),
        }
    }
}
