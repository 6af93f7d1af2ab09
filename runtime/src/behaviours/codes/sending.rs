//! How many messages may be sent: per phone, per user, per range of numbers, in all. What is reserved here counts
//! unless the hook was never called.

use super::limits::SendWindow;
use crate::context::Core;
use crate::crypto::mac::Field;
use crate::fault::Fault;
use crate::store::{Count, Millis, Window};

const HOUR: Millis = 60 * 60 * 1000;

/// Whose limits a message counts against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub phone: Option<&'a str>,
    pub user: Option<&'a str>,
    pub organization: Option<&'a str>,
}

impl Core {
    /// The counters of a message. Who has no phone is counted under their name, so that as much is written.
    pub(super) fn sending_counts(
        &self,
        subject: Subject<'_>,
        per_phone: Option<SendWindow>,
    ) -> Result<Vec<Count>, Fault> {
        let limits = &self.shared.options.limits;
        let usual = per_phone.as_ref().map_or(limits.per_phone_and_user.as_slice(), std::slice::from_ref);
        if limits.dev_limits_off || (subject.phone.is_none() && subject.user.is_none()) {
            return Ok(Vec::new());
        }
        let (organization, user) = (Field::of(subject.organization), Field::of(subject.user));
        let number = match subject.phone {
            Some(phone) => [Field::Text("phone"), Field::Text(phone), Field::Absent],
            None => [Field::Text("nobody"), organization, user],
        };
        let range = match subject.phone {
            Some(phone) => [Field::Text("phone"), Field::Text(prefix(phone)), Field::Absent],
            None => number,
        };
        let mut counts = vec![
            count("sms.phone", self.stand_in("sms.phone", &number)?, 1, usual),
            count("sms.prefix", self.stand_in("sms.prefix", &range)?, 1, &limits.per_prefix),
        ];
        if subject.user.is_some() {
            let key = self.stand_in("sms.user", &[organization, user])?;
            counts.push(count("sms.user", key, 1, usual));
        }
        if let (Some(most), Some(_)) = (limits.budget_per_hour, subject.phone) {
            let windows = vec![Window { length: HOUR, most }];
            counts.push(Count { family: "sms.all", key: "all".into(), add: 1, grain: 60_000, windows });
        }
        Ok(counts)
    }
}

/// The same counters, to be given back.
pub(super) fn given_back(counts: &[Count]) -> Vec<Count> {
    counts.iter().map(|count| Count { add: -count.add, ..count.clone() }).collect()
}

fn count(family: &'static str, key: String, add: i64, windows: &[SendWindow]) -> Count {
    let windows = windows.iter().map(|window| Window {
        length: i64::try_from(window.seconds).unwrap_or(i64::MAX / 2000).saturating_mul(1000),
        most: window.most,
    });
    Count { family, key, add, grain: 1, windows: windows.collect() }
}

/// A number without its last four digits.
fn prefix(phone: &str) -> &str {
    phone.get(..phone.len().saturating_sub(4)).unwrap_or(phone)
}
