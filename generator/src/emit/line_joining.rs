//! Brings back together what `prettyplease` breaks at its fixed width: whatever fits a line of 110 characters stands
//! on one, as a hand would write it. It joins lines and drops trailing commas, and changes no other token.

/// The widest line.
const WIDTH: usize = 110;

/// Joins the lines of laid-out Rust. Should it ever change more than a trailing comma, the text stays as it was. What
/// blank lines part is joined by itself: no group goes over one.
pub fn join(text: &str) -> String {
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}

fn paragraph(text: &str) -> String {
    let mut joined = joined(text);
    if text.ends_with('\n') {
        joined.push('\n');
    }
    if joined == text || meant(&joined) == meant(text) { joined } else { text.to_owned() }
}

/// The text without what the compiler does not see: blanks between tokens, and trailing commas.
fn meant(text: &str) -> String {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => quoted(rest),
            '/' if rest.starts_with("//") => rest.find('\n').map_or(rest.len(), |end| end + 1),
            first if first.is_whitespace() => rest.len() - rest.trim_start().len(),
            first => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let is_word = |letter: char| letter == '_' || letter.is_alphanumeric();
        match first {
            first if first.is_whitespace() => {
                let parts = after.starts_with(is_word) && meant.ends_with(is_word);
                meant.extend(parts.then_some(' '));
            }
            ')' | ']' | '}' => {
                meant.truncate(meant.trim_end_matches(',').len());
                meant.push(first);
            }
            _ => meant.push_str(token),
        }
        rest = after;
    }
    meant
}

/// How long a text in quotes is, the quotes included.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn joined(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut at = lines.len();
    // From the end to the beginning, so that what is inside is joined before what is around it.
    while at > 0 {
        at -= 1;
        while group(&mut lines, at) || chain(&mut lines, at) || hug(&mut lines, at) {}
    }
    for at in 0..lines.len() {
        statement(&mut lines, at);
    }
    lines.join("\n")
}

/// `f(` … `)`, `[` … `]` or `Name {` … `}`, with one element a line.
fn group(lines: &mut Vec<String>, at: usize) -> bool {
    let Some((head, close)) = open(lines, at) else { return false };
    let Some((end, shift)) = end_of(lines, at, close) else { return false };
    let (Some(inside), Some(last)) = (lines.get(at + 1..end), lines.get(end)) else { return false };
    let depth = indent(&head) + 4 + shift;
    if inside.is_empty() || inside.iter().any(|line| indent(line) != depth || is_fixed(line)) {
        return false;
    }
    let elements: Vec<&str> = inside.iter().map(|line| line.trim()).collect();
    let is_link = |line: &str| line.starts_with('.') && !line.starts_with("..");
    if elements.iter().any(|line| line.ends_with(['(', '[', '{', ';']) || is_link(line)) {
        return false;
    }
    let elements = elements.join(" ");
    let elements = elements.trim_end_matches(',');
    let space = if close == '}' { " " } else { "" };
    replace(lines, at, end, format!("{head}{space}{elements}{space}{}", last.trim_start()))
}

/// A chain of calls, one a line.
fn chain(lines: &mut Vec<String>, at: usize) -> bool {
    let Some(head) = lines.get(at) else { return false };
    let depth = indent(head) + 4;
    let links =
        lines.iter().skip(at + 1).take_while(|line| indent(line) == depth && line.trim_start().starts_with('.'));
    let links: Vec<&str> = links.map(|line| line.trim()).collect();
    let breaks = |line: &&str| line.ends_with(['(', '[', '{']);
    if links.is_empty() || is_fixed(head) || links.iter().any(breaks) {
        return false;
    }
    let (end, joined) = (at + links.len(), format!("{head}{}", links.concat()));
    replace(lines, at, end, joined)
}

/// `f(` and its only argument, which is itself in brackets: both brackets open and close on one line.
fn hug(lines: &mut Vec<String>, at: usize) -> bool {
    let Some((head, close)) = open(lines, at) else { return false };
    let Some(end) = closing(lines, at, close).filter(|_| close != '}') else { return false };
    let depth = indent(&head) + 4;
    let Some(inside) = lines.get(at + 1..end) else { return false };
    let outer = inside.iter().filter(|line| indent(line) == depth).count();
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else { return false };
    let is_one = outer == 2 && first.ends_with(['[', '{']) && last.trim_start().starts_with([']', '}']);
    let Some(closed) = lines.get(end).filter(|_| is_one && !is_fixed(first)) else { return false };
    let opened = format!("{head}{}", first.trim_start());
    let closed = format!("{}{}{}", " ".repeat(depth - 4), last.trim().trim_end_matches(','), closed.trim_start());
    let body: Vec<String> =
        inside.get(1..inside.len() - 1).unwrap_or_default().iter().map(|line| outdent(line)).collect();
    lines.splice(at..=end, std::iter::once(opened).chain(body).chain([closed]));
    true
}

/// A call that is a statement, such as `cx.notify(`, and whose arguments take lines of their own: these stand one step in, as a
/// hand writes them, and not two.
fn statement(lines: &mut [String], at: usize) {
    let Some(end) = end_of_statement(lines, at) else { return };
    for line in lines.iter_mut().take(end + 1).skip(at + 1) {
        *line = outdent(line);
    }
}

fn end_of_statement(lines: &[String], at: usize) -> Option<usize> {
    let head = lines.get(at)?;
    let (receiver, _) = head.trim_start().split_once('.')?;
    let is_name = !receiver.is_empty() && receiver.chars().all(|letter| letter == '_' || letter.is_alphanumeric());
    let depth = indent(head);
    if !is_name || !head.ends_with(['(', '[', '{']) || indent(lines.get(at + 1)?) != depth + 8 {
        return None;
    }
    let mut after = lines.iter().enumerate().skip(at + 1);
    let (end, line) = after.find(|(_, line)| indent(line) <= depth + 4 && line.ends_with(';'))?;
    (indent(line) == depth + 4).then_some(end)
}

/// A line that opens a group that may be joined, and what closes it.
fn open(lines: &[String], at: usize) -> Option<(String, char)> {
    let line = lines.get(at)?;
    let close = match line.chars().last()? {
        '(' => ')',
        '[' => ']',
        '{' if is_literal(line) => '}',
        _ => return None,
    };
    (!line.trim_start().starts_with("//")).then(|| (line.clone(), close))
}

/// `Ok(Name {`: a struct literal, not an item and not a block.
fn is_literal(line: &str) -> bool {
    let before = line.trim_end_matches(['{', ' ']);
    let name = before.rsplit(|each: char| !(each.is_alphanumeric() || each == '_')).next().unwrap_or_default();
    let is_item = ["pub struct", "pub enum", "pub trait", "pub mod", "impl", "use", "pub use"];
    let is_item = is_item.iter().any(|word| line.trim_start().starts_with(word));
    let is_signature = line.contains(") -> ");
    name.starts_with(|first: char| first.is_ascii_uppercase()) && !is_item && !is_signature
}

/// Where a group ends, and how much deeper it stands than usual: so do the first arguments of a chain of calls.
fn end_of(lines: &[String], at: usize, close: char) -> Option<(usize, usize)> {
    if let Some(end) = closing(lines, at, close) {
        return Some((end, 0));
    }
    let depth = lines.get(at).map(|line| indent(line) + 4)?;
    let after = lines.iter().enumerate().skip(at + 1);
    let (end, line) = after.into_iter().find(|(_, line)| indent(line) <= depth)?;
    (indent(line) == depth && line.trim_start().starts_with(close)).then_some((end, 4))
}

fn closing(lines: &[String], at: usize, close: char) -> Option<usize> {
    let depth = lines.get(at).map(|line| indent(line))?;
    let after = lines.iter().enumerate().skip(at + 1);
    let mut outside = after.filter(|(_, line)| !line.is_empty() && indent(line) <= depth);
    let (end, line) = outside.next()?;
    (indent(line) == depth && line.trim_start().starts_with(close)).then_some(end)
}

/// A line that must stay on its own.
fn is_fixed(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with("//") || line.starts_with("#[")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn outdent(line: &str) -> String {
    line.strip_prefix("    ").unwrap_or(line).to_owned()
}

fn replace(lines: &mut Vec<String>, at: usize, end: usize, joined: String) -> bool {
    let fits = joined.chars().count() <= WIDTH;
    if fits {
        lines.splice(at..=end, [joined]);
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_a_line_stands_on_one() {
        let broken = "\
#[check(
    required = \"a\",
    max(256, \"b\")
)]
async fn save(
    &self,
    cx: &Cx,
) -> Result<Saved, SaveError> {
    let saved = cx
        .save(Save {
            user: Some(user),
            ..Default::default()
        })
        .await?;
    Ok(Saved {
        done: saved
            .all
            .into_iter()
            .collect(),
    })
}
";
        let expected = "\
#[check(required = \"a\", max(256, \"b\"))]
async fn save(&self, cx: &Cx) -> Result<Saved, SaveError> {
    let saved = cx.save(Save { user: Some(user), ..Default::default() }).await?;
    Ok(Saved { done: saved.all.into_iter().collect() })
}
";
        assert_eq!(join(broken), expected);
    }

    #[test]
    fn arguments_of_a_statement_stand_one_step_in() {
        let long = "a".repeat(100);
        let broken = format!("    cx.save(Save {{\n            user: {long},\n        }})\n        .await?;\n");
        let expected = format!("    cx.save(Save {{\n        user: {long},\n    }})\n    .await?;\n");
        assert_eq!(join(&broken), expected);
        let assigned = format!(
            "    let saved = cx\n        .save(Save {{\n            user: {long},\n        }})\n        .await?;\n"
        );
        assert_eq!(join(&assigned), assigned);
    }

    #[test]
    fn what_would_not_be_the_same_stays() {
        assert_eq!(meant("f(\n    a,\n    b,\n)"), meant("f(a, b)"));
        assert_ne!(meant("f(a, b)"), meant("f(a b)"));
        assert_ne!(meant("f(a b)"), meant("f(ab)"));
        assert_ne!(meant("\"a b\""), meant("\"ab\""));
        assert_eq!(meant("f(\"a, )\",)"), "f(\"a, )\")");
        assert_ne!(meant("// a\nb"), meant("// a b"));
        assert_eq!(join("f(\n    \"a\n"), "f(\n    \"a\n");
    }

    #[test]
    fn items_and_long_lines_stay_broken() {
        let text = "pub struct A {\n    pub a: B,\n}\n";
        assert_eq!(join(text), text);
        let long = "x".repeat(60);
        let text = format!("const A: B = f(\n    &[\n        \"{long}\",\n        \"{long}\",\n    ],\n);\n");
        let hugged = format!("const A: B = f(&[\n    \"{long}\",\n    \"{long}\",\n]);\n");
        assert_eq!(join(&text), hugged);
    }
}
