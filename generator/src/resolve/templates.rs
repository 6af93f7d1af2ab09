//! What texts show: the meanings in a template, and those in any message.

use super::Catalogues;
use crate::raw::Definition;

/// The meanings that a template shows.
///
/// # Errors
/// Why it is no template.
pub fn variables(text: &str) -> Result<Vec<String>, String> {
    let environment = minijinja::Environment::new();
    let template = environment
        .template_from_str(text)
        .map_err(|error| error.detail().map_or(error.kind().to_string(), str::to_owned))?;
    let mut all: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    all.sort();
    Ok(all)
}

/// The meanings that the SMS of some operation or kind of code shows beside the code, in some language.
pub fn in_messages(raw: &Definition, catalogues: &Catalogues<'_>) -> Vec<String> {
    let operations = catalogues.operations.iter().filter_map(|operation| operation.sms);
    let kinds = catalogues.otps.iter().filter_map(|kind| kind.raw.text.as_ref());
    let keys: Vec<&str> = operations.chain(kinds).map(|key| key.text.as_str()).collect();
    let texts = raw.messages.iter().flat_map(|(_, texts)| texts.iter());
    let sent = texts.filter(|(key, _)| keys.contains(&key.text.as_str()));
    let shown = sent.flat_map(|(_, text)| variables(&text.text).unwrap_or_default());
    shown.filter(|meaning| meaning != "otp.code").collect()
}
