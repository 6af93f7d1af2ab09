//! Which settings may not stand together: what would be unsafe is refused at start, each rule with one named opt-out
//! that is logged at every start.

use std::net::SocketAddr;

use super::options::Options;
use super::tree::{Place, SettingError, SettingsTree};
use crate::adapter::{Adapter, Callers};

/// The opt-outs, each with what it waives.
const OPT_OUTS: &[(&str, &str)] = &[
    ("private_network", "the network alone keeps strangers from calling"),
    ("public_api", "anybody may call, as the definition says"),
    ("ops.private_network", "the network alone keeps strangers from health and metrics"),
    ("sms.any_country", "codes are sent to every country"),
    ("sms.any_source", "whoever calls may have as many messages sent as there may be"),
    ("sms.no_budget", "the number of messages in an hour is not bounded"),
    (WEAK_QUESTIONS, "users are checked by answers that others may know or guess"),
];

/// Opt-outs, each with the setting that it says there is none of.
const INSTEAD_OF: &[(&str, &str)] = &[("sms.any_country", "sms.countries"), ("sms.no_budget", "sms.budget_per_hour")];

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
    errors: &mut Vec<SettingError>,
) {
    check_addresses(adapter, options, tree, dev, errors);
    check_contradictions(tree, errors);
    if !dev && options.store.engine().is_volatile() {
        let what = "state in memory is gone with the process, and with it every lock and every used code: it is for \
                    --dev alone; write `embedded:PATH`, or an address `postgres://…`";
        errors.push(tree.error("store", what));
    }
    let opted_out = |path: &str| tree.boolean(path, false).unwrap_or(false);
    if !dev && tree.any_row_says("questions.enabled") && !opted_out(WEAK_QUESTIONS) {
        let what = "answers to questions are known to others, or can be guessed: they prove nothing alone; \
                    set it to `true` if they only add to something better, or set `questions.enabled: false` in the rows";
        errors.push(tree.error(WEAK_QUESTIONS, what));
    }
    if sends_messages(adapter) {
        if tree.place("sms.countries").is_none() && !opted_out("sms.any_country") {
            let what = "it is missing; name the countries that codes are sent to, such as `[CZ, SK]`, \
                        or set `sms.any_country: true`";
            errors.push(tree.error("sms.countries", what));
        }
        if tree.place("sms.budget_per_hour").is_none() && !opted_out("sms.no_budget") {
            let what = "it is missing; say how many messages an hour may cost, or set `sms.no_budget: true`";
            errors.push(tree.error("sms.budget_per_hour", what));
        }
        if names_no_callers(adapter, tree) && options.proxies.is_empty() && !opted_out("sms.any_source") && !dev {
            let what = "callers do not say who they are, so the messages that each may have sent are counted by its address: \
                        name the proxies that say where a call comes from, or have callers show certificates \
                        (`callers.<name>.certificate`), or set `sms.any_source: true` if one system alone calls, for everybody";
            errors.push(tree.error("proxies", what));
        }
    }
}

/// A limit and that there is none, both said. What `--dev` says for a demo is said by nobody.
fn check_contradictions(tree: &SettingsTree, errors: &mut Vec<SettingError>) {
    for (opt_out, limit) in INSTEAD_OF {
        let is_said = tree.place(opt_out).is_some_and(|place| *place != Place::Dev);
        if is_said && tree.boolean(opt_out, false).unwrap_or(false) && tree.place(limit).is_some() {
            errors.push(tree.error(opt_out, format!("it is `true`, and `{limit}` is set: take one of them away")));
        }
    }
}

/// Off loopback, requests come by TLS or from a proxy where TLS ended, and callers show who they are; each is waived by name.
fn check_addresses(
    adapter: &Adapter,
    options: &Options,
    tree: &SettingsTree,
    dev: bool,
    errors: &mut Vec<SettingError>,
) {
    for (path, address) in [("listen", options.listen), ("ops.listen", options.ops_listen)] {
        if dev && !address.ip().is_loopback() {
            errors.push(tree.error(path, "--dev serves on loopback only"));
        }
    }
    check_certificates(adapter, options, tree, errors);
    if dev {
        return;
    }
    if share_a_port(options.listen, options.ops_listen) {
        errors.push(
            tree.error(
                "ops.listen",
                "it is the port of the API (`listen`); health and metrics have a port of their own",
            ),
        );
    }
    let opted_out = |path: &str| tree.boolean(path, false).unwrap_or(false);
    if !options.listen.ip().is_loopback() && !options.private_network {
        if options.tls.is_none() && options.proxies.is_empty() {
            let what = "requests and credentials would be read on the way, so it is served on loopback only; name a \
                        certificate (`tls.certificate`) or the proxies where TLS ends (`proxies`), or set \
                        `private_network: true` if the network lets nobody but the caller through";
            errors.push(tree.error("listen", what));
        }
        let anybody_may = names_no_callers(adapter, tree);
        if anybody_may && !opted_out("public_api") {
            let what = "the definition lets anybody call, so it is served on loopback only; have callers show \
                        certificates (`tls.client_ca`, `callers.<name>.certificate`), or set `public_api: true` if the \
                        API is for everybody, or `private_network: true` if the network lets nobody but the caller through";
            errors.push(tree.error("listen", what));
        }
    }
    if !options.ops_listen.ip().is_loopback()
        && !options.ops_tls
        && !options.private_network
        && !opted_out("ops.private_network")
    {
        let what = "health and metrics are served without TLS on loopback only; set `ops.tls: true`, or \
                    `ops.private_network: true` if the network lets nobody but operators through";
        errors.push(tree.error("ops.listen", what));
    }
}

/// True if two ports could not both be bound.
fn share_a_port(one: SocketAddr, other: SocketAddr) -> bool {
    let same_host = one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && same_host
}

/// True where the definition lets anybody call and the settings name no callers, not even badly.
fn names_no_callers(adapter: &Adapter, tree: &SettingsTree) -> bool {
    matches!(adapter.callers, Callers::None(_)) && !tree.paths().any(|path| path.starts_with("callers."))
}

/// Certificates of callers are asked for where a caller has one, and the other way round.
fn check_certificates(adapter: &Adapter, options: &Options, tree: &SettingsTree, errors: &mut Vec<SettingError>) {
    let asks = options.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
    for caller in options.callers.iter().filter(|caller| !asks && !caller.certificates.is_empty()) {
        let what = "nobody is asked for a certificate; name the authorities: `tls.client_ca: PATH`";
        errors.push(tree.error(&format!("callers.{}.certificate", caller.name), what));
    }
    if asks && names_no_callers(adapter, tree) {
        let what = "it is known whose certificates are good, and not who may call with them; name a caller: \
                    `callers.<name>.certificate: dns:auth.bank.example`, or `any`";
        errors.push(tree.error("tls.client_ca", what));
    }
}

fn sends_messages(adapter: &Adapter) -> bool {
    adapter.otps.iter().any(|kind| kind.text.is_some()) || adapter.operations.iter().any(|kind| kind.sms.is_some())
}
