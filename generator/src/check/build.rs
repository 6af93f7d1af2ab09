//! The model of a definition in which nothing is wrong.

use super::Cx;
use super::around::is_hole_of_fields;
use super::derive::Derived;
use crate::load::Loaded;
use crate::model::{self, Adapter, Type};
use crate::raw::{Around, Callers, Endpoint, Member, RowSays, Text};
use crate::yaml::Value;

/// Builds the adapter. Everything it reads has been checked.
pub(crate) fn adapter(cx: &Cx<'_>, loaded: &Loaded, derived: Vec<Derived>) -> Adapter {
    let definition = cx.definition;
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.text.clone()).unwrap_or_default();
    let reached = cx.reached();
    let hooks = own_hooks(cx, &derived);
    let answers = cx.outside();
    let texts = texts(cx, &derived);
    let sends = derived.iter().flat_map(|one| &one.steps).any(|step| cx.sends(&step.behaviour));
    let endpoints: Vec<model::Endpoint> = derived.into_iter().filter_map(|one| endpoint(cx, one)).collect();
    let used = |code: &str| {
        let all = endpoints.iter().flat_map(|endpoint| &endpoint.answers).chain(&answers);
        all.into_iter().any(|answer| answer.row == code)
    };
    Adapter {
        name: text(&definition.adapter),
        title: text(&definition.title),
        version: text(&definition.version),
        base: text(&definition.base),
        source: loaded.source.clone(),
        extends: loaded.extends.clone(),
        callers: match &definition.callers {
            Some((Callers::None(reason), _)) => model::Callers::None(reason.text.clone()),
            Some((Callers::Bearer, _)) => model::Callers::Bearer,
            Some((Callers::Basic(realm), _)) => model::Callers::Basic(realm.text.clone()),
            _ => model::Callers::None(String::new()),
        },
        wire: wire(cx),
        validation: validation(cx),
        settings: definition.settings.iter().filter_map(|(name, default)| setting(name, &default.value)).collect(),
        otps: otps(cx),
        sessions: cx.model_sessions(),
        tables: cx.model_tables(),
        operations: operations(cx, &endpoints),
        texts,
        needs_no_gateway: hooks.is_empty() && !sends,
        hooks,
        envelope: envelope(cx),
        failures: failures(cx),
        payloads: cx.model_payloads(&reached),
        unions: cx.model_unions(&reached),
        enums: cx.model_enums(&reached),
        says: definition.says.iter().map(|(fault, key)| (fault.text.clone(), key.text.clone())).collect(),
        rows: rows(cx, used),
        answers,
        endpoints,
    }
}

fn names(all: &[Text]) -> Vec<String> {
    all.iter().map(|one| one.text.clone()).collect()
}

fn pairs(all: &crate::raw::Entries<Text>) -> Vec<(String, String)> {
    all.iter().map(|(key, value)| (key.text.clone(), value.text.clone())).collect()
}

fn wire(cx: &Cx<'_>) -> model::Wire {
    let wire = &cx.definition.wire;
    model::Wire {
        reject_unknown_fields: wire.reject_unknown_fields,
        omit_nulls: wire.omit_nulls,
        text_accepts: names(&wire.text_accepts),
        decimal_accepts: names(&wire.decimal_accepts),
        length_utf16: wire.length_utf16,
        times: wire.times.as_ref().map(|times| times.text.clone()),
        body_limit: wire.body_limit,
        any_case_fields: wire.any_case_fields,
        any_case_enums: wire.any_case_enums,
        empty_body: wire.empty_body,
    }
}

fn validation(cx: &Cx<'_>) -> model::Validation {
    let validation = &cx.definition.validation;
    model::Validation {
        blank_is_empty: validation.blank_is_empty,
        says: pairs(&validation.says),
        field_codes: names(&validation.field_codes),
        body_codes: names(&validation.body_codes),
        types: pairs(&validation.types),
    }
}

fn setting(name: &Text, default: &Value) -> Option<model::Setting> {
    let default = match default {
        Value::Text(text) => model::SettingValue::Text(text.clone()),
        Value::Boolean(value) => model::SettingValue::Boolean(*value),
        Value::Number(number) => model::SettingValue::Integer(number.as_i64()?),
        _ => return None,
    };
    Some(model::Setting { path: name.text.clone(), default })
}

fn otps(cx: &Cx<'_>) -> Vec<model::OtpKind> {
    let kinds = cx.definition.otps.iter();
    kinds
        .map(|(name, otp)| model::OtpKind {
            name: name.text.clone(),
            alphabet: otp.alphabet.as_ref().map_or("digits", |alphabet| alphabet.text.as_str()).to_owned(),
            digits: otp.digits.map(|(digits, _)| digits).unwrap_or_default(),
            life_seconds: otp.life.as_ref().map(|(seconds, _)| *seconds).unwrap_or_default(),
            life: otp.life.as_ref().map(|(_, text)| text.text.clone()).unwrap_or_default(),
            attempts: otp.attempts.map_or(5, |(attempts, _)| attempts),
            text: otp.text.as_ref().map(|text| text.text.clone()),
            one_per: names(&otp.one_per),
            binds: names(&otp.binds),
            keeps: names(&otp.keeps),
            keep_seconds: otp.keep.as_ref().map(|(seconds, _)| *seconds),
            id: match otp.id.as_ref().map(|id| id.text.as_str()) {
                Some("token") => model::IdForm::Token,
                Some("code") => model::IdForm::Code,
                _ => model::IdForm::Uuid,
            },
            numbers: cx.takes_numbers(),
            per_phone: otp.per_phone.as_ref().map(|text| text.text.clone()),
        })
        .collect()
}

/// Operations; their consents only where an endpoint asks for one.
fn operations(cx: &Cx<'_>, endpoints: &[model::Endpoint]) -> Vec<model::OperationKind> {
    let asks = asks_consent(cx, endpoints.iter().flat_map(|endpoint| &endpoint.steps));
    let consent = |consent: &crate::raw::Consent| model::Consent {
        html: consent.html.text.clone(),
        options: consent
            .options
            .iter()
            .map(|(id, (html, required))| model::ConsentLine {
                id: id.text.clone(),
                html: html.text.clone(),
                required: *required,
            })
            .collect(),
    };
    cx.operations()
        .into_iter()
        .map(|operation| model::OperationKind {
            name: operation.name.text.clone(),
            needs: names(operation.needs),
            sms: operation.sms.map(|sms| sms.text.clone()),
            accounts: operation.accounts.map(|accounts| accounts.text.clone()),
            consent: operation.consent.filter(|_| asks).map(consent),
            silent: operation.silent,
        })
        .collect()
}

/// True if some step speaks of consents.
pub(crate) fn asks_consent<'s>(cx: &Cx<'_>, mut steps: impl Iterator<Item = &'s model::Step>) -> bool {
    steps.any(|step| {
        let behaviour = cx.words.all.behaviours.get(&step.behaviour);
        behaviour.is_some_and(|one| one.gives.iter().chain(&one.needs).any(|meaning| meaning.starts_with("consent.")))
    })
}

/// All texts but those of consents that nobody asks for; the default language first.
fn texts(cx: &Cx<'_>, derived: &[Derived]) -> Vec<model::Text> {
    let asks = asks_consent(cx, derived.iter().flat_map(|one| &one.steps));
    let consents: Vec<String> = cx
        .operations()
        .iter()
        .filter_map(|operation| operation.consent)
        .flat_map(|consent| {
            let lines = consent.options.iter().map(|(_, (html, _))| html.text.clone());
            std::iter::once(consent.html.text.clone()).chain(lines).collect::<Vec<_>>()
        })
        .collect();
    let first = cx.default_language();
    let mut languages: Vec<_> = cx.definition.messages.iter().collect();
    languages.sort_by_key(|(language, _)| (language.text != first, language.text.clone()));
    let mut all = Vec::new();
    for (language, texts) in languages {
        for (key, text) in texts.iter().filter(|(key, _)| asks || !consents.contains(&key.text)) {
            all.push(model::Text { language: language.text.clone(), key: key.text.clone(), text: text.text.clone() });
        }
    }
    all
}

fn own_hooks(cx: &Cx<'_>, derived: &[Derived]) -> Vec<model::OwnHook> {
    let mut all = Vec::new();
    for name in &cx.words.own_behaviours {
        let Some(behaviour) = cx.words.all.behaviours.get(name) else { continue };
        let steps: Vec<(&Derived, &model::Step)> = derived
            .iter()
            .flat_map(|one| one.steps.iter().filter(|step| step.behaviour == *name).map(move |step| (one, step)))
            .collect();
        let may_lack = |meaning: &String| {
            let bound = |step: &model::Step| {
                step.inputs.iter().find(|input| input.meaning == *meaning).map(|input| input.source.clone())
            };
            steps.iter().any(|(_, step)| match bound(step) {
                None | Some(model::Source::Found { .. } | model::Source::Nothing) => true,
                Some(model::Source::Request { optional, .. }) => optional,
                Some(_) => false,
            })
        };
        let needs = behaviour.needs.iter().flat_map(|need| need.split(" | ").map(str::to_owned));
        let inputs: Vec<String> =
            needs.chain(behaviour.expects.iter().cloned()).chain(behaviour.takes.iter().cloned()).collect();
        all.push(model::OwnHook {
            name: name.clone(),
            inputs: inputs
                .iter()
                .map(|meaning| (meaning.clone(), cx.natural_type(meaning), may_lack(meaning)))
                .collect(),
            gives: behaviour.gives.iter().map(|meaning| (meaning.clone(), cx.natural_type(meaning))).collect(),
            fails: behaviour.fails.clone(),
            endpoints: steps.iter().map(|(one, _)| one.name.text.clone()).collect(),
        });
    }
    all.retain(|hook| !hook.endpoints.is_empty());
    all
}

/// What stands around every body. What is laid around a body with `+: Body` stands in its payload.
fn envelope(cx: &Cx<'_>) -> model::Envelope {
    let envelope = &cx.definition.envelope;
    let whole = |part: &'_ &Around| !matches!(part, Around::Shape(lines, _) if lines.iter().any(is_hole_of_fields));
    let around = |part: &Option<Around>, name: &str| part.as_ref().filter(whole).map(|part| part_of(cx, part, name));
    let mut request = around(&envelope.request, "RequestEnvelope");
    let mut success = around(&envelope.success, "SuccessEnvelope");
    request.iter_mut().for_each(|payload| payload.in_request = true);
    success.iter_mut().for_each(|payload| payload.in_response = true);
    let failure = envelope.failure.as_ref().map(|failure| failure_of(cx, failure, "FailureEnvelope"));
    let failure_type = envelope.failure_type.as_ref().map_or("application/json", |text| text.text.as_str()).to_owned();
    model::Envelope { request, success, failure, failure_type }
}

fn part_of(cx: &Cx<'_>, part: &Around, name: &str) -> model::Payload {
    match part {
        Around::Shape(members, _) => {
            let lines = cx.expand_members(members, 0).into_iter();
            cx.model_payload(name, lines.filter(|member| matches!(member, Member::Field(_))).collect(), None)
        }
        Around::Payload(payload) => cx.model_payload(&payload.text, cx.expand(&payload.text), None),
    }
}

fn failure_of(cx: &Cx<'_>, failure: &Around, name: &str) -> model::Payload {
    let thing = Some("error".to_owned());
    model::Payload { in_response: true, thing, ..part_of(cx, failure, name) }
}

/// The failures of the envelopes that endpoints name.
fn failures(cx: &Cx<'_>) -> Vec<model::Payload> {
    let named = cx.definition.envelopes.iter();
    named.filter_map(|(name, own)| Some(failure_of(cx, own.failure.as_ref()?, &failure_name(name)))).collect()
}

fn failure_name(envelope: &Text) -> String {
    format!("{}FailureEnvelope", crate::naming::pascal(&envelope.text))
}

/// The failure of an endpoint, if it is not the usual one.
fn own_failure(cx: &Cx<'_>, endpoint: &Endpoint) -> Option<String> {
    let (name, envelope) = cx.definition.envelopes.entry(&endpoint.envelope.as_ref()?.text)?;
    Some(match envelope.failure.as_ref()? {
        Around::Shape(..) => failure_name(name),
        Around::Payload(payload) => payload.text.clone(),
    })
}

fn rows(cx: &Cx<'_>, used: impl Fn(&str) -> bool) -> Vec<model::ErrorRow> {
    let every = cx.definition.every_error.as_ref();
    let errors = cx.definition.errors.iter().filter(|(name, _)| used(&name.text));
    errors
        .map(|(name, row)| {
            let says = match row.says.as_ref().or(every.and_then(|every| every.says.as_ref())) {
                None => model::Says::Key(name.text.clone()),
                Some(RowSays::FirstOf(lines)) => model::Says::FirstOf(names(lines)),
                Some(RowSays::One(text)) if text.text.contains("{{") => model::Says::Text(text.text.clone()),
                Some(RowSays::One(key)) => model::Says::Key(key.text.clone()),
            };
            let mut columns = pairs(&row.columns);
            let shared = every.map(|every| pairs(&every.columns)).unwrap_or_default();
            columns.extend(shared.into_iter().filter(|(column, _)| !row.columns.has(column)));
            model::ErrorRow {
                name: name.text.clone(),
                code: row.code.as_ref().map_or(name.text.clone(), |code| code.text.clone()),
                status: row.status.or(every.and_then(|every| every.status)).map_or(500, |(status, _)| status),
                says,
                columns,
                shows: row.payload.as_ref().map(|payload| payload.text.clone()),
                trace: cx.sources.trace(name.place),
            }
        })
        .collect()
}

fn endpoint(cx: &Cx<'_>, derived: Derived) -> Option<model::Endpoint> {
    let (name, endpoint): &(Text, Endpoint) = cx.definition.endpoints.entry(&derived.name.text)?;
    let (method, path) = endpoint.route.as_ref()?.text.split_once(' ')?;
    Some(model::Endpoint {
        name: name.text.clone(),
        about: endpoint.about.as_ref().map(|about| about.text.clone()).unwrap_or_default(),
        method: method.to_owned(),
        path: path.to_owned(),
        success: endpoint.success.map_or(200, |(status, _)| status),
        failure: own_failure(cx, endpoint),
        session: match &endpoint.callers {
            Some((Callers::Session(kind), _)) => Some(kind.text.clone()),
            _ => None,
        },
        when: endpoint.when.as_ref().map(|(when, _)| cx.model_when(when, derived.request.as_deref())),
        request: derived.request,
        response: derived.response,
        steps: derived.steps,
        answers: derived.answers,
        shown: derived.shown_faults,
        fills: derived.fills,
        trace: cx.sources.trace(name.place),
    })
}

/// True for a type that a hook of the bank may take or give.
pub(crate) fn is_plain(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(name) if !["json", "never"].contains(&name.as_str()))
}
