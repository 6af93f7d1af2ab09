//! What a start reads: the settings, whole or in part, from where the options say.

use super::bank::Begin;
use super::{Parts, StartError, StartOptions};
use crate::adapter::Adapter;
use crate::crypto::{KeyName, Keyring};
use crate::settings::{
    Loaded, Own, SettingError, Settings, Sources, load_for_command, load_store, load_tls, load_with,
};
use crate::tls::TlsOptions;

/// Reads all settings, the definition's own and the bank's among them. Nothing is asked of the bank's systems.
///
/// # Errors
/// Every mistake.
pub(crate) fn configure<S, H>(parts: &Parts<S, H>, options: &StartOptions) -> Result<(Loaded<S>, Begin<H>), StartError>
where
    S: Settings,
    H: ?Sized,
{
    let bank = &parts.bank;
    let own = Own { paths: bank.paths, defaults: bank.defaults };
    let read = load_with(parts.adapter, &sources(options), own, &*bank.read);
    let (loaded, begin): (Loaded<S>, Begin<H>) = read.map_err(StartError::Settings)?;
    let mut mistakes = Vec::new();
    for caller in &loaded.options.callers {
        let strange = |name: &&String| !parts.endpoints.iter().any(|endpoint| endpoint.name == name.as_str());
        mistakes.extend(caller.endpoints.iter().flatten().filter(strange).map(|name| SettingError {
            path: format!("callers.{}.endpoints", caller.name),
            place: None,
            what: format!("there is no endpoint `{name}`"),
        }));
    }
    if mistakes.is_empty() { Ok((loaded, begin)) } else { Err(StartError::Settings(mistakes)) }
}

/// Reads the keys anew, and nothing else.
///
/// # Errors
/// Every mistake in them.
pub(crate) fn keys_again(adapter: &Adapter, options: &StartOptions) -> Result<Keyring, StartError> {
    let read = load_for_command(adapter, &sources(options), &KeyName::ALL).map_err(StartError::Settings)?;
    Ok(read.keys)
}

/// Reads anew where the files of TLS are.
///
/// # Errors
/// Every mistake in these settings.
pub(crate) fn tls_again(options: &StartOptions) -> Result<Option<TlsOptions>, StartError> {
    load_tls(&sources(options)).map_err(StartError::Settings)
}

/// Makes or changes the store's schema, and tells what was done. Of all settings it needs the store's alone.
///
/// # Errors
/// The store cannot be migrated.
pub(crate) fn migrate(adapter: &Adapter, options: &StartOptions) -> Result<String, StartError> {
    let store = load_store(adapter, &sources(options)).map_err(StartError::Settings)?;
    Ok(store.engine().migrate()?)
}

pub(crate) fn sources(options: &StartOptions) -> Sources {
    Sources { file: options.settings.clone(), environment: options.environment.clone(), dev: options.dev }
}
