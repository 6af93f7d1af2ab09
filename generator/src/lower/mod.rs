//! From a definition in which nothing is wrong to the model. It looks nothing up: names are ids, and what could not be
//! bound cannot be lowered.

mod answers;
mod declarations;
mod examples;
mod internal_error;
mod payloads;
mod required_impls;

use std::collections::HashSet;

use crate::arena::Id;
use crate::derive::{Derived, outside};
use crate::load::Loaded;
use crate::model::{self, Adapter, RequiredImpls};
use crate::plan::Plan;
use crate::raw::{Callers, Text};
use crate::report::Clean;
use crate::resolve::{Behaviour, Endpoint, Named, Resolved, is_consent, meant_ids};
use crate::vocabulary;
use internal_error::InternalError;

/// Builds the model.
///
/// # Errors
/// A internal_error in what was resolved or said, which an empty report rules out.
pub(crate) fn lower(
    of: &Resolved<'_>,
    loaded: &Loaded,
    derived: Vec<Derived>,
    _clean: &Clean,
) -> Result<Adapter, InternalError> {
    let definition = of.raw;
    let any_step = |test: fn(&vocabulary::Behaviour) -> bool| {
        derived.iter().flat_map(|one| &one.plan.steps).any(|step| test(&of.behaviours[step.behaviour].spec))
    };
    let (asks, sends) =
        (any_step(is_consent), any_step(|behaviour| behaviour.calls.iter().any(|hook| hook == "send_sms")));
    let hooks = declarations::own_hooks(of, &derived);
    let endpoints = of.endpoints.iter().zip(derived).map(|(endpoint, one)| self::endpoint(of, endpoint, one.plan));
    let endpoints = endpoints.collect::<Result<Vec<model::Endpoint>, _>>()?;
    let answers = outside(of);
    let used: HashSet<Id<model::ErrorRow>> =
        endpoints.iter().flat_map(|endpoint| &endpoint.plan.answers).chain(&answers).map(|answer| answer.row).collect();
    let reached = of.reached();
    let mut adapter = Adapter {
        name: text(&definition.adapter, "`adapter`")?,
        title: text(&definition.title, "`title`")?,
        version: text(&definition.version, "`version`")?,
        base: definition.base.as_ref().map(|base| base.text.clone()).unwrap_or_default(),
        source: loaded.source.clone(),
        extends: loaded.extends.clone(),
        callers: callers(&definition.callers)?,
        wire: declarations::wire(&definition.wire),
        validation: declarations::validation(&definition.validation),
        meanings: of.meanings.all.clone(),
        derived: meant_ids(of),
        faults: of.shipped_faults.clone(),
        unprovoked: of.words.unprovoked.clone(),
        entities: of.words.entities.clone(),
        behaviours: of.behaviours.try_map(|(_, one)| Ok::<_, InternalError>(behaviour(one)))?,
        settings: of.settings.try_map(|(_, setting)| declarations::setting(setting))?,
        otps: of.declarations.otps.try_map(|(_, otp)| declarations::otp(of, otp))?,
        sessions: of.declarations.sessions.try_map(|(_, kind)| declarations::session(kind))?,
        tables: of.declarations.tables.try_map(|(_, table)| declarations::table(table))?,
        operations: declarations::operations(of, asks)?,
        texts: declarations::texts(of, asks),
        needs_no_gateway: hooks.is_empty() && !sends,
        hooks,
        envelope: answers::envelope(of)?,
        failures: answers::failures(of)?,
        payloads: of.payloads.try_map(|(id, payload)| payloads::payload(of, id, payload, &reached))?,
        unions: of.unions.try_map(|(id, union)| payloads::union(id, union, &reached))?,
        enums: of.enums.try_map(|(id, one)| Ok::<_, InternalError>(payloads::enumeration(id, one, &reached)))?,
        required_impls: RequiredImpls::default(),
        says: definition.says.iter().map(|(fault, key)| (fault.text.clone(), key.text.clone())).collect(),
        rows: answers::rows(of, &used)?,
        answers,
        endpoints,
        examples: examples::examples(of)?,
    };
    adapter.required_impls = required_impls::by(&adapter);
    Ok(adapter)
}

fn behaviour(one: &Behaviour) -> model::Behaviour {
    model::Behaviour { name: one.name.clone(), spec: one.spec.clone(), expects: one.expects.clone() }
}

/// A text that every definition has.
fn text(text: &Option<Text>, what: &str) -> Result<String, InternalError> {
    internal_error::required(text.as_ref(), what).map(|text| text.text.clone())
}

fn callers(callers: &Option<(Callers, crate::source::Place)>) -> Result<model::Callers, InternalError> {
    Ok(match callers {
        Some((Callers::None(reason), _)) => model::Callers::None(reason.text.clone()),
        Some((Callers::Bearer, _)) => model::Callers::Bearer,
        Some((Callers::Basic(realm), _)) => model::Callers::Basic(realm.text.clone()),
        Some((Callers::Session(_) | Callers::Later(_), _)) | None => return Err(InternalError("`callers`".to_owned())),
    })
}

/// The ids of names, all of which are bound.
fn ids(all: &[Named<'_>]) -> Result<Vec<Id<model::Meaning>>, InternalError> {
    all.iter().map(|named| Ok(named.id?)).collect()
}

fn endpoint(of: &Resolved<'_>, endpoint: &Endpoint<'_>, plan: Plan) -> Result<model::Endpoint, InternalError> {
    let raw = endpoint.raw;
    let route = raw.route.as_ref().and_then(|route| route.text.split_once(' '));
    let (method, path) = internal_error::required(route, "the route of an endpoint")?;
    Ok(model::Endpoint {
        name: endpoint.name.text.clone(),
        about: raw.about.as_ref().map(|about| about.text.clone()).unwrap_or_default(),
        method: method.to_owned(),
        path: path.to_owned(),
        success: raw.success.map_or(200, |(status, _)| status),
        failure: answers::own_failure(of, raw),
        session: endpoint.session,
        when: raw.when.as_ref().map(|(when, _)| payloads::when(of, when, endpoint.request)).transpose()?,
        request: endpoint.request,
        response: endpoint.response,
        plan,
        trace: of.sources.trace(endpoint.name.place),
    })
}
