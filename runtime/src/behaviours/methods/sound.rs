//! Texts of a hook's answer: not too long, and without NUL.

use crate::fault::Fault;

/// The longest text that is taken from a hook, in bytes.
pub(super) const LONGEST_TEXT: usize = 4096;

/// Refuses texts that are too long or hold a NUL.
pub(in crate::behaviours) fn sound<'a>(hook: &str, texts: impl IntoIterator<Item = &'a String>) -> Result<(), Fault> {
    if texts.into_iter().any(|text| text.len() > LONGEST_TEXT || text.contains('\0')) {
        return Err(Fault::new("hook.failed").with_detail(format_args!("{hook}: a text is too long or holds a NUL")));
    }
    Ok(())
}
