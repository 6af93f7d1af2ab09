//! Looks at a body's bytes before anything reads them as JSON: one pass that refuses what later stages would read in
//! two ways or not at all. Whatever passes is read by `serde_json`; whatever it says of the body stays inside.

use std::collections::HashSet;

use crate::budget::BudgetShare;
use crate::fault::Fault;
use crate::values::Json;

/// Objects and lists may stand in each other so deep.
const DEEPEST: usize = 32;
/// No number literal is longer.
const LONGEST_NUMBER: usize = 128;
/// No exponent has more digits.
const LONGEST_EXPONENT: usize = 3;
/// What a value takes in memory once it is read, with its place in a list that has grown, in bytes; and what an object
/// takes more.
const BYTES_OF_VALUE: usize = 256;
const BYTES_OF_OBJECT: usize = 768;
/// `serde_json` keeps number literals behind this name, so nobody else may use it.
const RESERVED: &str = "$serde_json::private::Number";

/// Why a body is refused. For the log: no text of the body is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// It does not follow the grammar.
    #[error("no JSON at byte {0}")]
    Malformed(usize),
    /// Objects and lists stand in each other too deep.
    #[error("deeper than {DEEPEST} at byte {0}")]
    TooDeep(usize),
    /// An object names a member twice.
    #[error("a member is named twice at byte {0}")]
    Duplicate(usize),
    /// A text holds U+0000.
    #[error("U+0000 at byte {0}")]
    Nul(usize),
    /// A number is too long, or its exponent is.
    #[error("a number out of bounds at byte {0}")]
    LongNumber(usize),
    /// A member has a name that is not for the wire.
    #[error("a reserved name at byte {0}")]
    Reserved(usize),
    /// It holds more values than it may.
    #[error("more values than a body may have at byte {0}")]
    TooMany(usize),
}

/// A body that has passed the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked<'a> {
    /// The body as text.
    pub text: &'a str,
    /// How many values it holds: itself, and every element and member at every level.
    pub values: usize,
    /// How many of them are objects.
    pub objects: usize,
}

impl Checked<'_> {
    /// What it takes in memory once it is read, in bytes; rather too much than too little.
    pub fn bytes_when_read(&self) -> usize {
        self.text.len() + self.values * BYTES_OF_VALUE + self.objects * BYTES_OF_OBJECT
    }
}

/// What a body of so many bytes and values may take in memory once it is read, half of its values objects, since each of
/// those has a member.
pub(crate) fn most_when_read(bytes: usize, values: usize) -> usize {
    Checked { text: "", values, objects: values / 2 }.bytes_when_read().saturating_add(bytes.saturating_mul(2))
}

/// Checks a body and returns it as text.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn precheck(body: &[u8]) -> Result<&str, Refused> {
    check(body, usize::MAX).map(|checked| checked.text)
}

/// The same for a body that may hold so many values, which are counted on the way.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check(body: &[u8], most_values: usize) -> Result<Checked<'_>, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::NotUtf8)?;
    let mut scan = Scan { text, bytes: body, at: 0, values: 0, objects: 0, most_values };
    scan.space();
    scan.value(0)?;
    scan.space();
    let Scan { at, values, objects, .. } = scan;
    if at == body.len() { Ok(Checked { text, values, objects }) } else { Err(Refused::Malformed(at)) }
}

/// Reads a body as JSON, once it has passed the check.
///
/// # Errors
/// `body.malformed`, with the place for the log and nothing of the body.
pub fn read(body: &[u8]) -> Result<Json, Fault> {
    let text = precheck(without_mark(body)).map_err(|refused| Fault::new("body.malformed").with_detail(refused))?;
    parse(text)
}

/// The same for a body of many that share a budget, which is asked for its values before they are made.
///
/// # Errors
/// As [`read`]; `body.too_large` if it holds more values than it may, `overloaded` if the budget has no room for them.
pub(crate) fn read_within(body: &[u8], most_values: usize, held: &mut BudgetShare) -> Result<Json, Fault> {
    let checked = check(without_mark(body), most_values).map_err(|refused| match refused {
        Refused::TooMany(_) => Fault::new("body.too_large").with_detail(refused),
        _ => Fault::new("body.malformed").with_detail(refused),
    })?;
    held.grow(checked.bytes_when_read()).map_err(Fault::overloaded)?;
    parse(checked.text)
}

/// The body without a byte order mark, which no JSON begins with and some clients send (RFC 8259, section 8.1).
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

fn parse(text: &str) -> Result<Json, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::new("body.malformed").with_detail("serde_json does not read it"))
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: usize,
    objects: usize,
    most_values: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn malformed<T>(&self) -> Result<T, Refused> {
        Err(Refused::Malformed(self.at))
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, expected: &str) -> Result<(), Refused> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(expected.as_bytes()) {
            return self.malformed();
        }
        self.at += expected.len();
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<(), Refused> {
        self.values += 1;
        if self.values > self.most_values {
            return Err(Refused::TooMany(self.at));
        }
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => self.string().map(|_| ()),
            Some(b't') => self.take("true"),
            Some(b'f') => self.take("false"),
            Some(b'n') => self.take("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.malformed(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(Refused::TooDeep(self.at));
        }
        self.objects += 1;
        let mut names = HashSet::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let start = self.at;
            let name = self.string()?;
            if name == RESERVED {
                return Err(Refused::Reserved(start));
            }
            if !names.insert(name) {
                return Err(Refused::Duplicate(start));
            }
            self.space();
            self.take(":")?;
            self.space();
            self.value(depth)?;
            self.space();
            if self.end_of_member(b'}')? {
                return Ok(());
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(Refused::TooDeep(self.at));
        }
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.space();
            if self.end_of_member(b']')? {
                return Ok(());
            }
        }
    }

    /// True at the closing bracket, false after a comma and the space behind it.
    fn end_of_member(&mut self, close: u8) -> Result<bool, Refused> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.space();
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            _ => self.malformed(),
        }
    }

    /// Reads a string with its escapes resolved, so that two spellings of one name are one name.
    fn string(&mut self) -> Result<String, Refused> {
        self.take("\"")?;
        let mut read = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            read.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(read);
                }
                Some(b'\\') => read.push(self.escape()?),
                Some(0) => return Err(Refused::Nul(self.at)),
                _ => return self.malformed(),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        match letter {
            Some(b'"') => Ok('"'),
            Some(b'\\') => Ok('\\'),
            Some(b'/') => Ok('/'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode(start),
            _ => Err(Refused::Malformed(start)),
        }
    }

    fn unicode(&mut self, start: usize) -> Result<char, Refused> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) {
            self.take("\\u")?;
            let second = self.hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(Refused::Malformed(start));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        match char::from_u32(code) {
            Some('\0') => Err(Refused::Nul(start)),
            Some(character) => Ok(character),
            None => Err(Refused::Malformed(start)),
        }
    }

    fn hex(&mut self) -> Result<u32, Refused> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return self.malformed();
        }
        let text = self.text.get(self.at..self.at + 4).unwrap_or_default();
        self.at += 4;
        u32::from_str_radix(text, 16).map_err(|_| Refused::Malformed(self.at))
    }

    fn number(&mut self) -> Result<(), Refused> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            let exponent = self.at;
            self.digits()?;
            let digits = self.text.get(exponent..self.at).unwrap_or_default().trim_start_matches('0');
            if digits.len() > LONGEST_EXPONENT {
                return Err(Refused::LongNumber(start));
            }
        }
        if self.at - start > LONGEST_NUMBER { Err(Refused::LongNumber(start)) } else { Ok(()) }
    }

    fn digits(&mut self) -> Result<(), Refused> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.malformed() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_bodies_pass() {
        let deep = format!("{}{}", "[".repeat(32), "]".repeat(32));
        for good in
            ["{}", " [ ] ", "null", "-0.10e+5", r#"{"a":{"a":1},"b":[true,false,"\u00e9\ud834\udd1e\n"]}"#, &deep]
        {
            assert_eq!(precheck(good.as_bytes()), Ok(good));
        }
    }

    #[test]
    fn bad_bodies_are_refused_for_their_reason() {
        let deep = "[".repeat(33);
        let long = "1".repeat(129);
        for (bad, reason) in [
            ("", Refused::Malformed(0)),
            ("{} x", Refused::Malformed(3)),
            ("{\"a\":1,}", Refused::Malformed(7)),
            ("01", Refused::Malformed(1)),
            (r#""\ud834""#, Refused::Malformed(7)),
            (r#"{"a":1,"\u0061":2}"#, Refused::Duplicate(7)),
            (r#"{"x":[{"a":1,"a":1}]}"#, Refused::Duplicate(13)),
            (r#""\u0000""#, Refused::Nul(1)),
            ("\"\0\"", Refused::Nul(1)),
            (r#"{"$serde_json::private::Number":"1"}"#, Refused::Reserved(1)),
            (&deep, Refused::TooDeep(32)),
            (&long, Refused::LongNumber(0)),
            ("[1e+1000]", Refused::LongNumber(1)),
        ] {
            assert_eq!(precheck(bad.as_bytes()), Err(reason), "{bad}");
        }
        assert_eq!(precheck(b"\"\xff\""), Err(Refused::NotUtf8));
    }

    #[test]
    fn a_byte_order_mark_before_a_body_is_passed_over() {
        let body = "\u{feff}{\"a\":1}".as_bytes();
        assert_eq!(read(body).unwrap(), serde_json::json!({ "a": 1 }));
        let mut held = std::sync::Arc::new(crate::budget::Budget::new(30_000, 1)).holder();
        assert_eq!(read_within(body, 10, &mut held).unwrap(), serde_json::json!({ "a": 1 }));
        assert!(read("\u{feff}\u{feff}{}".as_bytes()).is_err());
        assert!(read("{\u{feff}}".as_bytes()).is_err());
    }

    #[test]
    fn values_are_counted_at_every_level_and_bounded() {
        for (body, values, objects) in [
            ("7", 1, 0),
            ("[]", 1, 0),
            ("{}", 1, 1),
            (r#"{"a":1}"#, 2, 1),
            (r#"[{"a":1},{"b":[null,true,"x"]}]"#, 8, 2),
        ] {
            let checked = check(body.as_bytes(), values).unwrap();
            assert_eq!((checked.values, checked.objects), (values, objects), "{body}");
            let refused = check(body.as_bytes(), values - 1);
            assert!(matches!(refused, Err(Refused::TooMany(_))), "{body}: {refused:?}");
        }
    }

    #[test]
    fn a_body_is_read_where_its_values_have_room() {
        let budget = std::sync::Arc::new(crate::budget::Budget::new(30_000, 1));
        let body = format!("[{}]", vec!["0"; 60].join(","));
        let mut first = budget.holder();
        assert!(read_within(body.as_bytes(), 61, &mut first).is_ok());
        assert_eq!(budget.held(), body.len() + 61 * BYTES_OF_VALUE);
        let second = read_within(body.as_bytes(), 61, &mut budget.holder());
        assert_eq!(second.unwrap_err().name, "overloaded");
        assert_eq!(read_within(body.as_bytes(), 60, &mut budget.holder()).unwrap_err().name, "body.too_large");
        drop(first);
        assert_eq!(budget.held(), 0);
    }

    fn documents() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[^\0]*".prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
                prop::collection::btree_map("[^\0]{0,6}", inner, 0..8)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_passes(document in documents()) {
            let text = document.to_string();
            prop_assert_eq!(precheck(text.as_bytes()), Ok(text.as_str()));
        }

        #[test]
        fn what_passes_serde_json_reads(body in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(text) = precheck(&body) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
            }
        }

        #[test]
        fn mangled_documents_agree(document in documents(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut body = document.to_string().into_bytes();
            let at = at.index(body.len());
            body[at] = byte;
            if precheck(&body).is_ok() {
                prop_assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
            }
        }
    }
}
