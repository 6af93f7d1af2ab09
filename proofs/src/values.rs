//! Values that keep the rules of their fields. A value is told by its meaning, so that what binds a code is the same when it
//! is checked.

use countersign::language::primitive::Primitive;
use countersign::language::rules::Constraint;
use countersign::model::{Adapter, Field, Need, Payload, Rule, Type};
use countersign::vocabulary::Natural;
use serde_json::{Map, Number, Value, json};

/// Makes values for a definition.
pub struct Maker<'a> {
    /// The definition.
    pub of: &'a Adapter,
    /// The kind of code that is checked.
    pub kind: Option<&'a str>,
}

impl Maker<'_> {
    /// A payload with all its fields.
    pub fn payload(&self, payload: &Payload, depth: usize) -> Value {
        let mut members = Map::new();
        for field in &payload.fields {
            members.extend(self.field(field, depth).map(|value| (field.wire.clone(), value)));
        }
        Value::Object(members)
    }

    /// A field; none if it shall be absent.
    pub fn field(&self, field: &Field, depth: usize) -> Option<Value> {
        if let Some(constant) = field.constant() {
            return Some(constant.clone());
        }
        if field.need == Need::Optional && depth > 3 {
            return None;
        }
        let meaning = field.meaning.map(|id| self.of.meanings[id].name.as_str());
        let of_code = meaning.and_then(|meaning| meaning.strip_prefix("otp."));
        if let (Some(kind), Some(part @ ("id" | "code"))) = (self.kind, of_code) {
            return Some(json!(format!("${part}:{kind}")));
        }
        if let Some(format) = &field.format {
            return Some(formatted(format));
        }
        self.of_type(&field.ty, meaning.unwrap_or(&field.wire), &field.rules, depth)
    }

    fn of_type(&self, ty: &Type, name: &str, rules: &[Rule], depth: usize) -> Option<Value> {
        Some(match ty {
            Type::Body => return None,
            Type::List(inner) => {
                let least = least(rules).unwrap_or(1).max(1);
                let most = most(rules).unwrap_or(least);
                let one = self.of_type(inner, name, &[], depth + 1)?;
                Value::Array((0..least.min(most)).map(|_| one.clone()).collect())
            }
            Type::Payload(payload) => self.payload(&self.of.payloads[*payload], depth + 1),
            Type::Union(union) => {
                let union = &self.of.unions[*union];
                let variant = union.variants.first()?;
                let payload = &self.of.payloads[variant.payload];
                let mut members = Map::new();
                members.insert(union.tag.clone(), json!(variant.wire));
                if let Value::Object(inside) = self.payload(payload, depth + 1) {
                    members.extend(inside);
                }
                Value::Object(members)
            }
            Type::Enum(id) => {
                let members = &self.of.enums[*id].members;
                let fits = |wire: &str| texts(rules).is_none_or(|texts| texts.iter().any(|text| text == wire));
                json!(members.iter().find(|member| fits(&member.wire))?.wire)
            }
            Type::Primitive(one) => primitive(self.of, one.word(), name, rules)?,
        })
    }
}

/// The value of a column.
pub fn column(of: &Adapter, meaning: &str, natural: &Natural) -> Value {
    match (meaning, natural) {
        ("questions.pool", _) => json!([{ "id": "q1", "text": "Which?", "required": true }]),
        (_, Natural::List(inner)) => match Primitive::parse(inner) {
            Some(one) => json!([column(of, meaning, &Natural::Primitive(one))]),
            None => json!([]),
        },
        (_, Natural::Primitive(one)) if *one == "time" => json!("2020-01-01T00:00:00Z"),
        // A settings file says decimals in quotes, so that none of them passes through a float.
        (_, Natural::Primitive(one)) if *one == "decimal" => json!("17.50"),
        (_, Natural::Primitive(one)) => primitive(of, one.word(), meaning, &[]).unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn primitive(of: &Adapter, word: &str, name: &str, rules: &[Rule]) -> Option<Value> {
    Some(match word {
        "never" => return None,
        "boolean" => json!(true),
        "integer" => json!(number(rules)),
        "decimal" => json!(number(rules)),
        "date" => json!("1980-01-01"),
        "time" => time(of, name),
        "phone" => json!("+420601234567"),
        "email" => json!(text_like("name@example.com", rules)),
        "url" => json!(text_like("https://example.com/", rules)),
        "digits" => json!(text_like(if name == "phone.dial_code" { "420" } else { "601234567" }, rules)),
        "map" | "pairs" if most(rules) == Some(0) => {
            if word == "map" {
                json!({})
            } else {
                json!([])
            }
        }
        "map" => json!({ "a": "b" }),
        "pairs" => json!([{ "key": "a", "value": "b" }]),
        "json" => json!({ "a": 1 }),
        _ => json!(text(of, name, rules)),
    })
}

fn time(of: &Adapter, name: &str) -> Value {
    let later = name.ends_with(".expires");
    match of.wire.times.as_deref() {
        Some("%Y-%m-%d") => json!(if later { "2100-01-01" } else { "2020-01-01" }),
        Some("epoch_ms") => json!(if later { 4_102_444_800_000_i64 } else { 1_577_836_800_000 }),
        Some("epoch_s") => json!(if later { 4_102_444_800_i64 } else { 1_577_836_800 }),
        _ => json!(if later { "2100-01-01T00:00:00.000Z" } else { "2020-01-01T00:00:00.000Z" }),
    }
}

/// 2020-01-01, as a field of its own format has it.
fn formatted(format: &str) -> Value {
    match format {
        "epoch_s" => json!(1_577_836_800),
        "epoch_ms" => json!(1_577_836_800_000_i64),
        pattern => json!(pattern.replace("%d", "01").replace("%m", "01").replace("%Y", "2020")),
    }
}

fn number(rules: &[Rule]) -> i64 {
    let most = most(rules).and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX);
    i64::try_from(least(rules).unwrap_or(1)).unwrap_or(1).min(most)
}

fn text(of: &Adapter, name: &str, rules: &[Rule]) -> String {
    let whole = match name {
        "operation.name" => of.operations.first().map_or("login".to_owned(), |operation| operation.name.clone()),
        "option.id" => "AGREE".to_owned(),
        "country.code" => "CZ".to_owned(),
        "request.language" => "en".to_owned(),
        "operation.currency" => "CZK".to_owned(),
        "answer.question_id" | "question.id" => "q1".to_owned(),
        name => format!("asked {name}"),
    };
    text_like(&whole, rules)
}

/// A text, or one that keeps the rules in its place.
fn text_like(whole: &str, rules: &[Rule]) -> String {
    let asks = |is: fn(&Constraint) -> bool| rules.iter().any(|rule| is(&rule.constraint));
    if let Some(first) = texts(rules).and_then(|texts| texts.into_iter().next()) {
        return first;
    }
    if asks(|rule| matches!(rule, Constraint::Pattern(pattern) if pattern != ".*")) {
        return "abc1".to_owned();
    }
    if asks(|rule| matches!(rule, Constraint::MinAge(_))) {
        return "1980-01-01".to_owned();
    }
    within(whole, rules, 'x')
}

fn within(whole: &str, rules: &[Rule], filler: char) -> String {
    let mut text: String = whole.chars().take(most(rules).unwrap_or(usize::MAX)).collect();
    text.extend(std::iter::repeat_n(filler, least(rules).unwrap_or(0).saturating_sub(text.chars().count())));
    text
}

fn texts(rules: &[Rule]) -> Option<Vec<String>> {
    rules
        .iter()
        .find_map(|rule| if let Constraint::OneOf(texts) = &rule.constraint { Some(texts.clone()) } else { None })
}

/// The smallest length or whole number that rules let through.
fn least(rules: &[Rule]) -> Option<usize> {
    let least = |rule: &Rule| match &rule.constraint {
        Constraint::Min(bound) => Some(whole(bound)),
        Constraint::Above(bound) => Some(whole(bound) + 1),
        _ => None,
    };
    rules.iter().filter_map(least).max()
}

fn most(rules: &[Rule]) -> Option<usize> {
    rules.iter().find_map(|rule| if let Constraint::Max(bound) = &rule.constraint { Some(whole(bound)) } else { None })
}

/// The next whole number.
fn whole(bound: &Number) -> usize {
    let next = bound.as_f64().map(f64::ceil).unwrap_or_default();
    format!("{next:.0}").parse().unwrap_or_default()
}
