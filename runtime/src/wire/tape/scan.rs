//! One pass over a body's bytes that refuses what could be read in two ways or not at all, and notes where each value
//! stands. Whatever it says of the body stays inside.

use std::collections::HashSet;

use super::{Entry, Shape, bytes_when_read};
use crate::budget::BudgetShare;
use crate::crypto::wipe::WipedText;
use crate::json_text::special;

/// Objects and lists may stand in each other so deep.
const DEEPEST: usize = 32;
/// No number literal is longer.
const LONGEST_NUMBER: usize = 128;
/// No exponent has more digits.
const LONGEST_EXPONENT: usize = 3;
/// `serde_json` keeps number literals behind this name, so nobody else may use it.
const RESERVED: &str = "$serde_json::private::Number";
/// The names of an object with more members are compared by their hashes, once all of it was read.
const FEW: usize = 24;
/// For how many entries there is room at first: one for so many bytes of the body, and at least and at most so many.
const BYTES_OF_ENTRY: usize = 8;
const FEWEST_AT_FIRST: usize = 8;
const MOST_AT_FIRST: usize = 256;

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
    /// All requests together take as much memory as they may.
    #[error("the requests of this moment take as much memory as they may")]
    OverBudget,
}

/// Whether texts may hold U+0000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nul {
    Refused,
    Taken,
}

/// What a body may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub values: usize,
    pub nul: Nul,
}

impl Limits {
    /// As much as there is memory for.
    pub const NONE: Limits = Limits { values: usize::MAX, nul: Nul::Refused };
}

/// Texts with their escapes resolved, entries, values, objects.
type Found = (WipedText, Vec<Entry>, usize, usize);

/// Checks a body and returns it as text.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn precheck(body: &[u8]) -> Result<&str, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::NotUtf8)?;
    scan(text, Limits::NONE, None).map(|_| text)
}

/// Checks a body and finds its values. The budget is asked before there is room for them.
pub(super) fn scan(text: &str, limits: Limits, held: Option<&mut BudgetShare>) -> Result<Found, Refused> {
    if u32::try_from(text.len()).is_err() {
        return Err(Refused::TooMany(0));
    }
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        at: 0,
        values: 0,
        objects: 0,
        limits,
        entries: Vec::new(),
        unescaped: WipedText::default(),
        room: Room { held, asked: 0 },
    };
    scan.mark();
    scan.space();
    scan.value(0)?;
    scan.space();
    let Scan { at, values, objects, mut room, unescaped, entries, .. } = scan;
    if at != text.len() {
        return Err(Refused::Malformed(at));
    }
    room.ask(bytes_when_read(text.len(), values, objects))?;
    Ok((unescaped, entries, values, objects))
}

/// What was asked of the budget for one body.
struct Room<'h> {
    held: Option<&'h mut BudgetShare>,
    asked: usize,
}

impl Room<'_> {
    /// Makes sure that so many bytes are held for it in all.
    fn ask(&mut self, in_all: usize) -> Result<(), Refused> {
        if let (Some(held), Some(more)) = (&mut self.held, in_all.checked_sub(self.asked)) {
            held.grow(more).map_err(|_| Refused::OverBudget)?;
            self.asked = in_all;
        }
        Ok(())
    }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: usize,
    objects: usize,
    limits: Limits,
    entries: Vec<Entry>,
    unescaped: WipedText,
    room: Room<'a>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn malformed<T>(&self) -> Result<T, Refused> {
        Err(Refused::Malformed(self.at))
    }

    /// Passes over a byte order mark, which no JSON begins with and some clients send (RFC 8259, section 8.1).
    fn mark(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at += '\u{feff}'.len_utf8();
        }
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

    /// Notes an entry; gives its place.
    fn note(&mut self, entry: Entry) -> Result<usize, Refused> {
        let at = self.entries.len();
        if at == self.entries.capacity() {
            self.grow(at)?;
        }
        self.entries.push(entry);
        Ok(at)
    }

    #[cold]
    fn grow(&mut self, at: usize) -> Result<(), Refused> {
        let more = at.max((self.bytes.len() / BYTES_OF_ENTRY).clamp(FEWEST_AT_FIRST, MOST_AT_FIRST));
        self.room.ask((at + more) * size_of::<Entry>())?;
        self.entries.reserve_exact(more);
        Ok(())
    }

    /// Notes a value without escapes that ends here; gives its place.
    fn plain(&mut self, shape: Shape, start: usize) -> Result<usize, Refused> {
        self.note(Entry { shape, start: short(start), end: short(self.at), from: 0, to: 0 })
    }

    /// Notes a list or an object that begins here; gives its place.
    fn open(&mut self, shape: Shape) -> Result<usize, Refused> {
        self.note(Entry { shape, start: short(self.at), end: 0, from: 0, to: 0 })
    }

    /// Ends a list or an object here.
    fn close(&mut self, at: usize, count: usize) {
        let (end, from) = (short(self.at), short(self.entries.len()));
        if let Some(entry) = self.entries.get_mut(at) {
            *entry = Entry { end, from, to: short(count), ..*entry };
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), Refused> {
        self.values += 1;
        if self.values > self.limits.values {
            return Err(Refused::TooMany(self.at));
        }
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => self.string().map(|_| ()),
            Some(b't') => self.word("true", Shape::True),
            Some(b'f') => self.word("false", Shape::False),
            Some(b'n') => self.word("null", Shape::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.malformed(),
        }
    }

    fn word(&mut self, word: &str, shape: Shape) -> Result<(), Refused> {
        let start = self.at;
        self.take(word)?;
        self.plain(shape, start).map(|_| ())
    }

    fn object(&mut self, depth: usize) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(Refused::TooDeep(self.at));
        }
        self.objects += 1;
        let object = self.open(Shape::Object)?;
        let (mut members, mut marks) = (0, 0);
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.close(object, 0);
            return Ok(());
        }
        loop {
            let start = self.at;
            let name = self.string()?;
            let own = self.name(name);
            if own == RESERVED.as_bytes() {
                return Err(Refused::Reserved(start));
            }
            let mark = mark_of(own);
            if members < FEW && marks & mark != 0 && self.is_named_before(object, name) {
                return Err(Refused::Duplicate(start));
            }
            marks |= mark;
            members += 1;
            self.space();
            if self.peek() != Some(b':') {
                return self.malformed();
            }
            self.at += 1;
            self.space();
            self.value(depth)?;
            self.space();
            if self.end_of_member(b'}')? {
                break;
            }
        }
        self.close(object, members);
        if members > FEW { self.are_named_once(object) } else { Ok(()) }
    }

    /// The name that an entry is.
    fn name(&self, at: usize) -> &[u8] {
        let Some(Entry { shape, start, end, from, to }) = self.entries.get(at).copied() else { return &[] };
        match shape {
            Shape::EscapedText => self.unescaped.as_bytes().get(from as usize..to as usize),
            _ => self.bytes.get(start as usize + 1..(end as usize).saturating_sub(1)),
        }
        .unwrap_or_default()
    }

    /// The entry after a value and all that is inside.
    fn after(&self, value: usize) -> usize {
        match self.entries.get(value) {
            Some(Entry { shape: Shape::List | Shape::Object, from, .. }) => *from as usize,
            _ => value + 1,
        }
    }

    /// True if a member of the object before this one has its name.
    fn is_named_before(&self, object: usize, name: usize) -> bool {
        let own = self.name(name);
        let mut other = object + 1;
        while let Some(entry) = self.entries.get(other).filter(|_| other < name) {
            // Names without escapes are as long as they stand there, quotes apart; most differ in that already.
            let may_be_own = entry.shape == Shape::EscapedText || (entry.end - entry.start) as usize == own.len() + 2;
            if may_be_own && self.name(other) == own {
                return true;
            }
            other = self.after(other + 1);
        }
        false
    }

    /// The same for all members of a large object.
    fn are_named_once(&self, object: usize) -> Result<(), Refused> {
        let mut names = HashSet::new();
        let (mut name, end) = (object + 1, self.after(object));
        while name < end {
            if !names.insert(self.name(name)) {
                let start = self.entries.get(name).map_or(0, |entry| entry.start);
                return Err(Refused::Duplicate(start as usize));
            }
            name = self.after(name + 1);
        }
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(Refused::TooDeep(self.at));
        }
        let list = self.open(Shape::List)?;
        let mut elements = 0;
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.close(list, 0);
            return Ok(());
        }
        loop {
            self.value(depth)?;
            elements += 1;
            self.space();
            if self.end_of_member(b']')? {
                break;
            }
        }
        self.close(list, elements);
        Ok(())
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

    /// Reads a text; gives its entry. Escapes are resolved, so that two spellings of one name are one name.
    fn string(&mut self) -> Result<usize, Refused> {
        if self.peek() != Some(b'"') {
            return self.malformed();
        }
        let begin = self.at;
        self.at += 1;
        let start = self.at;
        self.pass();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return self.plain(Shape::Text, begin);
        }
        if self.unescaped.room() == 0 {
            // As much as all the rest can be, so that it never moves and leaves nothing behind.
            let most = self.bytes.len() - start;
            self.room.ask(self.entries.capacity() * size_of::<Entry>() + most)?;
            self.unescaped = WipedText::with_room(most);
        }
        let from = self.unescaped.len();
        self.unescaped.push_str(self.text.get(start..self.at).unwrap_or_default());
        self.escaped()?;
        let (from, to) = (short(from), short(self.unescaped.len()));
        self.note(Entry { shape: Shape::EscapedText, start: short(begin), end: short(self.at), from, to })
    }

    /// Passes over the bytes that stand for themselves.
    fn pass(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += special(rest).unwrap_or(rest.len());
    }

    /// Reads the rest of a text from its first special byte on.
    fn escaped(&mut self) -> Result<(), Refused> {
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    let sign = self.escape()?;
                    self.unescaped.push(sign);
                }
                Some(0) => return Err(Refused::Nul(self.at)),
                _ => return self.malformed(),
            }
            let start = self.at;
            self.pass();
            self.unescaped.push_str(self.text.get(start..self.at).unwrap_or_default());
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
            Some('\0') if self.limits.nul == Nul::Refused => Err(Refused::Nul(start)),
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
        if self.at - start > LONGEST_NUMBER {
            return Err(Refused::LongNumber(start));
        }
        self.plain(Shape::Number, start).map(|_| ())
    }

    fn digits(&mut self) -> Result<(), Refused> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.malformed() } else { Ok(()) }
    }
}

/// One bit of 64 for a name. Names whose bits differ differ, so that most need not be compared.
fn mark_of(name: &[u8]) -> u64 {
    let end = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
    1 << ((name.len() + 5 * end(name.first()) + 11 * end(name.last())) % 64)
}

/// A place in a body, of which it is known that it fits.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{BYTES_OF_VALUE, Tape};
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
        assert_eq!(Tape::read(body).unwrap().root().value(), serde_json::json!({ "a": 1 }));
        let mut held = std::sync::Arc::new(crate::budget::Budget::new(30_000, 1)).holder();
        let read = Tape::read_within(body.to_vec(), 10, &mut held).unwrap();
        assert_eq!(read.root().value(), serde_json::json!({ "a": 1 }));
        assert!(Tape::read("\u{feff}\u{feff}{}".as_bytes()).is_err());
        assert!(Tape::read("{\u{feff}}".as_bytes()).is_err());
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
            let within = |values| Tape::of(body.as_bytes().to_vec(), Limits { values, ..Limits::NONE }, None);
            let tape = within(values).unwrap();
            assert_eq!((tape.values(), tape.objects()), (values, objects), "{body}");
            let refused = within(values - 1);
            assert!(matches!(refused, Err(Refused::TooMany(_))), "{body}: {refused:?}");
        }
    }

    #[test]
    fn a_body_is_read_where_its_values_have_room() {
        let budget = std::sync::Arc::new(crate::budget::Budget::new(30_000, 1));
        let body = format!("[{}]", vec!["0"; 60].join(","));
        let mut first = budget.holder();
        let read = |most, held: &mut BudgetShare| Tape::read_within(body.clone().into_bytes(), most, held);
        assert!(read(61, &mut first).is_ok());
        assert_eq!(budget.used(), body.len() + 61 * BYTES_OF_VALUE);
        assert_eq!(read(61, &mut budget.holder()).unwrap_err().name, "overloaded");
        assert_eq!(read(60, &mut budget.holder()).unwrap_err().name, "body.too_large");
        drop(first);
        assert_eq!(budget.used(), 0);
    }

    fn without_mark(body: &[u8]) -> &[u8] {
        body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
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

    #[test]
    fn a_member_named_twice_is_found_among_few_and_many() {
        for count in [2, FEW - 1, FEW, FEW + 1, FEW + 2, 100] {
            let names = |twin: usize| {
                let named = (0..count).map(|at| if at == count - 1 { twin } else { at });
                named.map(|at| format!(r#""m{at}":{{"m0":[{at}]}}"#)).collect::<Vec<_>>().join(",")
            };
            assert!(precheck(format!("{{{}}}", names(count)).as_bytes()).is_ok(), "{count}");
            for twin in [0, (count - 1) / 2, count - 2] {
                let refused = precheck(format!("{{{}}}", names(twin)).as_bytes()).map(str::len);
                assert!(matches!(refused, Err(Refused::Duplicate(_))), "{twin} of {count}: {refused:?}");
            }
        }
    }

    #[test]
    fn values_stand_where_they_were_written() {
        let body = r#" { "a" : [ 1.10E+2 , { } ] , "\u0062" : "\t\u00e9x" } "#;
        let tape = Tape::read(body.as_bytes()).unwrap();
        let root = tape.root();
        assert_eq!(root.get("a").unwrap().raw(), "[ 1.10E+2 , { } ]");
        assert_eq!(root.get("a").unwrap().elements().unwrap().next().unwrap().as_number(), Some("1.10E+2"));
        assert_eq!(root.get("b").unwrap().as_str(), Some("\téx"));
        assert_eq!(root.members().unwrap().map(|member| member.raw()).last(), Some(r#""\u0062" : "\t\u00e9x""#));
        assert_eq!((root.count(), root.get("a").unwrap().count()), (2, 2));
    }

    #[test]
    fn texts_with_escapes_never_move() {
        let body = format!("[{}]", vec![r#""\u00e9\n\ud834\udd1e""#; 500].join(","));
        let tape = Tape::read(body.as_bytes()).unwrap();
        assert!(tape.unescaped.len() <= body.len() && tape.unescaped.room() < body.len() + 8);
        assert!(tape.texts().iter().all(|text| *text == "é\n\u{1d11e}"));
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_passes(document in documents()) {
            let text = document.to_string();
            prop_assert_eq!(precheck(text.as_bytes()), Ok(text.as_str()));
        }

        #[test]
        fn what_passes_serde_json_reads(body in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(tape) = Tape::read(&body) {
                let theirs = serde_json::from_slice::<serde_json::Value>(without_mark(&body)).ok();
                prop_assert_eq!(Some(tape.root().value()), theirs);
            }
        }

        #[test]
        fn mangled_documents_agree(document in documents(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut body = document.to_string().into_bytes();
            let at = at.index(body.len());
            body[at] = byte;
            if let Ok(tape) = Tape::read(&body) {
                let theirs = serde_json::from_slice::<serde_json::Value>(without_mark(&body)).ok();
                prop_assert_eq!(Some(tape.root().value()), theirs);
            }
        }
    }
}
