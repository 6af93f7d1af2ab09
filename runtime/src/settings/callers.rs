//! Who may call, from `callers.<name>.*`: tokens or keys by reference, one or two of them, names of certificates, and what
//! each caller may do. A credential is kept as its hash.

use std::collections::BTreeSet;

use super::options::{Caller, Partner};
use super::read::Sources;
use super::secrets::{self, SecretBytes};
use super::strength;
use super::tree::{SettingError, SettingsTree};
use crate::adapter::Callers;
use crate::dev::{DEMO_CALLER, DEMO_TOKEN};
use crate::tls::CertificateName;

/// What is set of every caller, whatever they show.
const OF_ALL: [&str; 4] = ["certificate", "endpoints", "countries", "partners"];

/// What a caller's credential is called, if there is one beside certificates, and whether it stands behind an access id.
#[derive(Clone, Copy)]
struct Way {
    secret: Option<&'static str>,
    has_id: bool,
}

impl Way {
    fn of(callers: &Callers) -> Way {
        match callers {
            Callers::Basic(_) => Way { secret: Some("key"), has_id: true },
            Callers::Bearer => Way { secret: Some("token"), has_id: false },
            Callers::None(_) => Way { secret: None, has_id: false },
        }
    }
}

/// Reads who may call. With `--dev` and nobody set it is the demo caller, where callers show something. Where the definition
/// lets anybody call, those who are named show certificates.
///
/// # Errors
/// Every credential that is missing, cannot be read, is weak or belongs to two callers.
pub(super) fn read_callers(
    callers: &Callers,
    tree: &SettingsTree,
    sources: &Sources,
) -> Result<Vec<Caller>, Vec<SettingError>> {
    let way = Way::of(callers);
    let names: BTreeSet<&str> = tree.paths().filter_map(|path| name_of(path, callers)).collect();
    if names.is_empty() && way.secret.is_none() {
        return Ok(Vec::new());
    }
    if names.is_empty() && sources.dev {
        let id = way.has_id.then_some(DEMO_CALLER);
        let tokens = vec![hash(&credential(id, DEMO_TOKEN.as_bytes()))];
        let name = DEMO_CALLER.to_owned();
        return Ok(vec![Caller {
            name,
            tokens,
            certificates: Vec::new(),
            endpoints: None,
            countries: None,
            partners: None,
        }]);
    }
    let mut errors = Vec::new();
    if names.is_empty() {
        let secret = way.secret.unwrap_or("certificate");
        let what = format!(
            "nobody may call; name a caller and its {secret}: `callers.<name>.{secret}: env:NAME` or `file:PATH`"
        );
        errors.push(tree.error("callers", what));
    }
    let mut all: Vec<Caller> = Vec::new();
    for name in names {
        match read_one(name, way, tree, sources) {
            Ok(caller) => all.push(caller),
            Err(error) => errors.push(error),
        }
    }
    for (at, caller) in all.iter().enumerate() {
        for other in all.iter().take(at) {
            let Some(shared) = shared(caller, other, way) else { continue };
            let what = format!("`{}` has the same {shared}; each caller has its own", other.name);
            errors.push(tree.error(&path(&caller.name, shared), what));
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}

/// The name in `callers.<name>.token`, if a path is of this form.
pub(super) fn name_of<'p>(path: &'p str, callers: &Callers) -> Option<&'p str> {
    let (name, part) = path.strip_prefix("callers.")?.split_once('.')?;
    let way = Way::of(callers);
    let is_known = OF_ALL.contains(&part) || way.secret == Some(part) || (way.has_id && part == "access_id");
    (is_known && !name.is_empty()).then_some(name)
}

/// What two callers have in common, so that nobody knows which of them calls.
fn shared(one: &Caller, other: &Caller, way: Way) -> Option<&'static str> {
    if one.tokens.iter().any(|token| other.tokens.contains(token)) {
        return way.secret;
    }
    let by_name_alone = one.tokens.is_empty() && other.tokens.is_empty();
    let in_common = by_name_alone && one.certificates.iter().any(|name| other.certificates.contains(name));
    in_common.then_some("certificate")
}

fn read_one(name: &str, way: Way, tree: &SettingsTree, sources: &Sources) -> Result<Caller, SettingError> {
    let certificates = certificates(name, tree)?;
    let tokens = match way.secret {
        Some(secret) if certificates.is_empty() || tree.place(&path(name, secret)).is_some() => {
            tokens(name, (secret, way.has_id), tree, sources)?
        }
        _ => Vec::new(),
    };
    if certificates.is_empty() && tokens.is_empty() {
        let what = "it is missing; name the certificate that this caller shows, such as `dns:auth.bank.example`";
        return Err(tree.error(&path(name, "certificate"), what));
    }
    Ok(Caller {
        name: name.to_owned(),
        tokens,
        certificates,
        endpoints: tree.list(&path(name, "endpoints"))?,
        countries: tree.list(&path(name, "countries"))?,
        partners: partners(name, tree)?,
    })
}

/// The hashes of what a caller shows: one credential, or two while it is exchanged.
fn tokens(
    name: &str,
    (secret, has_id): (&'static str, bool),
    tree: &SettingsTree,
    sources: &Sources,
) -> Result<Vec<[u8; 32]>, SettingError> {
    let id = if has_id { Some(access_id(name, tree)?) } else { None };
    let at = path(name, secret);
    let references = tree.list(&at)?.unwrap_or_default();
    if references.is_empty() || references.len() > 2 {
        let what =
            format!("one reference to a {secret} is wanted, or two while it is exchanged: `env:NAME` or `file:PATH`");
        return Err(tree.error(&at, what));
    }
    let read = |reference: &String| {
        let shown = shown(reference, secret, sources).map_err(|what| tree.error(&at, what))?;
        Ok(hash(&credential(id.as_deref(), &shown)))
    };
    references.iter().map(read).collect()
}

/// The names of the certificates that a caller shows; none if it shows no certificate.
fn certificates(name: &str, tree: &SettingsTree) -> Result<Vec<CertificateName>, SettingError> {
    let at = path(name, "certificate");
    let Some(texts) = tree.list(&at)? else { return Ok(Vec::new()) };
    let read = |text: &String| {
        let what = format!(
            "`{text}` is no name of a certificate; write `cn:`, `dns:`, `uri:`, `email:` or `sha256:` before the name, or \
             `any` for every certificate of `tls.client_ca`"
        );
        CertificateName::parse(text).ok_or_else(|| tree.error(&at, what))
    };
    if texts.is_empty() {
        return Err(tree.error(&at, "it names no certificate"));
    }
    texts.iter().map(read).collect()
}

/// The access id; the caller's name if none is set.
fn access_id(name: &str, tree: &SettingsTree) -> Result<String, SettingError> {
    let at = path(name, "access_id");
    let id = tree.text(&at, name)?;
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Err(tree.error(&at, "an access id has letters, digits and signs, and no colon"));
    }
    Ok(id)
}

/// `<issuer> <partner>`, each pair an item of the list.
fn partners(name: &str, tree: &SettingsTree) -> Result<Option<Vec<Partner>>, SettingError> {
    let at = path(name, "partners");
    let Some(pairs) = tree.list(&at)? else { return Ok(None) };
    let pair = |text: &String| match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [issuer, partner] => Ok(Partner { issuer: (*issuer).to_owned(), partner: (*partner).to_owned() }),
        _ => Err(tree.error(&at, "an issuer and a partner are wanted, with a blank between them")),
    };
    pairs.iter().map(pair).collect::<Result<_, _>>().map(Some)
}

fn shown(reference: &str, secret: &str, sources: &Sources) -> Result<SecretBytes, String> {
    let bytes = secrets::read(reference, &|name| sources.environment.get(name).cloned())?;
    strength::check(&bytes)?;
    if !bytes.iter().all(u8::is_ascii_graphic) {
        return Err(format!("the {secret} has characters that no header can hold"));
    }
    Ok(bytes)
}

/// What a caller shows: a token, or `id:key`.
fn credential(id: Option<&str>, secret: &[u8]) -> SecretBytes {
    let mut shown = id.map(|id| format!("{id}:").into_bytes()).unwrap_or_default();
    shown.reserve_exact(secret.len());
    shown.extend_from_slice(secret);
    SecretBytes::new(shown)
}

/// What stands for a credential: compared, it tells nothing of how much of it was right.
pub(crate) fn hash(token: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::new().chain_update(b"countersign caller\0").chain_update(token).finalize().into()
}

fn path(name: &str, part: &str) -> String {
    format!("callers.{name}.{part}")
}
