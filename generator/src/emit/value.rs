//! Expressions of a default body: access paths into variables, moved where they are used last and cloned before that,
//! and brought into the shape in which they are wanted.

use serde::Serialize;

use crate::plan::{AccessPath, Conversion, Want};

/// A value before it is known which use of a variable is the last.
#[derive(Debug, Clone)]
pub enum Value {
    /// Something that needs no variable of ours.
    Text(String),
    /// A variable or a part of one; the number is that of the use, and where the value is absent something may be in its
    /// place.
    Read { number: usize, access_path: AccessPath, conversion: Conversion, want: Want, instead: Option<String> },
    /// A struct literal.
    Record(Record),
    /// An array.
    List(Vec<Value>),
    /// A list of this one.
    Only(Box<Value>),
    /// What is made of a value that may be absent: nothing without it.
    IfThere { variable: String, value: Box<Value>, then: Box<Value> },
    /// A value as texts show it, of this type: a number and a flag stay what they are.
    Shown { value: Box<Value>, shown: String, optional: bool },
    /// A text of the definition with values.
    FilledText { method: &'static str, key: String, arguments: Vec<(String, Value)>, some: bool },
}

/// A struct literal.
#[derive(Debug, Clone)]
pub struct Record {
    pub name: String,
    pub fields: Vec<(String, Value)>,
    /// The fields that are left out have their defaults.
    pub rest: bool,
    /// It stands in a `Some`.
    pub some: bool,
}

/// A use of a variable: what of it is moved.
#[derive(Debug, Clone)]
struct Use {
    moved: Vec<String>,
    copied: bool,
    /// The value itself may be copied, also out of what is borrowed on the way to it.
    is_copy: bool,
}

/// All uses of variables in a body, in the order in which they are evaluated.
#[derive(Debug, Default)]
pub struct Uses {
    all: Vec<Use>,
    /// Variables that are borrowed before all others are read.
    early: Vec<String>,
}

impl Uses {
    /// Notes that a value is read, and gives it back with the number of the use.
    pub fn read(&mut self, access_path: AccessPath, is_copy: bool, conversion: Conversion, want: Want) -> Value {
        let number = self.all.len();
        let chained = first_gap(&access_path).is_some();
        self.all.push(Use { moved: moved(&access_path), copied: is_copy && !chained, is_copy });
        Value::Read { number, access_path, conversion, want, instead: None }
    }

    /// Notes that something is borrowed.
    pub fn borrow(&mut self, access_path: &AccessPath) {
        let moved = access_path.iter().map(|step| step.name.clone()).collect();
        self.all.push(Use { moved, copied: false, is_copy: false });
    }

    /// Notes that a variable is borrowed before anything else.
    pub fn note(&mut self, variable: &str) {
        self.early.extend([variable.to_owned()]);
    }

    /// Whether anything of this variable is used.
    pub fn has(&self, variable: &str) -> bool {
        let read = self.all.iter().any(|each| each.moved.first().is_some_and(|root| root == variable));
        read || self.early.iter().any(|early| early == variable)
    }

    fn may_move(&self, number: usize) -> bool {
        let Some(this) = self.all.get(number) else { return false };
        let overlaps = |other: &Use| other.moved.iter().zip(&this.moved).all(|(one, two)| one == two);
        this.copied || !self.all.iter().skip(number + 1).any(overlaps)
    }

    /// The value as Rust.
    pub fn show(&self, value: &Value) -> View {
        match value {
            Value::Text(text) => View::Text { text: text.clone() },
            Value::Read { number, access_path, conversion, want, instead } => {
                let is_copy = self.all.get(*number).is_some_and(|each| each.is_copy);
                let (expression, optional) = read(access_path, self.may_move(*number), is_copy);
                match instead {
                    Some(instead) if optional && *want == Want::Plain => {
                        let value = shape(&expression, optional, *conversion, Want::Option);
                        View::Text { text: format!("{value}.unwrap_or_else(|| {instead})") }
                    }
                    _ => View::Text { text: shape(&expression, optional, *conversion, *want) },
                }
            }
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.show(item).text()).collect();
                View::Text { text: format!("[{}]", items.join(", ")) }
            }
            Value::FilledText { method, key, arguments, some } => {
                let pair = |(name, value): &(String, Value)| format!("({name}, {})", self.show(value).text());
                let pairs: Vec<String> = arguments.iter().map(pair).collect();
                let call = format!("cx.{method}({key}, [{}])?", pairs.join(", "));
                View::Text { text: if *some { format!("Some({call})") } else { call } }
            }
            Value::Shown { value, shown, optional } => {
                let value = self.show(value).text();
                View::Text {
                    text: if *optional {
                        format!("{value}.map({shown}::from)")
                    } else {
                        format!("{shown}::from({value})")
                    },
                }
            }
            Value::IfThere { variable, value, then } => {
                let (value, then) = (self.show(value).text(), self.show(then).inline());
                let text = match then.contains('?') {
                    true => format!("match {value} {{ Some({variable}) => Some({then}), None => None }}"),
                    false => format!("{value}.map(|{variable}| {then})"),
                };
                View::Text { text }
            }
            Value::Only(only) => match self.show(only) {
                View::Text { text } => View::Text { text: format!("Vec::from([{text}])") },
                View::Record { record } => View::Record { record: RecordView { only: true, ..record } },
            },
            Value::Record(record) => View::Record {
                record: RecordView {
                    name: record.name.clone(),
                    fields: record.fields.iter().map(|(name, value)| self.field(name, value)).collect(),
                    rest: record.rest,
                    some: record.some,
                    only: false,
                },
            },
        }
    }

    fn field(&self, name: &str, value: &Value) -> FieldView {
        let value = self.show(value);
        let short = matches!(&value, View::Text { text } if text == name);
        FieldView { name: name.to_owned(), value, short }
    }
}

/// A value as the template receives it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum View {
    Text { text: String },
    Record { record: RecordView },
}

impl View {
    /// `()`
    pub fn unit() -> Self {
        View::Text { text: "()".to_owned() }
    }

    /// All of it in one line.
    fn inline(&self) -> String {
        match self {
            View::Text { text } => text.clone(),
            View::Record { record } => record.inline(),
        }
    }

    /// The text of what is no record.
    pub fn text(self) -> String {
        match self {
            View::Text { text } => text,
            View::Record { .. } => String::new(),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct RecordView {
    name: String,
    fields: Vec<FieldView>,
    rest: bool,
    some: bool,
    /// It stands in a list of its own.
    only: bool,
}

impl RecordView {
    fn inline(&self) -> String {
        let field = |field: &FieldView| match field.short {
            true => field.name.clone(),
            false => format!("{}: {}", field.name, field.value.inline()),
        };
        let mut fields: Vec<String> = self.fields.iter().map(field).collect();
        fields.extend(self.rest.then(|| "..Default::default()".to_owned()));
        let literal = format!("{} {{ {} }}", self.name, fields.join(", "));
        let literal = if self.only { format!("Vec::from([{literal}])") } else { literal };
        if self.some { format!("Some({literal})") } else { literal }
    }

    /// The values of its fields.
    pub fn values(&self) -> impl Iterator<Item = &View> {
        self.fields.iter().map(|field| &field.value)
    }
}

#[derive(Debug, Serialize)]
struct FieldView {
    name: String,
    value: View,
    /// The value is the variable of that name.
    short: bool,
}

/// The first step, if it is not the last, whose value is an `Option`: from there on it takes closures.
fn first_gap(access_path: &AccessPath) -> Option<usize> {
    access_path.iter().take(access_path.len().saturating_sub(1)).position(|step| step.optional)
}

fn moved(access_path: &AccessPath) -> Vec<String> {
    let until = first_gap(access_path).map_or(access_path.len(), |gap| gap + 1);
    access_path.iter().take(until).map(|step| step.name.clone()).collect()
}

/// The expression that reads an access path, and whether it is an `Option`.
fn read(access_path: &AccessPath, last_use: bool, is_copy: bool) -> (String, bool) {
    let dotted =
        |part: &[crate::plan::FieldAccess]| part.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(".");
    match first_gap(access_path) {
        None => {
            let clone = if last_use || is_copy { "" } else { ".clone()" };
            (format!("{}{clone}", dotted(access_path)), access_path.last().is_some_and(|step| step.optional))
        }
        Some(gap) => {
            let (before, after) = access_path.split_at(gap + 1);
            let variable = before.last().map_or("value", |step| step.name.as_str());
            let inner: AccessPath =
                [crate::plan::FieldAccess::new(variable, false)].into_iter().chain(after.to_vec()).collect();
            let (expression, optional) = read(&inner, last_use, is_copy);
            let borrow = if last_use { "" } else { ".as_ref()" };
            let apply = if optional { "and_then" } else { "map" };
            (format!("{}{borrow}.{apply}(|{variable}| {expression})", dotted(before)), true)
        }
    }
}

fn shape(value: &str, optional: bool, conversion: Conversion, want: Want) -> String {
    let converted = match (conversion, optional) {
        (Conversion::Keep, _) => value.to_owned(),
        (Conversion::Into, true) => format!("{value}.map(Into::into)"),
        (Conversion::Into, false) => format!("{value}.into()"),
        (Conversion::IntoEach, true) if want != Want::Option => {
            return format!("{value}.into_iter().flatten().map(Into::into).collect()");
        }
        (Conversion::IntoEach, true) => format!("{value}.map(|list| list.into_iter().map(Into::into).collect())"),
        (Conversion::IntoEach, false) => format!("{value}.into_iter().map(Into::into).collect()"),
        (Conversion::Passed, true) => format!("{value}.map(|outcome| outcome.passed())"),
        (Conversion::Passed, false) => format!("{value}.passed()"),
        (Conversion::Text, true) => format!("{value}.map(|value| value.to_string())"),
        (Conversion::Text, false) => format!("{value}.to_string()"),
        (Conversion::Exposed, true) => format!("{value}.map(|phone| phone.expose().to_owned())"),
        (Conversion::Exposed, false) => format!("{value}.expose().to_owned()"),
        (Conversion::Member, true) => format!("{value}.map(|value| value.parse()).transpose()?"),
        (Conversion::Member, false) => format!("{value}.parse()?"),
    };
    match (want, optional) {
        (Want::Option, false) => format!("Some({converted})"),
        (Want::Plain, true) => format!("{converted}.unwrap_or_default()"),
        (Want::Sure, true) => format!("{converted}.ok_or(Fault::new(\"unexpected\"))?"),
        (Want::Option, true) | (Want::Plain | Want::Sure, false) => converted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::FieldAccess;

    fn access_path(written: &str) -> AccessPath {
        let steps = written.split('.');
        steps.map(|step| FieldAccess::new(step.trim_end_matches('?'), step.ends_with('?'))).collect()
    }

    fn text(uses: &Uses, value: &Value) -> String {
        match uses.show(value) {
            View::Text { text } => text,
            View::Record { .. } => unreachable!("a read is no record"),
        }
    }

    #[test]
    fn the_last_use_moves_and_earlier_ones_clone() {
        let mut uses = Uses::default();
        let first = uses.read(access_path("request.user_id"), false, Conversion::Keep, Want::Option);
        let second = uses.read(access_path("request.user_id"), false, Conversion::Keep, Want::Option);
        assert_eq!(text(&uses, &first), "Some(request.user_id.clone())");
        assert_eq!(text(&uses, &second), "Some(request.user_id)");
    }

    #[test]
    fn what_has_no_default_and_must_be_there_is_unexpectedly_missing() {
        let mut uses = Uses::default();
        let read = uses.read(access_path("otp.code.user_phone?"), false, Conversion::Keep, Want::Sure);
        assert_eq!(text(&uses, &read), "otp.code.user_phone.ok_or(Fault::new(\"unexpected\"))?");
    }

    #[test]
    fn what_can_be_copied_is_not_cloned_inside_a_closure() {
        let mut uses = Uses::default();
        let first = uses.read(access_path("password.value?.status"), true, Conversion::Into, Want::Option);
        uses.read(access_path("password.value?"), false, Conversion::Into, Want::Option);
        assert_eq!(text(&uses, &first), "password.value.as_ref().map(|value| value.status).map(Into::into)");
    }

    #[test]
    fn a_part_is_cloned_if_the_whole_is_used_later() {
        let mut uses = Uses::default();
        let part = uses.read(access_path("request.context.name?"), false, Conversion::Keep, Want::Option);
        uses.borrow(&access_path("request"));
        assert_eq!(text(&uses, &part), "request.context.name.clone()");
    }

    #[test]
    fn an_optional_parent_takes_a_closure() {
        let mut uses = Uses::default();
        let first = uses.read(access_path("request.context?.name?"), false, Conversion::Keep, Want::Option);
        let second = uses.read(access_path("request.context?.kind"), true, Conversion::Into, Want::Option);
        assert_eq!(text(&uses, &first), "request.context.as_ref().and_then(|context| context.name.clone())");
        assert_eq!(text(&uses, &second), "request.context.map(|context| context.kind).map(Into::into)");
    }
}
