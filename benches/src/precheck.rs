//! What a body must be before it is parsed: UTF-8, at most 32 deep, no member named twice, no U+0000, numbers in bounds.

use std::borrow::Cow;

const DEEPEST: usize = 32;

/// True if a body may be parsed.
pub fn passes(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let mut scan = Scan { text, bytes: body, at: 0, names: Vec::new() };
    scan.value(0).is_some() && scan.space().is_none()
}

struct Scan<'b> {
    text: &'b str,
    bytes: &'b [u8],
    at: usize,
    /// The names of the objects that are open.
    names: Vec<Cow<'b, str>>,
}

impl<'b> Scan<'b> {
    /// The next byte that is no white space.
    fn space(&mut self) -> Option<u8> {
        loop {
            let byte = self.bytes.get(self.at).copied()?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.space()? {
            b'{' if depth < DEEPEST => self.object(depth + 1),
            b'[' if depth < DEEPEST => self.list(depth + 1),
            b'"' => self.string().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        let first = self.names.len();
        self.at += 1;
        if self.space()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            (self.space()? == b'"').then_some(())?;
            let name = self.string()?;
            if self.names.get(first..)?.contains(&name) {
                return None;
            }
            self.names.push(name);
            (self.space()? == b':').then(|| self.at += 1)?;
            self.value(depth)?;
            let next = self.space()?;
            self.at += 1;
            match next {
                b',' => {}
                b'}' => {
                    self.names.truncate(first);
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        if self.space()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.value(depth)?;
            let next = self.space()?;
            self.at += 1;
            match next {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    fn string(&mut self) -> Option<Cow<'b, str>> {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 2;
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let literal = self.text.get(start..self.at)?;
        if !escaped {
            return literal.get(1..literal.len() - 1).map(Cow::Borrowed);
        }
        let read: String = serde_json::from_str(literal).ok()?;
        (!read.contains('\0')).then_some(Cow::Owned(read))
    }

    /// A number of at most 128 bytes, its exponent of at most three digits; its grammar is the parser's business.
    fn number(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let length =
            rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let literal = rest.get(..length)?;
        let exponent = literal.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let has_exponent = literal.iter().any(|byte| matches!(byte, b'e' | b'E'));
        self.at += length;
        (length <= 128 && !(has_exponent && exponent > 3)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn rules_are_kept() {
        let deep = "[".repeat(33) + &"]".repeat(33);
        assert!(passes(br#"{"a":{"a":1.50},"b":[true,"x\ny"]}"#));
        for bad in [r#"{"a":1,"\u0061":2}"#, r#"["\u0000"]"#, "[1e9999]", "{} x", r#"{"a":1,}"#, &deep] {
            assert!(!passes(bad.as_bytes()), "{bad}");
        }
        assert!(!passes(b"\"\xff\""));
    }
}
