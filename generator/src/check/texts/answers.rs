//! Texts that fill fields of answers. Which values each shows is found with the plan; here it is filled in with them.

use super::proof::{Given, Sort, fillings};
use super::{LONGEST, Written, report_unfillable};
use crate::arena::Id;
use crate::derive::Derived;
use crate::model::Type;
use crate::plan::{Fill, Plan, Read};
use crate::report::Report;
use crate::resolve::{Meaning, Resolved};

pub(super) fn check_texts_of_answers(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    for one in derived {
        for filled in one.plan.answer.iter().flat_map(|answer| answer.all()) {
            if let Fill::Text { key, is_link, values } = &filled.fill {
                check_one(of, key, &given(of, &one.plan, *is_link, values), report);
            }
        }
    }
}

/// What a text gets. Where one of its values is absent, the text is left out, so all of them are there.
fn given(of: &Resolved<'_>, plan: &Plan, is_link: bool, values: &[(Id<Meaning>, Read)]) -> Vec<Given> {
    let one = |(meaning, read): &(Id<Meaning>, Read)| {
        let sort = sort_of(&plan.values[read.value()].ty, is_link);
        Given { meaning: of.meaning(*meaning).name.clone(), sort, lack: None }
    };
    values.iter().map(one).collect()
}

/// In a link every value is a text, escaped.
fn sort_of(ty: &Type, is_link: bool) -> Sort {
    match ty {
        Type::Primitive(one) if !is_link && *one == "integer" => Sort::Integer,
        Type::Primitive(one) if !is_link && *one == "boolean" => Sort::Flag,
        _ => Sort::Text(LONGEST),
    }
}

fn check_one(of: &Resolved<'_>, key: &str, given: &[Given], report: &mut Report) {
    for (language, texts) in of.raw.messages.iter() {
        let Some((key, text)) = texts.entry(key) else { continue };
        let Some(template) = of.texts.get(&language.text, &key.text) else { continue };
        let has_all = template.shows().iter().all(|name| given.iter().any(|one| one.meaning == *name));
        if let Err(wrong) = fillings(&template, given)
            && has_all
        {
            report_unfillable(&Written { key, language, text }, given, wrong, report);
        }
    }
}
