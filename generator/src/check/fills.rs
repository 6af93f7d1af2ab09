//! How the response of an endpoint is filled, and what that makes of its steps.

use super::Cx;
use super::derive::Derived;
use crate::model::{Fill, Source};
use crate::raw::{Field, TypeName};

impl<'a> Cx<'a> {
    /// Fills the response field by field.
    pub(super) fn fill(&mut self, made: &mut Derived) {
        if let Some(response) = made.response.clone() {
            self.fill_from(made, &response, &[], false);
        }
    }

    fn fill_from(&mut self, made: &mut Derived, payload: &str, path: &[String], optional: bool) {
        if path.len() > 16 {
            return;
        }
        for field in self.fields(payload) {
            if field.constant.is_some() {
                continue;
            }
            let mut here = path.to_vec();
            here.push(field.name.text.clone());
            let may_lack = optional || field.optional || field.default.is_some();
            match (self.meaning_of(field), &field.ty) {
                (Some(meaning), _) => self.fill_field(made, field, here, meaning, may_lack),
                (None, Some(TypeName::One(inner))) if self.definition.payloads.has(&inner.text) => {
                    let at = made.fills.len();
                    made.fills.push(Fill { path: here.clone(), meaning: None, source: Source::Nothing });
                    self.fill_from(made, &inner.text, &here, may_lack);
                    let inside = made.fills.iter().skip(at + 1).map(|fill| fill.source.clone());
                    let source =
                        inside.into_iter().find(|source| *source != Source::Nothing).unwrap_or(Source::Nothing);
                    if let Some(fill) = made.fills.get_mut(at) {
                        fill.source = source;
                    }
                }
                (None, _) if may_lack => {}
                (None, _) => {
                    let text =
                        format!("`{}` means nothing, so nothing in `{}` can give it", here.join("."), made.name.text);
                    let help = "say what it means, make it optional, or give it a `const` or a `default`";
                    self.tell("unfilled-field", field.name.place, text, help);
                }
            }
        }
    }

    fn fill_field(&mut self, made: &mut Derived, field: &'a Field, path: Vec<String>, meaning: String, may_lack: bool) {
        let source = match (made.have.get(&meaning), meaning.strip_prefix("settings.")) {
            (_, Some(setting)) => Source::Setting(setting.to_owned()),
            (Some(held), None) => held.source.clone(),
            (None, None) if self.words.is_always(&meaning) && self.words.has_meaning(&meaning) => Source::Always,
            (None, None) => Source::Nothing,
        };
        if source == Source::Nothing && !may_lack {
            let does: Vec<&str> = made.steps.iter().map(|step| step.behaviour.as_str()).collect();
            let does = if does.is_empty() { "nothing".to_owned() } else { format!("`{}`", does.join("`, `")) };
            let text = format!("`{}` is `{meaning}`, and nothing in `{}` gives it", path.join("."), made.name.text);
            self.tell("unfilled-field", field.name.place, text, format!("`{}` does {does}", made.name.text));
        }
        made.shown.push((meaning.clone(), path.clone()));
        made.fills.push(Fill { path, meaning: Some(meaning), source });
    }

    /// What the response and the error table make of each step.
    pub(super) fn finish_steps(&self, made: &mut Derived) {
        let shows = |outcomes: &[String]| made.shown.iter().any(|(meaning, _)| outcomes.contains(meaning));
        let silent = self.operations().iter().any(|operation| operation.silent);
        let mut steps = made.steps.clone();
        for (at, step) in steps.iter_mut().enumerate() {
            let Some(behaviour) = self.words.all.behaviours.get(&step.behaviour) else { continue };
            let answered = |fault: &String| made.answers.iter().any(|answer| answer.faults.contains(fault));
            step.raises = behaviour.refuses.iter().any(answered);
            let Some(call) = &behaviour.rust else { continue };
            step.keeps_refused = call.keep_refused.is_some() && !step.raises && shows(&behaviour.outcome);
            let may_pass = match self.table_of(behaviour, step.option.as_deref()) {
                Some(table) => table.optional,
                None => silent && self.can_be_nobody(made, at),
            };
            step.or_nobody = call.or_nobody.is_some() && may_pass;
        }
        made.steps = steps;
    }

    /// The operation is known, nothing later uses what this step gives, and every field that shows it may be null.
    fn can_be_nobody(&self, made: &Derived, at: usize) -> bool {
        let from_here = |source: &Source| *source == Source::Step(at);
        let knows =
            made.steps.get(at).is_some_and(|step| step.inputs.iter().any(|input| input.meaning == "operation.name"));
        let used = made.steps.iter().skip(at + 1).flat_map(|step| &step.inputs).any(|input| from_here(&input.source));
        let may_lack = |fill: &Fill| !from_here(&fill.source) || self.may_lack(made.response.as_deref(), &fill.path);
        knows && !used && made.fills.iter().all(may_lack)
    }

    fn may_lack(&self, payload: Option<&str>, path: &[String]) -> bool {
        let (Some(payload), Some((first, rest))) = (payload, path.split_first()) else { return false };
        let Some(field) = self.fields(payload).into_iter().find(|field| field.name.text == *first) else {
            return false;
        };
        field.optional || field.ty.as_ref().is_some_and(|ty| self.may_lack(Some(&ty.name().text), rest))
    }
}
