//! Lays generated Rust out, without a tool on the machine: every item by `prettyplease`, and around items and methods
//! what it drops: blank lines and `//` comments. The same text gives the same bytes everywhere.

use syn::{File, Item};

/// Lays out a file whose comments are attributes.
pub fn format_tokens(file: &File) -> String {
    let mut laid_out = String::new();
    let mut before: Option<&Item> = None;
    laid_out.push_str(&unparse(file.attrs.clone(), Vec::new()));
    for item in &file.items {
        let parted = before.is_none_or(|before| !(is_short(before) && kind(before) == kind(item)));
        if parted && !laid_out.is_empty() {
            laid_out.push('\n');
        }
        laid_out.push_str(&unparse(Vec::new(), vec![item.clone()]));
        before = Some(item);
    }
    super::line_joining::join(&restore_blank_lines(&laid_out))
}

fn unparse(attrs: Vec<syn::Attribute>, items: Vec<Item>) -> String {
    prettyplease::unparse(&File { shebang: None, frontmatter: None, attrs, items })
}

/// `// text` before an item or a method becomes an attribute, which survives parsing and which `prettyplease` prints
/// as the comment it was. `//-` becomes a blank line.
pub fn keep_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let inner = line.trim_start();
        match inner.strip_prefix("//") {
            Some("-") => kept.push_str("#[blank_line]"),
            Some(comment) if !comment.starts_with(['/', '!']) => {
                kept.push_str(&format!("#[comment = {}]", super::escaping::literal(comment)));
            }
            _ => kept.push_str(line),
        }
        kept.push('\n');
    }
    kept
}

fn restore_blank_lines(text: &str) -> String {
    let mut restored = String::with_capacity(text.len());
    for line in text.lines() {
        if line.trim() != "#[blank_line]" {
            restored.push_str(line);
        }
        restored.push('\n');
    }
    restored
}

/// Items that stand together without blank lines between them.
fn is_short(item: &Item) -> bool {
    match item {
        Item::Mod(module) => module.content.is_none(),
        Item::Use(_) => true,
        _ => false,
    }
}

fn kind(item: &Item) -> (u8, bool) {
    match item {
        Item::Mod(_) => (0, false),
        Item::Use(import) => (1, matches!(import.vis, syn::Visibility::Public(_))),
        _ => (2, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_stay() {
        let text = "//! Head.\nuse a::B;\n/// Doc.\n// a.yaml:1\npub trait T {\n/// One.\n// a.yaml:2\nfn one();\n\
                    //-\n/// Two.\nfn two();}";
        let laid_out = format_tokens(&syn::parse_file(&keep_comments(text)).unwrap());
        let expected = "//! Head.\n\nuse a::B;\n\n/// Doc.\n// a.yaml:1\npub trait T {\n    /// One.\n    \
                        // a.yaml:2\n    fn one();\n\n    /// Two.\n    fn two();\n}\n";
        assert_eq!(laid_out, expected);
    }
}
