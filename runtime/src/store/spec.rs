//! Which store a setting means, and how it is opened.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::audit::Micros;
use super::batch::Millis;
use super::chain::ChainSealer;
use super::memory::MemoryStore;
#[cfg(feature = "postgres")]
use super::postgres::{self, PostgresAddress, PostgresStore};
use super::verify::AuditSource;
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

/// Makes or changes a store's schema, and tells what was done. Blocks.
///
/// # Errors
/// The store has no schema of this sort, or it cannot be changed.
pub fn migrate(spec: &StoreSpec) -> Result<String, StoreError> {
    match spec {
        #[cfg(feature = "postgres")]
        StoreSpec::Postgres(address) => {
            let (version, run) = postgres::migrate(address)?;
            Ok(format!("the schema has version {version}; migrations run: {run}"))
        }
        StoreSpec::Memory | StoreSpec::Embedded(_) => {
            Err(StoreError::Unusable("`--migrate` is for PostgreSQL; other stores look after their schema".into()))
        }
    }
}

/// What a store is opened with.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Who seals audit entries; by default with the key that every copy of countersign has, which is for tests.
    pub sealer: ChainSealer,
    /// How old audit entries get that the store removes by itself; for ever if there is no age.
    pub keep_audit: Option<Millis>,
}

/// Opens a store as tests want it.
///
/// # Errors
/// As [`open_with`].
pub fn open(spec: &StoreSpec) -> Result<Arc<dyn Store>, StoreError> {
    open_with(spec, Opening::default())
}

/// Opens a store. Blocks while an embedded one is checked and while a database is asked.
///
/// # Errors
/// It is in use, damaged, or cannot be opened.
pub fn open_with(spec: &StoreSpec, opening: Opening) -> Result<Arc<dyn Store>, StoreError> {
    let Opening { sealer, keep_audit } = opening;
    match spec {
        StoreSpec::Memory => Ok(Arc::new(MemoryStore::sealed_by(sealer))),
        #[cfg(feature = "embedded")]
        StoreSpec::Embedded(path) => {
            let options = super::embedded::EmbeddedOptions { sealer, keep_audit, ..Default::default() };
            Ok(Arc::new(super::embedded::EmbeddedStore::open_with(path, options)?))
        }
        #[cfg(not(feature = "embedded"))]
        StoreSpec::Embedded(_) => Err(StoreError::Unusable("the embedded store is not built in".into())),
        #[cfg(feature = "postgres")]
        StoreSpec::Postgres(address) => {
            let options = postgres::PostgresOptions { sealer, ..Default::default() };
            Ok(Arc::new(PostgresStore::open_with(address, options)?))
        }
    }
}

/// Removes audit entries from before so many microseconds ago, with a record that says which; tells how many. Blocks.
///
/// # Errors
/// The store does so by itself, or whoever connects has no right to.
pub fn prune_audit(spec: &StoreSpec, sealer: &ChainSealer, keep: Micros) -> Result<u64, StoreError> {
    match spec {
        #[cfg(feature = "postgres")]
        StoreSpec::Postgres(address) => postgres::prune_audit(address, sealer, keep),
        StoreSpec::Memory | StoreSpec::Embedded(_) => {
            let _ = (sealer, keep);
            Err(StoreError::Unusable("`audit prune` is for PostgreSQL; an embedded store removes by itself".into()))
        }
    }
}

/// Opens the audit entries of a store for reading, while an adapter may write to it. Blocks.
///
/// # Errors
/// There is no such store, or it cannot be read.
pub fn audit_source(spec: &StoreSpec) -> Result<Box<dyn AuditSource>, StoreError> {
    match spec {
        StoreSpec::Memory => Err(StoreError::Unusable("a store in memory can be read by its own process only".into())),
        #[cfg(feature = "embedded")]
        StoreSpec::Embedded(path) => Ok(Box::new(super::embedded::FileReader::open(path)?)),
        #[cfg(not(feature = "embedded"))]
        StoreSpec::Embedded(_) => Err(StoreError::Unusable("the embedded store is not built in".into())),
        #[cfg(feature = "postgres")]
        StoreSpec::Postgres(address) => Ok(Box::new(postgres::DatabaseReader::open(address)?)),
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
        assert!(!error.contains("secret"), "{error}");
    }
}
