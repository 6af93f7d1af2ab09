//! Where it is stored which code is open, for kinds of which there may be only one for the same values.

use super::binding::Facts;
use crate::adapter::OtpKind;
use crate::context::Core;
use crate::crypto::mac::Field;
use crate::fault::Fault;
use crate::store::{Kind, RecordKey};

/// Where it is stored which code is open for these values and this user; none if there may be any number.
pub(super) fn open_code_of_user(
    core: &Core,
    kind: &OtpKind,
    facts: &Facts,
    user: Option<&str>,
) -> Result<Option<RecordKey>, Fault> {
    if kind.one_per.is_empty() {
        return Ok(None);
    }
    let value = |meaning: &'static str| if meaning == "user.id" { user } else { facts.get(meaning) };
    let mut fields = vec![Field::Text(kind.name)];
    fields.extend(kind.one_per.iter().map(|meaning| Field::of(value(meaning))));
    Ok(Some(RecordKey::new(Kind::Open, core.keys().pseudonym("open", &fields)?)))
}

/// Where it is stored which code is open for the values that a kind is found by; none where the kind is not, or one of
/// them is missing.
pub(super) fn open_code_found_by(core: &Core, kind: &OtpKind, facts: &Facts) -> Result<Option<String>, Fault> {
    if kind.find_by.is_empty() {
        return Ok(None);
    }
    let mut fields = vec![Field::Text(kind.name)];
    fields.extend(kind.one_per.iter().map(|meaning| Field::of(facts.get(meaning))));
    if fields.contains(&Field::Absent) {
        return Ok(None);
    }
    core.keys().pseudonym("open", &fields).map(Some)
}
