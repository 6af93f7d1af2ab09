//! Which store a setting means.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::engine::{Engine, Opening};
use super::memory::MemoryEngine;
#[cfg(feature = "postgres")]
use super::postgres::PostgresAddress;
use super::{Store, StoreError};

/// Gives the secret that a reference names, or why not.
pub type ReadSecret<'a> = dyn Fn(&str) -> Result<Zeroizing<Vec<u8>>, String> + 'a;

/// Which store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreSpec {
    /// `memory`: gone when the process ends.
    Memory,
    /// `embedded:PATH`: a file of this machine.
    Embedded(PathBuf),
    /// `postgres://…`: a database that several processes share.
    #[cfg(feature = "postgres")]
    Postgres(PostgresAddress),
}

impl StoreSpec {
    /// What it can do: the one place where engines are registered.
    pub fn engine(&self) -> Box<dyn Engine + '_> {
        match self {
            StoreSpec::Memory => Box::new(MemoryEngine),
            #[cfg(feature = "embedded")]
            StoreSpec::Embedded(path) => Box::new(super::embedded::EmbeddedEngine(path)),
            #[cfg(not(feature = "embedded"))]
            StoreSpec::Embedded(_) => Box::new(NotBuiltIn),
            #[cfg(feature = "postgres")]
            StoreSpec::Postgres(address) => Box::new(address.clone()),
        }
    }

    /// The same with secrets in place of their references, as `read` gives them.
    ///
    /// # Errors
    /// A secret cannot be read.
    pub fn resolve(self, read: &ReadSecret<'_>) -> Result<Self, StoreError> {
        match self {
            #[cfg(feature = "postgres")]
            StoreSpec::Postgres(address) => address.resolve(read).map(StoreSpec::Postgres),
            other => {
                let _ = read;
                Ok(other)
            }
        }
    }
}

/// The embedded store where it is not built in. It is the default of the setting all the same, so it is refused where a
/// store is asked something and not where the setting is read.
#[cfg(not(feature = "embedded"))]
struct NotBuiltIn;

#[cfg(not(feature = "embedded"))]
impl NotBuiltIn {
    fn refused() -> StoreError {
        let why = "the embedded store is not built in; build with the feature `embedded`, or use `postgres://…`";
        StoreError::Unusable(why.into())
    }
}

#[cfg(not(feature = "embedded"))]
impl Engine for NotBuiltIn {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn exists(&self) -> bool {
        false
    }

    fn is_volatile(&self) -> bool {
        false
    }

    fn check(&self) -> Result<(), StoreError> {
        Err(NotBuiltIn::refused())
    }

    fn open(&self, _opening: Opening) -> Result<Arc<dyn Store>, StoreError> {
        Err(NotBuiltIn::refused())
    }

    fn audit_source(&self) -> Result<Box<dyn super::verify::AuditSource>, StoreError> {
        Err(NotBuiltIn::refused())
    }
}

impl FromStr for StoreSpec {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        if text == "memory" {
            return Ok(StoreSpec::Memory);
        }
        if let Some(path) = text.strip_prefix("embedded:") {
            return match path {
                "" => {
                    Err(StoreError::Unusable("`embedded:` needs a path, such as `embedded:./data/adapter.db`".into()))
                }
                path => Ok(StoreSpec::Embedded(PathBuf::from(path))),
            };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return postgres_spec(text);
        }
        Err(StoreError::Unusable("a store is `memory`, `embedded:PATH` or `postgres://…`".into()))
    }
}

#[cfg(feature = "postgres")]
fn postgres_spec(text: &str) -> Result<StoreSpec, StoreError> {
    text.parse().map(StoreSpec::Postgres)
}

/// The address may hold a password, so it is not repeated.
#[cfg(not(feature = "postgres"))]
fn postgres_spec(_text: &str) -> Result<StoreSpec, StoreError> {
    let why = "PostgreSQL is not built in; build with the feature `postgres`, or use `embedded:PATH`";
    Err(StoreError::Unusable(why.into()))
}

/// Opens a store as tests want it.
///
/// # Errors
/// As [`Engine::open`].
pub fn open(spec: &StoreSpec) -> Result<Arc<dyn Store>, StoreError> {
    spec.engine().open(Opening::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_read() {
        assert_eq!("memory".parse(), Ok(StoreSpec::Memory));
        assert_eq!("embedded:./a b.db".parse(), Ok(StoreSpec::Embedded("./a b.db".into())));
        for wrong in ["", "Memory", "embedded", "embedded:", "redis://x"] {
            assert!(matches!(wrong.parse::<StoreSpec>(), Err(StoreError::Unusable(_))), "{wrong}");
        }
        let error = "postgres://bank:secret@db/x".parse::<StoreSpec>().unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
