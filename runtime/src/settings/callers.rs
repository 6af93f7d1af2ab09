//! Who may call, from `callers.<name>.*`: tokens by reference, one or two of them, and what each caller may do. A
//! token is kept as its hash.

use std::collections::BTreeSet;

use super::options::Caller;
use super::read::Sources;
use super::secrets;
use super::tree::{SettingMistake, SettingsTree};
use crate::dev::DEMO_TOKEN;

/// What is set of a caller.
pub(super) const PARTS: [&str; 3] = ["token", "endpoints", "countries"];

/// Reads who may call. With `--dev` and nobody set it is the demo caller.
///
/// # Errors
/// Every token that is missing, cannot be read, is weak or belongs to two callers.
pub(super) fn read_callers(tree: &SettingsTree, sources: &Sources) -> Result<Vec<Caller>, Vec<SettingMistake>> {
    let names: BTreeSet<&str> = tree.paths().filter_map(name_of).collect();
    if names.is_empty() && sources.dev {
        let tokens = vec![hash(DEMO_TOKEN.as_bytes())];
        return Ok(vec![Caller { name: "demo".to_owned(), tokens, endpoints: None, countries: None }]);
    }
    let mut mistakes = Vec::new();
    if names.is_empty() {
        let what = "nobody may call; name a caller and its token: `callers.<name>.token: env:NAME` or `file:PATH`";
        mistakes.push(tree.mistake("callers", what));
    }
    let mut callers: Vec<Caller> = Vec::new();
    for name in names {
        match read_one(name, tree, sources) {
            Ok(caller) => callers.push(caller),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    for (at, caller) in callers.iter().enumerate() {
        let before =
            callers.iter().take(at).find(|other| other.tokens.iter().any(|token| caller.tokens.contains(token)));
        if let Some(other) = before {
            let what = format!("`{}` has the same token; each caller has its own", other.name);
            mistakes.push(tree.mistake(&path(&caller.name, "token"), what));
        }
    }
    if mistakes.is_empty() { Ok(callers) } else { Err(mistakes) }
}

/// The name in `callers.<name>.token`, if a path is of this form.
pub(super) fn name_of(path: &str) -> Option<&str> {
    let (name, part) = path.strip_prefix("callers.")?.split_once('.')?;
    (PARTS.contains(&part) && !name.is_empty()).then_some(name)
}

fn read_one(name: &str, tree: &SettingsTree, sources: &Sources) -> Result<Caller, SettingMistake> {
    let at = path(name, "token");
    let references = tree.list(&at)?.unwrap_or_default();
    if references.is_empty() || references.len() > 2 {
        let what = "one reference to a token is wanted, or two while it is exchanged: `env:NAME` or `file:PATH`";
        return Err(tree.mistake(&at, what));
    }
    let read = references.iter().map(|reference| token(reference, sources).map_err(|what| tree.mistake(&at, what)));
    Ok(Caller {
        name: name.to_owned(),
        tokens: read.collect::<Result<_, _>>()?,
        endpoints: tree.list(&path(name, "endpoints"))?,
        countries: tree.list(&path(name, "countries"))?,
    })
}

fn token(reference: &str, sources: &Sources) -> Result<[u8; 32], String> {
    let bytes = secrets::read(reference, &|name| sources.environment.get(name).cloned())?;
    secrets::check_strength(&bytes)?;
    if !bytes.iter().all(u8::is_ascii_graphic) {
        return Err("the token has characters that no header can hold".to_owned());
    }
    Ok(hash(&bytes))
}

/// What stands for a token: compared, it tells nothing of how much of it was right.
pub(crate) fn hash(token: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::new().chain_update(b"countersign caller\0").chain_update(token).finalize().into()
}

fn path(name: &str, part: &str) -> String {
    format!("callers.{name}.{part}")
}
