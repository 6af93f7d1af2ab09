//! Which settings may not stand together: what would be unsafe is refused at start, each rule with one named opt-out
//! that is logged at every start.

use super::options::Options;
use super::tree::{SettingMistake, SettingsTree};
use crate::adapter::{Adapter, Callers};
use crate::store::StoreSpec;

/// The opt-outs, each with what it waives.
const OPT_OUTS: &[(&str, &str)] = &[
    ("private_network", "the network alone keeps strangers from calling"),
    ("sms.any_country", "codes are sent to every country"),
    ("sms.no_budget", "the number of messages in an hour is not bounded"),
    (WEAK_QUESTIONS, "users are checked by answers that others may know or guess"),
];

/// Says that the bank knows what security questions are worth.
const WEAK_QUESTIONS: &str = "questions.acknowledge_weak";

/// What the settings waive.
pub(super) fn opt_outs(tree: &SettingsTree) -> Vec<&'static str> {
    OPT_OUTS.iter().filter(|(path, _)| tree.boolean(path, false).unwrap_or(false)).map(|(_, what)| *what).collect()
}

/// Refuses unsafe settings.
pub(super) fn check(
    adapter: &Adapter,
    options: &Options,
    tree: &SettingsTree,
    dev: bool,
    mistakes: &mut Vec<SettingMistake>,
) {
    check_addresses(adapter, options, tree, dev, mistakes);
    if !dev && options.store == StoreSpec::Memory {
        let what = "state in memory is gone with the process, and with it every lock and every used code: it is for \
                    --dev alone; write `embedded:PATH`, or an address `postgres://…`";
        mistakes.push(tree.mistake("store", what));
    }
    let opted_out = |path: &str| tree.boolean(path, false).unwrap_or(false);
    if !dev && tree.any_row_says("questions.enabled") && !opted_out(WEAK_QUESTIONS) {
        let what = "answers to questions are known to others, or can be guessed: they prove nothing alone; \
                    set it to `true` if they only add to something better, or set `questions.enabled: false` in the rows";
        mistakes.push(tree.mistake(WEAK_QUESTIONS, what));
    }
    if sends_messages(adapter) {
        if tree.place("sms.countries").is_none() && !opted_out("sms.any_country") {
            let what = "it is missing; name the countries that codes are sent to, such as `[CZ, SK]`, \
                        or set `sms.any_country: true`";
            mistakes.push(tree.mistake("sms.countries", what));
        }
        if tree.place("sms.budget_per_hour").is_none() && !opted_out("sms.no_budget") {
            let what = "it is missing; say how many messages an hour may cost, or set `sms.no_budget: true`";
            mistakes.push(tree.mistake("sms.budget_per_hour", what));
        }
    }
}

fn check_addresses(
    adapter: &Adapter,
    options: &Options,
    tree: &SettingsTree,
    dev: bool,
    mistakes: &mut Vec<SettingMistake>,
) {
    for (path, address) in [("listen", options.listen), ("ops.listen", options.ops_listen)] {
        if dev && !address.ip().is_loopback() {
            mistakes.push(tree.mistake(path, "--dev serves on loopback only"));
        }
    }
    if !options.listen.ip().is_loopback() && !options.private_network && !dev {
        let what = match adapter.callers {
            Callers::None(_) => {
                "the definition lets anybody call, so it is served on loopback only; \
                    set `private_network: true` if the network lets nobody but the caller through"
            }
            Callers::Bearer | Callers::Basic(_) => {
                "credentials would be read on the way, so it is served on loopback only; \
                    set `private_network: true` if TLS ends in front of it"
            }
        };
        mistakes.push(tree.mistake("listen", what));
    }
}

fn sends_messages(adapter: &Adapter) -> bool {
    adapter.otps.iter().any(|kind| kind.text.is_some()) || adapter.operations.iter().any(|kind| kind.sms.is_some())
}
