//! `verify_otp`. An attempt is reserved first, in one batch with the user's lockout record; then the code is compared,
//! with nothing held; then, if it is right, it is spent by a write that only one of many can win.
//!
//! What is looked at, in this order, and what it answers:
//!
//! | | fault | attempts left |
//! |---|---|---|
//! | there is no such code | `otp.unknown` | not told |
//! | its time is over, or a newer one took its place | `otp.expired` | not told |
//! | it was used | `otp.used` | not told |
//! | it has no attempts left, or what it was for has changed before | `otp.exhausted` | not told |
//! | its user has failed too often, by whatever code | `otp.limited` | not told |
//! | no code came | `otp.missing` | what is left |
//! | another operation, user or organization | `otp.mismatch` | what is left |
//! | another amount, currency, payee or other bound value: the code is void | `otp.mismatch` | 0 |
//! | the code differs | `otp.wrong` | what is left |
//!
//! Codes without an id are found by themselves, and asked otherwise: `found.rs`.
//!
//! A code whose id outlives it (`keep`) tells what became of it before it tells of its time, for as long as the id is
//! known; in another country, to another caller or in another app it is not, nor once a newer code took its place.
//! Asking without a code is no attempt of it, and its last wrong attempt answers `otp.exhausted`. A waived code passes whenever
//! it is asked for with the values that it was made for; with others that is an attempt of it, whatever was typed.

use std::collections::BTreeMap;

use super::attempt::{AttemptStart, CodeAttempt, CodeQuery, Finding, IfRight};
use super::binding::{Difference, code_mac, differs};
use super::record::{CodeRecord, State};
use super::token::padded;
use super::{OneTimeCode, VerifiedOtp, VerifyOtp};
use crate::adapter::IdForm;
use crate::context::Core;
use crate::crypto::mac::equal;
use crate::crypto::{KeyName, seal};
use crate::fault::{Fault, Verdict};

impl Core {
    /// Checks a code, and spends it if it is right.
    ///
    /// # Errors
    /// `store.unavailable`. Whatever is wrong with the code is in the verdict.
    pub async fn verify_otp<C: OneTimeCode>(&self, input: VerifyOtp<C>) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
        if C::KIND.id == IdForm::Code {
            return self.verify_found(input).await;
        }
        let id = self.asked_id(input.id.as_deref(), &input.code).await?;
        let (stored, record) = match self.begin(id.as_deref(), &input).await? {
            AttemptStart::Reserved(reserved) => {
                let finding = self.look_at(&reserved, &input);
                if let Some(fault) = self.settle_attempt(&reserved, finding, IfRight::Spend, &C::KIND).await? {
                    return Ok(self.refuse_otp(fault.of(input.id)));
                }
                (reserved.id, reserved.record)
            }
            AttemptStart::Waived(record) => (id.unwrap_or_default(), *record),
            AttemptStart::Refused(fault) => return Ok(self.refuse_otp(fault.of(input.id))),
        };
        let mut code = input.code;
        code.restore(&self.kept(&stored, &record));
        let attempts = record.tries.into();
        // What is found by values of the request has an id that the store knows it by, too.
        let id = input.id.unwrap_or(stored);
        Ok(Verdict::pass(VerifiedOtp { id, user: record.user, attempts, code }))
    }

    /// Begins an attempt of the code that a request asks for.
    pub(super) async fn begin<C: OneTimeCode>(
        &self,
        id: Option<&str>,
        input: &VerifyOtp<C>,
    ) -> Result<AttemptStart, Fault> {
        let has_code = input.value.as_ref().is_some_and(|value| !value.expose().is_empty());
        let user = input.user.as_deref();
        self.begin_attempt(CodeQuery { id, kind: &C::KIND, bound: &input.code.bound(), user, has_code }).await
    }

    pub(super) fn refuse_otp<T>(&self, fault: Fault) -> Verdict<T> {
        let key = self.key_of(fault.name);
        Verdict::refuse(fault, key)
    }

    /// Compares what the request says with what is stored. Takes the same steps whatever it finds.
    pub(super) fn look_at<C: OneTimeCode>(&self, reserved: &CodeAttempt, input: &VerifyOtp<C>) -> Finding {
        let record = &reserved.record;
        // A code whose key is gone from the ring can be right no more.
        let Some(key) = self.shared.keys.by_id(KeyName::Codes, &record.key) else { return Finding::Wrong };
        let (difference, values) =
            differs(&key, &reserved.id, record, input.code.bound(), input.user.as_deref(), C::KIND.find_by);
        let typed = input.value.as_ref().map_or("", |value| value.expose().as_str());
        let whole = padded(typed, &C::KIND, self.code_options(&C::KIND).digits);
        let mac = hex::encode(code_mac(&key, &reserved.id, C::KIND.name, &values, &whole));
        let right = equal(mac.as_bytes(), record.mac.as_bytes());
        match difference {
            // Nothing need be typed for a code that has passed already.
            _ if typed.is_empty() && record.state != State::Waived => Finding::Missing,
            Difference::Other => Finding::Other,
            Difference::Changed => Finding::Changed,
            Difference::None if right => Finding::Right,
            Difference::None => Finding::Wrong,
        }
    }

    pub(super) fn kept(&self, id: &str, record: &CodeRecord) -> BTreeMap<String, String> {
        let Some(key) = self.shared.keys.by_id(KeyName::Codes, &record.key) else { return BTreeMap::new() };
        let opened = record.kept.as_deref().and_then(|sealed| seal::open(&key, id, sealed));
        let kept: Vec<(String, Option<String>)> =
            opened.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        kept.into_iter().filter_map(|(meaning, value)| Some((meaning, value?))).collect()
    }
}
