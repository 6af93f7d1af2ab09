//! The definition loader and every check: bytes as an `adapter.yaml`, alone or extending the one that ships. Nothing
//! panics, and whatever is refused says why.

use countersign::check::check;
use countersign::load::{self, BuiltIn, Files, Library};

const NAME: &str = "fuzzed";

/// The shipped definitions, and one that is made of the fuzzer's bytes.
struct Fuzzed<'d>(&'d [u8]);

impl Library for Fuzzed<'_> {
    fn names(&self) -> Vec<String> {
        BuiltIn::embedded().names()
    }

    fn files(&self, name: &str) -> Option<Files> {
        match name {
            NAME => Some(vec![("adapter.yaml".to_owned(), self.0.to_vec())]),
            shipped => BuiltIn::embedded().files(shipped),
        }
    }
}

pub fn run(data: &[u8]) {
    match load::built_in(NAME, &Fuzzed(data)) {
        Err(refused) => assert!(!refused.diagnostics.is_empty(), "refused without a reason"),
        Ok(loaded) => {
            let checked = check(&loaded);
            assert_eq!(
                checked.adapter.is_none(),
                checked.diagnostics.iter().any(|one| one.is_error()),
                "neither good nor refused"
            );
        }
    }
}
