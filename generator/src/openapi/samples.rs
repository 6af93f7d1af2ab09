//! Values to show where a definition has none: what stands for `<uuid>` in an example, and for a type as such.

use serde_json::{Map, Value as Json, json};

use super::primitives;
use crate::model::{Adapter, Type};

/// A UUID to show.
pub const UUID: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

/// A token to show.
const TOKEN: &str = "sjpqhDnA3eVRWJPnyQweMg";

/// A value of a wire type.
pub fn of_type(of: &Adapter, ty: &Type) -> Json {
    match ty {
        Type::Primitive(primitive) => match primitive.word() {
            "boolean" => json!(true),
            "integer" => json!(1),
            "decimal" => json!(100),
            "date" => json!("2019-06-21"),
            "time" => primitives::sample_time(&of.wire),
            "map" | "json" => json!({}),
            "pairs" => json!([]),
            "phone" => json!(if of.wire.phones_digits { "420601234567" } else { "+420601234567" }),
            _ => json!("text"),
        },
        Type::Enum(id) => of.enums[*id].members.first().map_or(json!(""), |member| json!(member.wire)),
        Type::List(_) => json!([]),
        Type::Payload(id) if of.payloads[*id].as_list => json!([]),
        Type::Payload(_) | Type::Union(_) | Type::Body => json!({}),
    }
}

/// An example's body with something to show for what matches any: `<uuid message>`, and `$message` of later calls.
pub fn filled(of: &Adapter, body: &Json) -> Json {
    match body {
        Json::String(text) => wildcard(of, text).unwrap_or_else(|| body.clone()),
        Json::Array(items) => items.iter().map(|item| filled(of, item)).collect(),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), filled(of, value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn wildcard(of: &Adapter, text: &str) -> Option<Json> {
    if let Some(name) = text.strip_prefix('$') {
        return Some(Json::from(if name.contains("token") { TOKEN } else { UUID }));
    }
    let (before, inside) = text.split_once('<')?;
    let (kind, after) = inside.split_once('>')?;
    let kind = kind.split(' ').next().unwrap_or_default();
    let is_whole = before.is_empty() && after.is_empty();
    let shown = match kind {
        "uuid" | "any" => UUID.to_owned(),
        "token" => TOKEN.to_owned(),
        "text" => "text".to_owned(),
        "time" if is_whole => return Some(primitives::sample_time(&of.wire)),
        "number" if is_whole => return Some(json!(1)),
        _ if is_whole => kind.to_owned(),
        _ => return None,
    };
    Some(Json::from(format!("{before}{shown}{after}")))
}

/// A text template without its values, for a sample.
pub fn without_values(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((at, end)) = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
        .into_iter()
        .filter_map(|(begin, end)| Some((rest.find(begin)?, end)))
        .min()
    {
        let (before, inside) = rest.split_at(at);
        plain.push_str(before);
        rest = inside.split_once(end).map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shown_without_what_is_filled_in() {
        assert_eq!(without_values("a {{ x }} b{% if y %} c{% endif %} {d}"), "a  b c {d}");
        assert_eq!(without_values("{{ x"), "");
    }
}
