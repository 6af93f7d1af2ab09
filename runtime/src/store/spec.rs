//! Which store a setting means, and how it is opened.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use super::memory::MemoryStore;
use super::{Store, StoreError};

/// Which store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreSpec {
    /// `memory`: gone when the process ends.
    Memory,
    /// `embedded:PATH`: a file of this machine.
    Embedded(PathBuf),
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
            // The address may hold a password, so it is not repeated.
            return Err(StoreError::Unusable("PostgreSQL is not built in yet; use `embedded:PATH`".into()));
        }
        Err(StoreError::Unusable("a store is `memory` or `embedded:PATH`".into()))
    }
}

/// Opens a store. Blocks while an embedded one is checked.
///
/// # Errors
/// It is in use, damaged, or cannot be opened.
pub fn open(spec: &StoreSpec) -> Result<Arc<dyn Store>, StoreError> {
    match spec {
        StoreSpec::Memory => Ok(Arc::new(MemoryStore::default())),
        #[cfg(feature = "embedded")]
        StoreSpec::Embedded(path) => Ok(Arc::new(super::embedded::EmbeddedStore::open(path)?)),
        #[cfg(not(feature = "embedded"))]
        StoreSpec::Embedded(_) => Err(StoreError::Unusable("the embedded store is not built in".into())),
    }
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
        assert!(error.contains("not built in yet") && !error.contains("secret"), "{error}");
    }
}
