//! `verify_otp` for codes without an id. What was typed is looked for by its MAC, by every key that may have made it;
//! then one conditional commit spends it, or counts a failure. Nothing is answered before that commit, and it holds only
//! while its caller has not failed too often for this issuer: neither can two spend one code, nor can any number of
//! guesses side by side learn more than as many as are allowed. A code of 80 bits is beyond guessing: a right one passes
//! whatever was counted, so that nobody's wrong codes stop others. Shorter ones are counted by caller, kind, issuer, source
//! and whoever the request says the user is.
//!
//! What is looked at, in this order, and what it answers:
//!
//! | | fault |
//! |---|---|
//! | no code came; that is no attempt | `otp.missing` |
//! | too many wrong codes were tried within a minute | `otp.limited` |
//! | there is no such code, or a newer one took its place | `otp.unknown` |
//! | it was made for another user, or another bound value | `otp.mismatch` |
//! | it was used | `otp.used` |
//! | its time is over | `otp.expired` |

use super::claimed::ClaimedContext;
use super::code_attempt::missing;
use super::refusal::refuse_otp;
use crate::adapter::OtpKind;
use crate::behaviours::codes::binding::{Difference, bound_values, code_mac, compare};
use crate::behaviours::codes::inputs::{OneTimeCode, VerifiedOtp, VerifyOtp};
use crate::behaviours::codes::record::{CodeRecord, State, code_entry, code_key, parse};
use crate::behaviours::codes::sealed::kept_values;
use crate::behaviours::codes::token::id_of_code;
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::crypto::mac::{Field, equal};
use crate::crypto::{Key, KeyName};
use crate::fault::{Fault, Verdict};
use crate::hex_text::hex_text;
use crate::shares::network;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Count, Millis, Record, Window};
use crate::values::address_text;

/// How many bits nobody guesses, and how many a character of such a code has.
const UNGUESSABLE: usize = 80;
const BITS: usize = 5;

/// The longest text that is looked for.
const LONGEST: usize = 64;

/// The counter of wrong codes.
const WRONG: &str = "otp.wrong";

/// The meaning of the issuer that a code binds.
const ISSUER: &str = "issuer.id";

/// A code that is there.
struct MatchedCode {
    id: String,
    record: CodeRecord,
    stored: Record,
    now: Millis,
}

/// Looks for a code by itself, and spends it if it is right.
pub(super) async fn verify_found<C: OneTimeCode>(
    core: &Core,
    input: VerifyOtp<C>,
) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
    let typed = input.value.as_ref().map_or("", |value| value.expose().as_str());
    if typed.is_empty() {
        return Ok(refuse_otp(core, missing()));
    }
    let counted = wrong_code_key(core, &input)?;
    let mut retry = Retry::default();
    loop {
        let found = find_code(core, &C::KIND, typed).await?;
        let fault = match &found {
            Some(found) => refusal_of_match(core, found, &input, typed),
            None => Some("otp.unknown"),
        };
        let batch = match (&found, fault) {
            (Some(found), None) => spend_batch(core, found)?,
            _ => core.store().batch().audit(refusal_entry(core, &input, found.as_ref(), fault)),
        };
        let is_certain = fault.is_none() && typed.len() * BITS >= UNGUESSABLE;
        let counts = if is_certain { Vec::new() } else { vec![wrong_code_count(core, &counted, fault.is_some())] };
        let batch = Batch { counts, ..batch };
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(verified_by_code(core, input, found, fault)),
            Committed::Over(_) => {
                let entry = refusal_entry(core, &input, None, Some("otp.limited"));
                core.audit().record(vec![entry]).await?;
                return Ok(refuse_otp(core, Fault::new("otp.limited")));
            }
            other => retry.after(other).await?,
        }
    }
}

/// Whose wrong codes are counted together.
fn wrong_code_key<C: OneTimeCode>(core: &Core, input: &VerifyOtp<C>) -> Result<String, Fault> {
    let (issuer, source) = (issuer(&input.code), core.call.source.map(|address| address_text(network(address))));
    let fields = [
        Field::Text(core.caller()),
        Field::Text(C::KIND.name),
        Field::of(issuer.as_deref()),
        Field::of(source.as_deref()),
        Field::of(input.user.as_deref().filter(|user| !user.is_empty())),
    ];
    core.keys().pseudonym(WRONG, &fields)
}

/// Looks for a code by each key, the current one first.
async fn find_code(core: &Core, kind: &OtpKind, typed: &str) -> Result<Option<MatchedCode>, Fault> {
    let keys: Vec<Key> = core.shared.keys.ring().all(KeyName::Codes).cloned().collect();
    let mut first = None;
    for key in keys.iter().filter(|_| typed.len() <= LONGEST) {
        let id = id_of_code(key, kind, typed);
        let read = core.store().read(&code_key(&id)).await?;
        if let (None, Some(stored)) = (&first, read.record) {
            first = Some(MatchedCode { record: parse(&stored)?, id, stored, now: read.now });
        }
    }
    Ok(first)
}

/// Why a code is not good here; nothing if it is.
fn refusal_of_match<C: OneTimeCode>(
    core: &Core,
    found: &MatchedCode,
    input: &VerifyOtp<C>,
    typed: &str,
) -> Option<&'static str> {
    let MatchedCode { id, record, now, .. } = found;
    let Some(key) = core.keys().by_id(KeyName::Codes, &record.key) else { return Some("otp.unknown") };
    let (difference, values) = compare(record, bound_values(&key, id, &input.code.bound()), &[]);
    let mac = hex_text(code_mac(&key, id, C::KIND.name, &values, typed));
    let right = equal(mac.as_bytes(), record.mac.as_bytes());
    let user = input.user.as_deref().filter(|user| !user.is_empty());
    let other_user = user.is_some_and(|user| record.user.as_deref() != Some(user));
    match record.state {
        State::New | State::Superseded | State::Void | State::Waived | State::Cancelled => Some("otp.unknown"),
        _ if other_user || difference != Difference::None || !right => Some("otp.mismatch"),
        State::Used | State::Waiting => Some("otp.used"),
        State::Open => (*now > record.expires).then_some("otp.expired"),
    }
}

fn spend_batch(core: &Core, found: &MatchedCode) -> Result<Batch, Fault> {
    let key = code_key(&found.id);
    let entry = code_entry(core, &found.id, &found.record, AuditEvent::OtpVerified, AuditOutcome::Success);
    let spent = CodeRecord { state: State::Used, ..found.record.clone() };
    let batch = core.store().batch().only_if(Condition::Version(key.clone(), found.stored.version));
    Ok(batch.put(key, spent.written()?, spent.retained_until()).audit(entry))
}

/// One more wrong code, or none: a right one needs that there is room for a wrong one.
fn wrong_code_count(core: &Core, whose: &str, is_wrong: bool) -> Count {
    let most = u64::from(core.shared.options.limits.wrong_codes_per_minute);
    let (add, most) = if is_wrong { (1, most) } else { (0, most.saturating_sub(1)) };
    Count { family: WRONG, key: whose.to_owned(), add, grain: 100, windows: vec![Window { length: 60_000, most }] }
}

fn verified_by_code<C: OneTimeCode>(
    core: &Core,
    input: VerifyOtp<C>,
    found: Option<MatchedCode>,
    fault: Option<&'static str>,
) -> Verdict<VerifiedOtp<C>> {
    match (found, fault) {
        (Some(found), None) => {
            let mut code = input.code;
            code.restore(&kept_values(core, &found.id, &found.record));
            Verdict::pass(VerifiedOtp { id: found.id, user: found.record.user, attempts: 1, code })
        }
        (_, fault) => refuse_otp(core, Fault::new(fault.unwrap_or("otp.unknown"))),
    }
}

fn refusal_entry<C: OneTimeCode>(
    core: &Core,
    input: &VerifyOtp<C>,
    found: Option<&MatchedCode>,
    fault: Option<&'static str>,
) -> AuditEntry {
    let event = match fault {
        Some("otp.expired") => AuditEvent::OtpExpired,
        Some("otp.used") => AuditEvent::OtpReplayed,
        Some("otp.mismatch") => AuditEvent::OtpBindingMismatch,
        Some("otp.limited") => AuditEvent::OtpBlocked,
        _ => AuditEvent::OtpUnknown,
    };
    let entry = match found {
        Some(found) => code_entry(core, &found.id, &found.record, event, AuditOutcome::Failure),
        None => {
            let said = ClaimedContext::of(&input.code.bound(), input.user.as_deref());
            said.entry(C::KIND.name, core.audit().entry(event, AuditOutcome::Failure))
        }
    };
    entry.with_reason(fault.unwrap_or_default())
}

/// The issuer that a code is bound to, if it is.
fn issuer(code: &impl OneTimeCode) -> Option<String> {
    code.bound().into_iter().find(|(meaning, _)| *meaning == ISSUER).and_then(|(_, value)| value)
}
