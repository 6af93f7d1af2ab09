//! Rate limits: how many messages may be sent, per phone, per user, per range of numbers, per source, in all. What is reserved here counts
//! unless the hook was never called.

use crate::behaviours::codes::limits::SendWindow;
use crate::behaviours::state::millis_of;
use crate::context::Core;
use crate::crypto::mac::Field;
use crate::fault::Fault;
use crate::shares::network;
use crate::store::{Count, Millis, Window};
use crate::values::address_text;

const HOUR: Millis = 60 * 60 * 1000;

/// The counter of decoy codes.
pub(super) const DECOYS_SENT: &str = "sms.nobody";

/// How many decoy codes are stored in an hour, where no budget says how many messages are sent.
const MOST_DECOYS: u64 = 10_000;

/// Whose limits a message counts against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub phone: Option<&'a str>,
    pub user: Option<&'a str>,
    pub organization: Option<&'a str>,
}

/// The counters of a message. Who has no phone is counted under their name, so that as much is written.
pub(super) fn rate_limit_counts(
    core: &Core,
    subject: Subject<'_>,
    per_phone: Option<SendWindow>,
) -> Result<Vec<Count>, Fault> {
    let limits = &core.shared.options.limits;
    if limits.dev_limits_off {
        return Ok(Vec::new());
    }
    let usual = per_phone.as_ref().map_or(limits.per_phone_and_user.as_slice(), std::slice::from_ref);
    let mut counts = match (subject.phone, subject.user) {
        (None, None) => Vec::new(),
        _ => phone_and_user_counts(core, subject, usual)?,
    };
    counts.extend(source_count(core)?);
    // Messages to nobody cost nothing, but each is stored, and names can be made up without end.
    // Where there is no message left to send, there is none for nobody either.
    let hourly = |family, add, most| {
        let windows = vec![Window { length: HOUR, most }];
        Count { family, key: "all".into(), add, grain: 60_000, windows }
    };
    match (subject.phone, limits.budget_per_hour) {
        (Some(_), budget) => counts.extend(budget.map(|most| hourly("sms.all", 1, most))),
        (None, Some(budget)) => {
            counts.extend([hourly("sms.all", 0, budget.saturating_sub(1)), hourly(DECOYS_SENT, 1, budget)]);
        }
        (None, None) => counts.push(hourly(DECOYS_SENT, 1, MOST_DECOYS)),
    }
    Ok(counts)
}

/// A caller who does not say who they are is limited by where they call from, unless the settings know who calls. Those
/// who hide that behind a named proxy are one; without proxies nobody hides, and who has no address came by no socket.
fn source_count(core: &Core) -> Result<Option<Count>, Fault> {
    let options = &core.shared.options;
    let is_nowhere = core.call.source.is_none() && options.proxies.is_empty();
    if options.limits.any_source || core.call.caller.is_some() || is_nowhere {
        return Ok(None);
    }
    let source = core.call.source.map(|address| address_text(network(address)));
    let key = core.keys().pseudonym("sms.source", &[Field::of(source.as_deref())])?;
    Ok(Some(count("sms.source", key, 1, &core.shared.options.limits.per_source)))
}

fn phone_and_user_counts(core: &Core, subject: Subject<'_>, usual: &[SendWindow]) -> Result<Vec<Count>, Fault> {
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
        count("sms.phone", core.keys().pseudonym("sms.phone", &number)?, 1, usual),
        count("sms.prefix", core.keys().pseudonym("sms.prefix", &range)?, 1, &core.shared.options.limits.per_prefix),
    ];
    if subject.user.is_some() {
        let key = core.keys().pseudonym("sms.user", &[organization, user])?;
        counts.push(count("sms.user", key, 1, usual));
    }
    Ok(counts)
}

/// The same counters, to be given back.
pub(super) fn given_back(counts: &[Count]) -> Vec<Count> {
    counts.iter().map(|count| Count { add: -count.add, ..count.clone() }).collect()
}

fn count(family: &'static str, key: String, add: i64, windows: &[SendWindow]) -> Count {
    let windows = windows.iter().map(|window| Window { length: millis_of(window.seconds), most: window.most });
    Count { family, key, add, grain: 1, windows: windows.collect() }
}

/// A number without its last four digits.
fn prefix(phone: &str) -> &str {
    phone.get(..phone.len().saturating_sub(4)).unwrap_or(phone)
}
