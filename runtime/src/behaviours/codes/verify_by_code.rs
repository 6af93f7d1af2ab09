//! `verify_otp` for codes without an id. What was typed is looked for by its MAC, by every key that may have made it;
//! then one conditional commit spends it, or counts a failure. Nothing is told before that commit, and it holds only
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

use super::binding::{Difference, bound_values, code_mac, compare};
use super::decoy::ClaimedContext;
use super::record::{CodeRecord, State, code_key, parse, value};
use super::{OneTimeCode, VerifiedOtp, VerifyOtp};
use crate::adapter::OtpKind;
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::crypto::mac::{Field, equal, mac_text};
use crate::crypto::{Key, KeyName};
use crate::fault::{Fault, Verdict};
use crate::shares::network;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Count, Millis, Record, Window};

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

/// What stands in the store for a code.
pub(super) fn stored(key: &Key, kind: &OtpKind, code: &str) -> String {
    mac_text(key, "code.itself", &[Field::Text(kind.name), Field::Text(code)])
}

impl Core {
    /// Looks for a code by itself, and spends it if it is right.
    pub(super) async fn verify_found<C: OneTimeCode>(
        &self,
        input: VerifyOtp<C>,
    ) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
        let typed = input.value.as_ref().map_or("", |value| value.expose().as_str());
        if typed.is_empty() {
            return Ok(self.refuse_otp(Fault::new("otp.missing").about("otp.code")));
        }
        let counted = self.whose_wrong_codes(&input)?;
        let mut retry = Retry::default();
        loop {
            let found = self.find_code(&C::KIND, typed).await?;
            let fault = match &found {
                Some(found) => self.wrong_with(found, &input, typed),
                None => Some("otp.unknown"),
            };
            let batch = match (&found, fault) {
                (Some(found), None) => self.spending(found)?,
                _ => Batch::at(self.clock_millis()).audit(self.refusal_entry(&input, found.as_ref(), fault)),
            };
            let is_certain = fault.is_none() && typed.len() * BITS >= UNGUESSABLE;
            let counts = if is_certain { Vec::new() } else { vec![self.wrong_codes(&counted, fault.is_some())] };
            let batch = Batch { counts, ..batch };
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(self.verified(input, found, fault)),
                Committed::Over(_) => {
                    let entry = self.refusal_entry(&input, None, Some("otp.limited"));
                    self.record(vec![entry]).await?;
                    return Ok(self.refuse_otp(Fault::new("otp.limited")));
                }
                other => retry.after(other).await?,
            }
        }
    }

    /// Whose wrong codes are counted together.
    fn whose_wrong_codes<C: OneTimeCode>(&self, input: &VerifyOtp<C>) -> Result<String, Fault> {
        let (issuer, source) = (issuer(&input.code), self.call.source.map(|address| network(address).to_string()));
        let fields = [
            Field::Text(self.caller()),
            Field::Text(C::KIND.name),
            Field::of(issuer.as_deref()),
            Field::of(source.as_deref()),
            Field::of(input.user.as_deref().filter(|user| !user.is_empty())),
        ];
        self.pseudonym(WRONG, &fields)
    }

    /// Looks for a code by each key, the current one first.
    async fn find_code(&self, kind: &OtpKind, typed: &str) -> Result<Option<MatchedCode>, Fault> {
        let keys: Vec<Key> = self.shared.keys.ring().all(KeyName::Codes).cloned().collect();
        let mut first = None;
        for key in keys.iter().filter(|_| typed.len() <= LONGEST) {
            let id = stored(key, kind, typed);
            let read = self.read(&code_key(&id)).await?;
            if let (None, Some(stored)) = (&first, read.record) {
                first = Some(MatchedCode { record: parse(&stored)?, id, stored, now: read.now });
            }
        }
        Ok(first)
    }

    /// Why a code is not good here; nothing if it is.
    fn wrong_with<C: OneTimeCode>(
        &self,
        found: &MatchedCode,
        input: &VerifyOtp<C>,
        typed: &str,
    ) -> Option<&'static str> {
        let MatchedCode { id, record, now, .. } = found;
        let Some(key) = self.shared.keys.by_id(KeyName::Codes, &record.key) else { return Some("otp.unknown") };
        let (difference, values) = compare(record, bound_values(&key, id, input.code.bound()), &[]);
        let mac = hex::encode(code_mac(&key, id, C::KIND.name, &values, typed));
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

    fn spending(&self, found: &MatchedCode) -> Result<Batch, Fault> {
        let key = code_key(&found.id);
        let entry = self.entry_of(&found.id, &found.record, AuditEvent::OtpVerified, AuditOutcome::Success);
        let spent = CodeRecord { state: State::Used, ..found.record.clone() };
        let batch = Batch::at(self.clock_millis()).only_if(Condition::Version(key.clone(), found.stored.version));
        Ok(batch.put(key, value(&spent)?, spent.retained_until()).audit(entry))
    }

    /// One more wrong code, or none: a right one needs that there is room for a wrong one.
    fn wrong_codes(&self, whose: &str, is_wrong: bool) -> Count {
        let most = u64::from(self.shared.options.limits.wrong_codes_per_minute);
        let (add, most) = if is_wrong { (1, most) } else { (0, most.saturating_sub(1)) };
        Count { family: WRONG, key: whose.to_owned(), add, grain: 100, windows: vec![Window { length: 60_000, most }] }
    }

    fn verified<C: OneTimeCode>(
        &self,
        input: VerifyOtp<C>,
        found: Option<MatchedCode>,
        fault: Option<&'static str>,
    ) -> Verdict<VerifiedOtp<C>> {
        match (found, fault) {
            (Some(found), None) => {
                let mut code = input.code;
                code.restore(&self.kept(&found.id, &found.record));
                Verdict::pass(VerifiedOtp { id: found.id, user: found.record.user, attempts: 1, code })
            }
            (_, fault) => self.refuse_otp(Fault::new(fault.unwrap_or("otp.unknown"))),
        }
    }

    fn refusal_entry<C: OneTimeCode>(
        &self,
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
            Some(found) => self.entry_of(&found.id, &found.record, event, AuditOutcome::Failure),
            None => {
                let said = ClaimedContext::of(&input.code.bound(), input.user.as_deref());
                said.tell(C::KIND.name, self.event(event, AuditOutcome::Failure))
            }
        };
        entry.with_reason(fault.unwrap_or_default())
    }
}

/// The issuer that a code is bound to, if it is.
fn issuer(code: &impl OneTimeCode) -> Option<String> {
    code.bound().into_iter().find(|(meaning, _)| *meaning == ISSUER).and_then(|(_, value)| value)
}
