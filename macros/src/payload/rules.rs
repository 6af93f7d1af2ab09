//! Rules as they are written: `#[check(required = "key", max(40, "key"))]` and `#[then(meaning, ...)]`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token};

use super::constant::Constant;
use crate::attr::{Dotted, Value, Word, words_in};
use crate::duration::seconds;
use crate::report::Report;

/// The rules that there are.
const RULES: [&str; 17] = [
    "required",
    "type",
    "const",
    "present",
    "agrees",
    "printable",
    "fits",
    "min",
    "max",
    "pattern",
    "one_of",
    "starts_with",
    "above",
    "scale",
    "latest",
    "min_age",
    "registered_in",
];

/// Those of them that take no value.
const BARE: [&str; 7] = ["required", "type", "const", "present", "agrees", "printable", "fits"];

/// A rule.
pub struct Rule {
    /// Its word.
    pub word: Dotted,
    /// The test, as tokens.
    test: TokenStream,
    key: Option<LitStr>,
    raises: Option<String>,
}

/// Rules on a meaning.
pub struct Then {
    /// The meaning.
    pub meaning: Dotted,
    /// The field at which they are reported.
    pub at: Option<Ident>,
    if_needed: bool,
    when: Option<(String, String)>,
    rules: Vec<Rule>,
}

/// Reads rules; hands back the words that are none.
fn rules<'w>(words: &'w [Word], report: &mut Report) -> (Vec<Rule>, Vec<&'w Word>) {
    let (mut rules, mut others, mut raises) = (Vec::new(), Vec::new(), Vec::new());
    for word in words {
        match word.name.name.as_str() {
            "raises" => raises.extend(raised(word, report)),
            name if RULES.contains(&name) => rules.extend(rule(word, report)),
            _ => others.push(word),
        }
    }
    for (word, fault) in raises {
        match rules.iter_mut().find(|rule: &&mut Rule| rule.word.name == word.name) {
            Some(rule) => rule.raises = Some(fault),
            None if BARE.contains(&word.name.as_str()) => {
                let test = bare(&word);
                rules.push(Rule { word, test, key: None, raises: Some(fault) });
            }
            None => {
                let said = format!("there is no rule `{}` here that could raise", word.name);
                report.error(syn::Error::new(word.span, said));
            }
        }
    }
    (rules, others)
}

/// Reads the rules of `check`.
pub fn checks(words: &[Word], report: &mut Report) -> Vec<Rule> {
    let (rules, others) = rules(words, report);
    for other in others {
        other.unknown("the rule", &RULES, report);
    }
    rules
}

/// Reads a `then`.
pub fn then(words: Vec<Word>, report: &mut Report) -> Option<Then> {
    let mut words = words.into_iter();
    let first = words.next()?;
    if !matches!(first.value, Value::Nothing) || !first.name.name.contains('.') {
        report.error(syn::Error::new(first.name.span, "`then` begins with a meaning, such as `operation.amount`"));
        return None;
    }
    let words: Vec<Word> = words.collect();
    let (rules, others) = rules(&words, report);
    let mut then = Then { meaning: first.name, at: None, if_needed: false, when: None, rules };
    for word in others {
        match word.name.name.as_str() {
            "if_needed" => then.if_needed = true,
            "at" => then.at = word.value("= a field", report),
            "when" => then.when = when(word, report),
            _ => word.unknown("the rule", &[&RULES[..], &["if_needed", "at", "when"]].concat(), report),
        }
    }
    Some(then)
}

/// `raises(type = country.unsupported)`
fn raised(word: &Word, report: &mut Report) -> Vec<(Dotted, String)> {
    let Value::Inside(inside) = &word.value else {
        return word.expects("(rule = fault)", report).unwrap_or_default();
    };
    let pairs = words_in(inside, report);
    pairs.into_iter().filter_map(|pair| Some((pair.name.clone(), pair.dotted(report)?.name))).collect()
}

/// `when(user.password_protection = none)`
fn when(word: &Word, report: &mut Report) -> Option<(String, String)> {
    let Value::Inside(inside) = &word.value else { return word.expects("(meaning = value)", report) };
    let pair = words_in(inside, report).into_iter().next()?;
    let text = match &pair.value {
        Value::Is(value) => syn::parse2::<LitStr>(value.clone()).ok().map(|text| text.value()),
        _ => None,
    };
    let value = text.or_else(|| pair.dotted(report).map(|name| name.name))?;
    Some((pair.name.name, value))
}

fn rule(word: &Word, report: &mut Report) -> Option<Rule> {
    let name = word.name.clone();
    match (BARE.contains(&name.name.as_str()), &word.value) {
        (true, Value::Nothing) => Some(Rule { test: bare(&name), word: name, key: None, raises: None }),
        (true, Value::Is(_)) => {
            Some(Rule { test: bare(&name), key: Some(word.text(report)?), word: name, raises: None })
        }
        (true, _) => word.expects("= \"key\"", report),
        (false, Value::Inside(inside)) => {
            let (argument, key) = arguments(inside, report)?;
            let test = test(&name, argument, report)?;
            Some(Rule { word: name, test, key, raises: None })
        }
        _ => word.expects("(value, \"key\")", report),
    }
}

fn bare(word: &Dotted) -> TokenStream {
    match word.name.as_str() {
        "required" => quote! { __runtime::Test::Required },
        "type" => quote! { __runtime::Test::Type },
        "agrees" => quote! { __runtime::Test::Agrees },
        "const" => quote! { __runtime::Test::Const },
        "printable" => quote! { __runtime::Test::Printable },
        "fits" => quote! { __runtime::Test::Fits },
        _ => quote! { __runtime::Test::Present },
    }
}

/// `40, "key"`: the value as it stands, and the key if there is one.
fn arguments(inside: &TokenStream, report: &mut Report) -> Option<(TokenStream, Option<LitStr>)> {
    let read = |input: syn::parse::ParseStream<'_>| {
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        let comma = input.parse::<Option<Token![,]>>()?;
        let key = if comma.is_some() && !input.is_empty() { Some(input.parse::<LitStr>()?) } else { None };
        if input.is_empty() { Ok((value, key)) } else { Err(input.error("expected a value and a key")) }
    };
    report.noted(read.parse2(inside.clone()))
}

fn test(word: &Dotted, argument: TokenStream, report: &mut Report) -> Option<TokenStream> {
    match word.name.as_str() {
        "min" => bound(quote! { Min }, argument, report),
        "max" => bound(quote! { Max }, argument, report),
        "above" => bound(quote! { Above }, argument, report),
        "pattern" => {
            let pattern: LitStr = report.noted(syn::parse2(argument))?;
            Some(quote! { __runtime::Test::Pattern(#pattern) })
        }
        "starts_with" => {
            let start: LitStr = report.noted(syn::parse2(argument))?;
            Some(quote! { __runtime::Test::StartsWith(#start) })
        }
        "registered_in" => {
            let country: LitStr = report.noted(syn::parse2(argument))?;
            Some(quote! { __runtime::Test::RegisteredIn(#country) })
        }
        "one_of" => {
            let inside: proc_macro2::Group = report.noted(syn::parse2(argument))?;
            let texts = report.noted(Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(inside.stream()))?;
            let texts = texts.iter();
            Some(quote! { __runtime::Test::OneOf(&[#(#texts),*]) })
        }
        "latest" => {
            let text: LitStr = report.noted(syn::parse2(argument))?;
            let Some(seconds) = seconds(&text.value()).and_then(|seconds| i64::try_from(seconds).ok()) else {
                report.mistake(text, "expected a span of time, such as `24h`");
                return None;
            };
            Some(quote! { __runtime::Test::Latest(#seconds) })
        }
        "scale" => integer(quote! { Scale }, argument, report),
        "min_age" => integer(quote! { MinAge }, argument, report),
        other => {
            report.error(syn::Error::new(word.span, format!("the rule `{other}` takes no value")));
            None
        }
    }
}

/// A number as JSON writes it.
fn bound(test: TokenStream, argument: TokenStream, report: &mut Report) -> Option<TokenStream> {
    let text = argument.to_string().replace([' ', '_'], "");
    let is_number = text.strip_prefix('-').unwrap_or(&text).parse::<f64>().is_ok_and(f64::is_finite);
    if !is_number || text.starts_with('+') {
        report.mistake(argument, "expected a number");
        return None;
    }
    Some(quote! { __runtime::Test::#test(#text) })
}

fn integer(test: TokenStream, argument: TokenStream, report: &mut Report) -> Option<TokenStream> {
    let number: syn::LitInt = report.noted(syn::parse2(argument))?;
    Some(quote! { __runtime::Test::#test(#number) })
}

impl Rule {
    /// The rule as data.
    pub fn tokens(&self) -> TokenStream {
        let (test, key, raises) = (&self.test, optional(self.key.as_ref()), optional(self.raises.as_ref()));
        quote! { __runtime::Rule { test: #test, key: #key, raises: #raises } }
    }
}

impl Then {
    /// The rules as data. `at` is the wire name and the type of the field at which they are reported.
    pub fn tokens(&self, at: Option<(String, TokenStream)>) -> TokenStream {
        let Then { if_needed, .. } = self;
        let meaning = LitStr::new(&self.meaning.name, Span::call_site());
        let at = optional(at.map(|(name, ty)| {
            quote! { __runtime::At { name: #name, type_name: <#ty as __runtime::Payload>::TYPE } }
        }));
        let when = optional(self.when.as_ref().map(|(meaning, value)| quote! { (#meaning, #value) }));
        let rules = self.rules.iter().map(Rule::tokens);
        quote_spanned! { self.meaning.span =>
            __runtime::Then { meaning: #meaning, at: #at, if_needed: #if_needed, when: #when, rules: &[#(#rules),*] }
        }
    }
}

/// `Some(...)` or `None`, as tokens.
pub fn optional(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote! { ::core::option::Option::Some(#value) },
        None => quote! { ::core::option::Option::None },
    }
}

/// The JSON that these tokens write; for attributes that take a value.
pub fn constant(word: &Word, report: &mut Report) -> Option<String> {
    match &word.value {
        Value::Is(value) => report.noted(syn::parse2::<Constant>(value.clone())).map(|constant| constant.0),
        _ => word.expects("= a JSON value", report),
    }
}
