//! A text whose braces do not match: where, and how it is written.

use std::ops::Range;

/// What stands in braces, from the first to the last that belongs to it, and how it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    pub at: Range<usize>,
    pub meant: String,
}

/// The first value or statement that lacks a brace at its end.
pub(super) fn unclosed(text: &str) -> Option<Unclosed> {
    let mut from = 0;
    while let Some(start) = text.get(from..)?.find('{').map(|at| from + at) {
        let inside = text.get(start..)?;
        let Some(close) = [("{{", "}}"), ("{%", "%}")].into_iter().find(|(open, _)| inside.starts_with(open)) else {
            from = start + 1;
            continue;
        };
        let (open, close) = close;
        let body = inside.get(open.len()..)?;
        let ends = |other: &str| body.find(other).unwrap_or(body.len());
        let end = ends(close);
        if end < body.len() && end <= ends("{{").min(ends("{%")) {
            from = start + open.len() + end + close.len();
            continue;
        }
        let content = content(body.get(..ends("{").min(ends("}")).min(ends("%}"))).unwrap_or(body), close);
        let meant = format!("{open} {} {close}", content.trim());
        let after = text.get(start + open.len() + content.len()..).unwrap_or_default();
        let braces = after.len() - after.trim_start().trim_start_matches(['}', '%']).len();
        let length =
            if after.trim_start().starts_with(['}', '%']) { content.len() + braces } else { content.trim_end().len() };
        return Some(Unclosed { at: start..start + open.len() + length, meant });
    }
    None
}

/// What was meant to stand in braces: all of it where some brace ends it, else the first word of a value.
fn content<'t>(body: &'t str, close: &str) -> &'t str {
    if close == "%}" || body.len() < 2 {
        return body;
    }
    let start = body.len() - body.trim_start().len();
    let word = body.get(start..).unwrap_or_default();
    let end = word.find(|letter: char| !letter.is_ascii_alphanumeric() && !"._".contains(letter)).unwrap_or(word.len());
    let rest = word.get(end..).unwrap_or_default().trim_start();
    if rest.starts_with('|') { body } else { body.get(..start + end).unwrap_or(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_a_brace_is_found_and_written_out() {
        for (text, at, meant) in [
            ("Code {{ otp.code }.", "{{ otp.code }", "{{ otp.code }}"),
            ("Code {{ otp.code is it", "{{ otp.code", "{{ otp.code }}"),
            ("Code {{otp.code", "{{otp.code", "{{ otp.code }}"),
            ("{{ a.b }} and {{ c.d } and {{ e.f }}", "{{ c.d }", "{{ c.d }}"),
            ("{{ a.b %} c", "{{ a.b %}", "{{ a.b }}"),
            ("{{ a.b | upper } c", "{{ a.b | upper }", "{{ a.b | upper }}"),
            ("{% if a.b } c {% endif %}", "{% if a.b }", "{% if a.b %}"),
            ("{% if a.b %} c {% endif }", "{% endif }", "{% endif %}"),
        ] {
            let found = unclosed(text).unwrap();
            assert_eq!((text.get(found.at).unwrap(), found.meant.as_str()), (at, meant), "{text}");
        }
        for text in ["", "{ a }", "{{ a.b }}", "{% if a.b %}{{ a.b }}{% endif %}", "a } b"] {
            assert_eq!(unclosed(text), None, "{text}");
        }
    }
}
