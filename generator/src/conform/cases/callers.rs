//! Who calls: without a credential, and with one that nobody has.

use super::super::Run;
use super::super::ask::{Ask, Credential};
use super::super::base;
use super::super::expected::Expected;
use super::sharing;
use crate::model::{Callers, Endpoint};

/// The caller of a request.
pub fn all(run: &mut Run<'_>, endpoint: &Endpoint) {
    let of = run.of;
    if matches!(of.callers, Callers::None(_)) && endpoint.session.is_none() {
        return;
    }
    if sharing(of, endpoint).first().is_none_or(|first| first.name != endpoint.name) {
        return;
    }
    let body = base::request(of, endpoint);
    let good = Ask::of(of, endpoint, body.as_ref());
    for (name, credential) in
        [("no credential", Credential::Nothing), ("a credential that nobody has", Credential::Wrong)]
    {
        let ask = Ask { credential, ..good.clone() };
        run.attempt(endpoint, format!("caller: {name}"), &ask, &Expected::fault("caller.unknown", name));
    }
    if !run.client.has_credential() && endpoint.session.is_none() {
        run.not_run(&endpoint.name, "caller: one who may call", "no credential was given");
    }
}
