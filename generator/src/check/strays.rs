//! Examples of calls that no endpoint takes: unknown paths and wrong methods.

use std::collections::BTreeSet;

use super::Cx;
use crate::raw::{Example, Text};

impl Cx<'_> {
    /// A call that no endpoint takes is answered by a row for unknown routes or wrong methods.
    pub(super) fn check_stray(&mut self, title: &Text, route: &Text, call: &Example) {
        let taken = self
            .definition
            .endpoints
            .iter()
            .find(|(_, endpoint)| endpoint.route.as_ref().is_some_and(|taken| taken.text == route.text));
        if let Some((name, _)) = taken {
            let text =
                format!("`{}` says that no endpoint takes `{}`, and `{}` does", title.text, route.text, name.text);
            self.tell("wrong-example", route.place, text, format!("say `endpoint: {}`", name.text));
            return;
        }
        let Some(error) = call.error.as_ref().and_then(|node| self.inserted(node)) else {
            let text = format!("`{}` calls what no endpoint takes, and shows no error", title.text);
            self.tell("wrong-example", route.place, text, "add `error: { ... }`".to_owned());
            return;
        };
        let (Some(code), strays) = (self.code_of(&error), self.stray_codes()) else { return };
        if !strays.contains(&code) {
            let text =
                format!("the error of `{}` is `{code}`, and no row with that code answers unknown routes", title.text);
            self.tell("wrong-example", call.place, text, format!("there are: {}", strays.join(", ")));
        }
    }

    /// The codes of the rows that answer `route.unknown` and `method.wrong`.
    fn stray_codes(&self) -> Vec<String> {
        let rows = self.definition.errors.iter();
        let strays = rows.filter(|(_, row)| {
            let mut faults = row.faults.iter().map(|fault| fault.text.as_str());
            faults.any(|fault| matches!(fault, "route.unknown" | "method.wrong" | "route.*" | "method.*"))
        });
        let codes: BTreeSet<String> =
            strays.map(|(name, row)| row.code.as_ref().map_or(name.text.clone(), |code| code.text.clone())).collect();
        codes.into_iter().collect()
    }
}
