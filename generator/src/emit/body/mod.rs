//! The default body of an endpoint: what is gathered from the request, one call a behaviour, and the answer. It writes
//! down the plan, in the vocabulary's words for how each behaviour is called, and derives nothing.

mod answer;
mod call;

use super::escaping::literal;
use super::scope::{Scope, is_kept_as_text};
use super::value::{Uses, Value};
use crate::model::{Endpoint, Setting, SettingValue, Type};
use crate::naming;
use crate::plan::{self, AccessPath, FieldAccess, Gathered, Input, Plan, Read, Source, Step, Want};
use crate::vocabulary::Natural;

/// A default body.
#[derive(Default)]
pub struct Body {
    /// `let operation = Operation::of(&request);`
    pub gathered: Vec<(String, String)>,
    /// Own meanings that go to the hooks.
    pub facts: Vec<String>,
    pub calls: Vec<Made>,
    /// The outcome that the status follows, with the statuses of what it may be.
    pub status: Option<(Value, String)>,
    pub answer: Option<Value>,
    pub uses: Uses,
}

/// A call of a behaviour.
pub struct Made {
    /// The variable; it is bound only if something uses it.
    pub variable: Option<String>,
    /// `let input = …;` before the call of an own hook.
    pub input: Option<Value>,
    /// `showing("user.branch", &request.branch_code)`, before the method.
    pub shows: Vec<String>,
    pub method: String,
    pub arguments: Vec<Value>,
    /// The refusal is turned into an error here.
    pub passed: bool,
    /// Refusals that are, where others are not.
    pub apart: Vec<String>,
    /// What it gives goes into these things: the thing, its type, the fields, and what the others are.
    pub overlays: Vec<Overlay>,
    /// What it gives that hooks get.
    pub facts: Vec<String>,
}

/// `let operation = Operation { amount: …, ..operation };`
pub struct Overlay {
    pub entity: String,
    pub rust: String,
    pub fields: Vec<(String, Value)>,
    pub rest: String,
}

/// What is available that is bound to nothing.
const ALWAYS: [(&str, &str); 6] = [
    ("build.time", "cx.build().time"),
    ("build.version", "cx.build().version.to_owned()"),
    ("message.header", "cx.message().header"),
    ("request.id", "cx.call.request_id.clone()"),
    ("request.language", "cx.call.language.clone()"),
    ("request.time", "cx.time()"),
];

/// Writes the body of an endpoint.
pub fn of(scope: &Scope<'_>, endpoint: &Endpoint) -> Body {
    let plan = &endpoint.plan;
    let has_request = endpoint.request.is_some();
    let mut builder = Builder { scope, plan, has_request, variables: Vec::new(), body: Body::default() };
    builder.gather();
    let calls = plan.steps.iter().map(|step| builder.call(step)).collect();
    let status = builder.status();
    let answer = builder.answer();
    builder.forget_unused();
    Body { calls, status, answer: Some(answer), ..builder.body }
}

struct Builder<'s> {
    scope: &'s Scope<'s>,
    plan: &'s Plan,
    has_request: bool,
    /// The variable of each step so far.
    variables: Vec<Option<String>>,
    body: Body,
}

impl<'s> Builder<'s> {
    /// What is put together from the request comes first, while all of it is still there; then the facts.
    fn gather(&mut self) {
        for gathered in &self.plan.gathered {
            let (name, value) = match gathered {
                Gathered::Entity(entity) => (entity.clone(), format!("{}::of(&request)", self.scope.entity(entity))),
                Gathered::Value { meaning, worked_out } => {
                    let meaning = self.scope.meaning(*meaning);
                    let by_type = if let Natural::Primitive(of) = &meaning.natural { Some(of.word()) } else { None };
                    let value = match by_type.filter(|_| *worked_out) {
                        Some(word) => format!("{}::of(&request)", self.scope.runtime(&naming::pascal(word))),
                        None if is_read_from_text(meaning) => format!("request.find_as({})", literal(&meaning.name)),
                        None => format!("request.find({})", literal(&meaning.name)),
                    };
                    (naming::variable(&meaning.name), value)
                }
            };
            self.body.gathered.push((name, value));
        }
        self.collect_facts();
    }

    /// What nothing reads need not be gathered.
    fn forget_unused(&mut self) {
        let uses = &self.body.uses;
        self.body.gathered.retain(|(name, _)| uses.has(name));
        if !self.body.gathered.is_empty() {
            self.body.uses.note("request");
        }
    }

    fn collect_facts(&mut self) {
        let facts = self.facts(&self.plan.hook_facts);
        self.body.facts.extend(facts);
    }

    /// `let cx = &cx.with_fact("user.branch", &request.branch_code);`
    fn facts(&mut self, hook_facts: &[Input]) -> Vec<String> {
        hook_facts.iter().filter_map(|input| self.fact(input)).collect()
    }

    fn fact(&mut self, input: &Input) -> Option<String> {
        let meaning = self.scope.meaning(input.meaning);
        // How a check ended is told to nobody: what is asked after it is asked since it passed.
        if meaning.is_outcome {
            return None;
        }
        let name = literal(&meaning.name);
        let (value, optional) = self.borrowed(input)?;
        let method = if optional { "with_facts" } else { "with_fact" };
        Some(format!("let cx = &cx.{method}({name}, {value});"))
    }

    /// `showing("user.branch", &request.branch_code)`: what the texts of a call show.
    fn showing(&mut self, input: &Input) -> Option<String> {
        let name = literal(&self.scope.meaning(input.meaning).name);
        let (value, _) = self.borrowed(input)?;
        Some(format!("showing({name}, {value})"))
    }

    /// A value as it is lent to hooks and texts, and whether it is an `Option`.
    fn borrowed(&mut self, input: &Input) -> Option<(String, bool)> {
        let meaning = self.scope.meaning(input.meaning);
        let name = literal(&meaning.name);
        let access_path = match &self.value(input.read).source {
            Source::Request { path } => request_path(path),
            Source::InElements { .. } | Source::Conditional { .. } | Source::Derived { .. } => gathered_path(meaning),
            Source::Step { step, access_path, .. } => self.step_path(*step, access_path)?,
            Source::Session => return Some((format!("cx.session({name})"), false)),
            Source::Caller => return Some(("cx.caller()".to_owned(), false)),
            Source::Setting(setting) => {
                let field = super::settings::field_of(&self.scope.adapter.settings[*setting].path);
                return Some((format!("&cx.settings().{field}"), false));
            }
            Source::Gone { .. } | Source::Passed { .. } | Source::Always => return None,
        };
        self.body.uses.borrow(&access_path);
        let (value, optional) = borrowed(&access_path);
        let is_phone = matches!(&self.value(input.read).ty, Type::Primitive(one) if *one == "phone");
        Some((
            match (is_phone, optional) {
                (false, _) => value,
                (true, true) => format!("{value}.map(|phone| phone.expose())"),
                (true, false) => format!("{}.expose()", value.trim_start_matches('&')),
            },
            optional,
        ))
    }

    /// What a step gives goes into things, before anything later is given them.
    fn overlays(&mut self, step: &Step) -> Vec<Overlay> {
        let mut all = Vec::new();
        for overlay in &step.overlays {
            let mut fields = Vec::new();
            for (meaning, read) in &overlay.attributes {
                let name = self.scope.meaning(*meaning).attribute.clone();
                fields.extend(self.read(*read).map(|value| (name, value)));
            }
            let rust = self.scope.entity(&overlay.entity);
            let rest = if overlay.is_there {
                self.body.uses.borrow(&vec![FieldAccess::new(&overlay.entity, false)]);
                overlay.entity.clone()
            } else {
                format!("{rust}::default()")
            };
            all.push(Overlay { entity: overlay.entity.clone(), rust, fields, rest });
        }
        all
    }

    fn value(&self, read: Read) -> &'s plan::Value {
        &self.plan.values[read.value()]
    }

    /// A value on its way to the place that takes it; none for an outcome that nobody has.
    fn read(&mut self, read: Read) -> Option<Value> {
        self.read_as(read, read.conversion())
    }

    /// The same, turned into something else than what its place takes.
    fn read_as(&mut self, read: Read, conversion: plan::Conversion) -> Option<Value> {
        let value = self.value(read);
        let (scope, meaning) = (self.scope, self.scope.meaning(value.meaning));
        let want = read.want();
        Some(match &value.source {
            Source::Request { path } => {
                self.body.uses.read(request_path(path), scope.is_copy(&value.ty), conversion, want)
            }
            Source::InElements { .. } | Source::Conditional { .. } | Source::Derived { .. } => {
                self.body.uses.read(gathered_path(meaning), false, conversion, want)
            }
            Source::Step { step, access_path, bound, .. } => {
                let access_path = self.step_path(*step, access_path)?;
                let is_copy = scope.copies(meaning) && !(*bound && is_kept_as_text(meaning));
                self.body.uses.read(access_path, is_copy, conversion, want)
            }
            Source::Passed { .. } => return self.passed(meaning, conversion, want),
            Source::Gone { .. } => return None,
            Source::Setting(setting) => Value::Text(setting_value(&scope.adapter.settings[*setting], conversion, want)),
            Source::Caller => Value::Text(wanted("cx.caller().to_owned()".to_owned(), want)),
            Source::Session => Value::Text(wanted(format!("cx.session({}).to_owned()", literal(&meaning.name)), want)),
            Source::Always => {
                let (_, value) = ALWAYS.iter().find(|(name, _)| *name == meaning.name)?;
                let value = match conversion {
                    plan::Conversion::Text => format!("{value}.to_string()"),
                    plan::Conversion::Into => format!("{value}.into()"),
                    _ => (*value).to_owned(),
                };
                Value::Text(match (want, meaning.may_lack) {
                    (Want::Option, false) => format!("Some({value})"),
                    (Want::Plain | Want::Sure, true) => format!("{value}.unwrap_or_default()"),
                    (Want::Option, true) | (Want::Plain | Want::Sure, false) => value,
                })
            }
        })
    }

    /// The access path from the variable of a step.
    fn step_path(&self, number: usize, access_path: &AccessPath) -> Option<AccessPath> {
        let variable = self.variables.get(number)?.as_deref()?;
        let if_known = self.plan.steps.get(number).is_some_and(|step| step.if_known);
        Some(std::iter::once(FieldAccess::new(variable, if_known)).chain(access_path.iter().cloned()).collect())
    }

    /// The outcome of a check whose refusal was raised: whoever comes here has passed.
    fn passed(&self, meaning: &crate::model::Meaning, conversion: plan::Conversion, want: Want) -> Option<Value> {
        let set = self.scope.runtime(meaning.set.as_deref().filter(|_| meaning.is_outcome)?);
        let value = match conversion {
            plan::Conversion::Passed => "true".to_owned(),
            plan::Conversion::Into => format!("{set}::Passed.into()"),
            _ => format!("{set}::Passed"),
        };
        Some(Value::Text(wanted(value, want)))
    }

    /// A variable's name that no earlier step has.
    fn free(&self, name: &str, behaviour: &str) -> String {
        let taken = |name: &str| {
            let ours = ["cx", "input", "request"].contains(&name);
            let gathered = self.body.gathered.iter().any(|(other, _)| other == name);
            let overlaid = self.plan.steps.iter().flat_map(|step| &step.overlays).any(|overlay| overlay.entity == name);
            ours || naming::is_keyword(name)
                || gathered
                || overlaid
                || self.variables.iter().flatten().any(|other| other == name)
        };
        if taken(name) { format!("{name}_of_{behaviour}") } else { name.to_owned() }
    }

    /// `(Outcome::Failed, 422)`, for each outcome whose status is not the usual one.
    fn status(&mut self) -> Option<(Value, String)> {
        let by = self.plan.success_by.as_ref()?;
        let usual = by.statuses.iter().find(|(outcome, _)| outcome == "passed").map_or(200, |(_, status)| *status);
        let set = self.scope.meaning(self.value(by.outcome).meaning).set.clone()?;
        let set = self.scope.runtime(&set);
        let others = by.statuses.iter().filter(|(_, status)| *status != usual);
        let pairs: Vec<String> =
            others.map(|(outcome, status)| format!("({set}::{}, {status})", naming::pascal(outcome))).collect();
        Some((self.read(by.outcome)?, pairs.join(", "))).filter(|_| !pairs.is_empty())
    }

    fn behaviour(&self, step: &Step) -> &'s crate::model::Behaviour {
        &self.scope.adapter.behaviours[step.behaviour]
    }
}

fn wanted(value: String, want: Want) -> String {
    if want == Want::Option { format!("Some({value})") } else { value }
}

fn setting_value(setting: &Setting, conversion: plan::Conversion, want: Want) -> String {
    let taken = match (&setting.default, conversion) {
        (SettingValue::Text(_), _) => ".clone()",
        (_, plan::Conversion::Text) => ".to_string()",
        _ => "",
    };
    wanted(format!("cx.settings().{}{taken}", super::settings::field_of(&setting.path)), want)
}

/// True for what is found as a text and read again as a value of its type.
fn is_read_from_text(meaning: &crate::model::Meaning) -> bool {
    matches!(&meaning.natural, Natural::Primitive(one) if one.row().in_codes())
}

/// The access path to what was looked for in the request: in a thing that was put together, or in a variable of its
/// own.
fn gathered_path(meaning: &crate::model::Meaning) -> AccessPath {
    if meaning.is_gathered {
        return vec![FieldAccess::new(&meaning.entity, false), FieldAccess::new(&meaning.attribute, true)];
    }
    vec![FieldAccess::new(&naming::variable(&meaning.name), true)]
}

/// The access path to a value of the request.
fn request_path(path: &[plan::Part]) -> AccessPath {
    let fields = path.iter().map(|part| FieldAccess::new(&part.rust, part.may_lack));
    std::iter::once(FieldAccess::new("request", false)).chain(fields).collect()
}

/// `&request.branch_code`, or what `as_ref` gives of an optional one.
fn borrowed(access_path: &AccessPath) -> (String, bool) {
    let dotted = access_path.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(".");
    if access_path.iter().any(|step| step.optional) {
        let mut value = String::new();
        let mut steps = access_path.iter().peekable();
        let mut open = 0;
        while let Some(step) = steps.next() {
            value.push_str(&step.name);
            match (step.optional, steps.peek().is_some()) {
                (true, true) => {
                    value.push_str(&format!(".as_ref().and_then(|{0}| {0}.", step.name));
                    open += 1;
                }
                (true, false) => value.push_str(".as_ref()"),
                (false, true) => value.push('.'),
                (false, false) => value = wrap_last(&value),
            }
        }
        value.push_str(&")".repeat(open));
        return (value, true);
    }
    (format!("&{dotted}"), false)
}

/// The last step of a chain is always there: `and_then` wants an `Option` of it all the same.
fn wrap_last(chain: &str) -> String {
    match chain.rsplit_once("| ") {
        Some((before, last)) => format!("{before}| Some(&{last})"),
        None => format!("Some(&{chain})"),
    }
}
