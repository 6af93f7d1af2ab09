//! A kind of code as it is written: `#[code(name = "sms", digits = 8, life = "5m", ...)]`, and fields with
//! `#[bound(...)]` or `#[kept(...)]`.

use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, Ident, LitInt, Token};

use crate::attr::{Dotted, Value, Word, inside, names, words};
use crate::duration::seconds;
use crate::report::Report;

/// A kind of code.
pub struct Code {
    /// The struct.
    pub ident: Ident,
    /// Its name.
    pub name: String,
    /// `Digits` or `Base32`.
    pub alphabet: &'static str,
    /// How long it is.
    pub digits: u32,
    /// How long it is good.
    pub life: u64,
    /// How often it may be tried.
    pub attempts: u32,
    /// The key of its text.
    pub text: Option<String>,
    /// What stands for the code in a caller's words.
    pub code_mark: Option<String>,
    /// What a newer code must have in common with the one that it voids.
    pub one_per: Vec<String>,
    /// What it is found by without an id.
    pub find_by: Vec<String>,
    /// The meanings whose values a message may cut.
    pub shortens: Vec<String>,
    /// How long its id is known.
    pub id_life: Option<u64>,
    /// `Uuid`, `Token` or `Code`: what it is found by.
    pub id: &'static str,
    /// It may come as a number.
    pub numbers: bool,
    /// How many, in how many seconds, may be sent to one phone.
    pub per_phone: Option<(u64, u64)>,
    /// The fields.
    pub fields: Vec<CodeField>,
}

/// A field, and what it binds and keeps.
pub struct CodeField {
    /// Its name.
    pub name: Ident,
    /// The meanings that it binds.
    pub bound: Vec<Dotted>,
    /// The meanings that it keeps.
    pub kept: Vec<Dotted>,
}

impl Code {
    /// Reads and checks a kind of code.
    pub fn of(input: &DeriveInput) -> syn::Result<Code> {
        let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
            return Err(syn::Error::new_spanned(
                &input.ident,
                "`OneTimeCode` is derived on a struct with named fields",
            ));
        };
        let mut report = Report::default();
        let mut code = Code {
            ident: input.ident.clone(),
            name: String::new(),
            alphabet: "Digits",
            digits: 0,
            life: 0,
            attempts: 0,
            text: None,
            code_mark: None,
            one_per: Vec::new(),
            find_by: Vec::new(),
            shortens: Vec::new(),
            id_life: None,
            id: "Uuid",
            numbers: false,
            per_phone: None,
            fields: Vec::new(),
        };
        for word in words(&input.attrs, "code", &mut report) {
            code.word(&word, &mut report);
        }
        for (word, missing) in [
            ("name = \"sms\"", code.name.is_empty()),
            ("digits = 8", code.digits == 0),
            ("life = \"5m\"", code.life == 0),
            ("attempts = 5", code.attempts == 0),
        ] {
            if missing {
                report.mistake(&input.ident, format!("a code needs `#[code({word})]`"));
            }
        }
        for field in &fields.named {
            code.fields.extend(code_field(field, &mut report));
        }
        report.finish()?;
        Ok(code)
    }

    fn word(&mut self, word: &Word, report: &mut Report) {
        match word.name.name.as_str() {
            "name" => self.name = word.text(report).map_or_else(String::new, |text| text.value()),
            "alphabet" => match word.text(report).map(|text| text.value()).as_deref() {
                Some("digits") | None => {}
                Some("base32") => self.alphabet = "Base32",
                Some(_) => drop(word.expects::<()>("= \"digits\"` or `= \"base32\"", report)),
            },
            "digits" => self.digits = number(word, report).unwrap_or(1),
            "attempts" => self.attempts = number(word, report).unwrap_or(1),
            "life" => self.life = time(word, report).unwrap_or(1),
            "id_life" => self.id_life = time(word, report),
            "id" => match word.dotted(report).map(|name| name.name).as_deref() {
                Some("token") => self.id = "Token",
                Some("code") => self.id = "Code",
                Some("uuid") | None => {}
                Some(_) => drop(word.expects::<()>("= token`, `= code` or `= uuid", report)),
            },
            "numbers" => self.numbers = true,
            "per_phone" => self.per_phone = window(word, report),
            "text" => self.text = word.text(report).map(|text| text.value()),
            "code_mark" => self.code_mark = word.text(report).map(|text| text.value()),
            "one_per" => self.one_per.extend(meanings(word, "(operation.id)", report)),
            "find_by" => self.find_by.extend(meanings(word, "(user.phone)", report)),
            "shortens" => self.shortens.extend(meanings(word, "(card.merchant)", report)),
            _ => {
                let known = [
                    "name",
                    "digits",
                    "alphabet",
                    "life",
                    "attempts",
                    "text",
                    "code_mark",
                    "one_per",
                    "find_by",
                    "shortens",
                    "id_life",
                    "id",
                    "numbers",
                    "per_phone",
                ];
                word.unknown("the attribute", &known, report);
            }
        }
    }
}

fn meanings(word: &Word, expected: &str, report: &mut Report) -> Vec<String> {
    let Value::Inside(tokens) = &word.value else {
        return word.expects(expected, report).unwrap_or_default();
    };
    let names = report.noted(inside(Punctuated::<Dotted, Token![,]>::parse_terminated, tokens));
    names.into_iter().flatten().map(|name| name.name).collect()
}

fn number(word: &Word, report: &mut Report) -> Option<u32> {
    let number: LitInt = word.value("= 8", report)?;
    report.noted(number.base10_parse())
}

/// `10 in 1h`
fn window(word: &Word, report: &mut Report) -> Option<(u64, u64)> {
    let text = word.text(report)?;
    let value = text.value();
    let read = value.split_once(" in ").and_then(|(most, length)| Some((most.parse().ok()?, seconds(length)?)));
    if read.is_none() {
        report.mistake(text, "expected how many in how long, such as `10 in 1h`");
    }
    read
}

fn time(word: &Word, report: &mut Report) -> Option<u64> {
    let text = word.text(report)?;
    let read = seconds(&text.value());
    if read.is_none() {
        report.mistake(text, "expected a span of time, such as `5m`");
    }
    read
}

fn code_field(field: &syn::Field, report: &mut Report) -> Option<CodeField> {
    let name = field.ident.clone()?;
    let (bound, kept) = (names(&field.attrs, "bound", report), names(&field.attrs, "kept", report));
    if bound.is_empty() && kept.is_empty() {
        report.mistake(
            &name,
            "say what it is: `#[bound(user.id)]` must be equal again, `#[kept(user.id)]` is given back",
        );
    }
    Some(CodeField { name, bound, kept })
}
