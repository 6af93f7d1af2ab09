//! Reads attributes: words with values, dotted names such as `operation.amount`, and JSON literals.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Token};

use crate::report::Report;

/// A name of words with dots between them, such as `operation.amount`.
#[derive(Clone)]
pub struct Dotted {
    /// The name.
    pub name: String,
    /// Its first word's place.
    pub span: Span,
}

impl Parse for Dotted {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let first = Ident::parse_any(input)?;
        let (mut name, span) = (first.unraw().to_string(), first.span());
        while input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            name.push('.');
            name.push_str(&Ident::parse_any(input)?.unraw().to_string());
        }
        Ok(Dotted { name, span })
    }
}

/// One word of an attribute, with what stands behind it.
pub struct Word {
    /// The word.
    pub name: Dotted,
    /// What stands behind it.
    pub value: Value,
}

/// What stands behind a word.
pub enum Value {
    /// Nothing: `required`.
    Nothing,
    /// `= ...`, not looked into.
    Is(TokenStream),
    /// `(...)`, not looked into.
    Inside(TokenStream),
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Dotted = input.parse()?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Is(parse_value(input)?)
        } else if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            Value::Inside(inside.parse()?)
        } else {
            Value::Nothing
        };
        Ok(Word { name, value })
    }
}

/// Everything up to the next comma: a value may hold words that Rust keeps for itself.
fn parse_value(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut value = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        value.extend([input.parse::<TokenTree>()?]);
    }
    if value.is_empty() { Err(input.error("expected a value")) } else { Ok(value) }
}

/// All words of the attributes of this name, in the order in which they stand.
pub fn words(attributes: &[Attribute], name: &str, report: &mut Report) -> Vec<Word> {
    let ours = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    ours.flat_map(|attribute| words_of(attribute, report)).collect()
}

/// The words of one attribute.
pub fn words_of(attribute: &Attribute, report: &mut Report) -> Vec<Word> {
    let words = attribute.parse_args_with(Punctuated::<Word, Token![,]>::parse_terminated);
    report.noted(words).into_iter().flatten().collect()
}

/// The words in parentheses behind a word.
pub fn words_in(tokens: &TokenStream, report: &mut Report) -> Vec<Word> {
    let words = Punctuated::<Word, Token![,]>::parse_terminated.parse2(tokens.clone());
    report.noted(words).into_iter().flatten().collect()
}

/// What a parser reads in parentheses.
pub fn inside<P: Parser>(parser: P, tokens: &TokenStream) -> syn::Result<P::Output> {
    parser.parse2(tokens.clone())
}

/// The dotted names of the attributes of this name.
pub fn names(attributes: &[Attribute], name: &str, report: &mut Report) -> Vec<Dotted> {
    let mut names = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let read = attribute.parse_args_with(Punctuated::<Dotted, Token![,]>::parse_terminated);
        names.extend(report.noted(read).into_iter().flatten());
    }
    names
}

impl Word {
    /// The mistake of a word that is not known here; says which are.
    pub fn unknown(&self, what: &str, known: &[&str], report: &mut Report) {
        let known = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        report.error(syn::Error::new(
            self.name.span,
            format!("{what} `{}` is not known; there are {known}", self.name.name),
        ));
    }

    /// The text behind the word.
    pub fn text(&self, report: &mut Report) -> Option<LitStr> {
        match &self.value {
            Value::Is(value) => syn::parse2(value.clone()).ok().or_else(|| self.expects("= \"...\"", report)),
            _ => self.expects("= \"...\"", report),
        }
    }

    /// The dotted name behind the word.
    pub fn dotted(&self, report: &mut Report) -> Option<Dotted> {
        match &self.value {
            Value::Is(value) => syn::parse2(value.clone()).ok().or_else(|| self.expects("= a name", report)),
            _ => self.expects("= a name", report),
        }
    }

    /// The value behind the word, as it stands.
    pub fn value<T: Parse>(&self, what: &str, report: &mut Report) -> Option<T> {
        match &self.value {
            Value::Is(value) => syn::parse2(value.clone()).ok().or_else(|| self.expects(what, report)),
            _ => self.expects(what, report),
        }
    }

    /// Notes that something else was expected behind the word.
    pub fn expects<T>(&self, what: &str, report: &mut Report) -> Option<T> {
        report.error(syn::Error::new(self.name.span, format!("expected `{} {what}`", self.name.name)));
        None
    }
}
