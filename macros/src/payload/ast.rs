//! A payload as it is written: what its attributes say of the struct and of each field.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, GenericArgument, Generics, Ident, LitStr, PathArguments, Type};

use super::entities::{ENTITIES, Entity, entity};
use super::rules::{Rule, Then, checks, constant, then};
use crate::attr::{Dotted, Value, Word, words, words_in, words_of};
use crate::report::Report;

/// A payload.
pub struct Payload {
    /// The struct.
    pub name: Ident,
    /// Its generics: an envelope has one parameter, for the body.
    pub generics: Generics,
    /// The wire type's name.
    pub wire: String,
    /// The thing that it is made from.
    pub from: Option<&'static Entity>,
    /// The thing that it becomes.
    pub into: Option<&'static Entity>,
    /// The word that its fields' meanings begin with.
    pub means: Option<String>,
    /// It is written as a list of its fields.
    pub list: bool,
    /// Unknown members are kept.
    pub echoes_unknown: Option<proc_macro2::Span>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field.
pub struct Field {
    /// In Rust.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// On the wire.
    pub wire: String,
    /// What it is, in this struct.
    pub role: Role,
    /// What it means, as written.
    pub is: Option<Dotted>,
    /// What it means where a sibling has a value.
    pub conditional: Vec<Conditional>,
    /// Other names.
    pub also: Vec<String>,
    /// Other JSON forms.
    pub accepts: Vec<Dotted>,
    /// What it is when it is absent.
    pub default: Option<TokenStream>,
    /// It is filled from the thing that the struct is made from.
    pub nested: bool,
    /// It is a list with one element for each violation: what gives them.
    pub each: Option<&'static str>,
    /// The quality of that thing without which it is left out.
    pub only_with: Option<Ident>,
    /// It is sent back as it came.
    pub echo: bool,
    /// `header` or `query`, where it does not stand in the body.
    pub head: Option<Dotted>,
    /// It is all of the body.
    pub whole: bool,
    /// How it writes its days or moments, where not as the definition does.
    pub format: Option<LitStr>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Rules on meanings that are asked after it.
    pub thens: Vec<Then>,
}

/// What a field is.
pub enum Role {
    /// A member like any other.
    Member,
    /// Always sent as this.
    Constant(String),
    /// The body slot of an envelope.
    Body,
    /// What the payload does not know.
    Rest,
}

/// A meaning under a condition.
pub struct Conditional {
    /// The meaning.
    pub meaning: Dotted,
    /// The sibling's name in Rust.
    pub sibling: Dotted,
    /// Its value.
    pub value: LitStr,
}

impl Payload {
    /// Reads a payload; nothing if it is no struct with named fields.
    pub fn of(input: &DeriveInput, report: &mut Report) -> Option<Payload> {
        let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else { return None };
        let mut payload = Payload {
            name: input.ident.clone(),
            generics: input.generics.clone(),
            wire: input.ident.to_string(),
            from: None,
            into: None,
            means: None,
            list: false,
            echoes_unknown: None,
            fields: Vec::new(),
        };
        let mut snake = false;
        for word in words(&input.attrs, "payload", report) {
            match word.name.name.as_str() {
                "names" => snake = is_word(&word, "snake", report),
                "wire" => payload.wire = word.text(report).map_or_else(String::new, |text| text.value()),
                "unknown" => payload.echoes_unknown = is_word(&word, "echo", report).then_some(word.name.span),
                "list" => payload.list = true,
                "means" => payload.means = word.dotted(report).map(|name| name.name),
                "from" => payload.from = entity_of(&word, report),
                "into" => payload.into = entity_of(&word, report),
                _ => word.unknown(
                    "the attribute",
                    &["from", "into", "means", "names", "wire", "list", "unknown"],
                    report,
                ),
            }
        }
        let about = payload.from.or(payload.into).filter(|entity| entity.name != "Refusal");
        payload.means = payload.means.or(about.map(|entity| entity.word.to_owned()));
        payload.fields = fields.named.iter().filter_map(|each| field(each, snake, report)).collect();
        Some(payload)
    }
}

fn is_word(word: &Word, expected: &str, report: &mut Report) -> bool {
    match word.dotted(report) {
        Some(name) if name.name == expected => true,
        Some(_) => word.expects::<bool>(&format!("= {expected}"), report).unwrap_or_default(),
        None => false,
    }
}

fn entity_of(word: &Word, report: &mut Report) -> Option<&'static Entity> {
    let name = word.dotted(report)?;
    let found = entity(&name.name);
    if found.is_none() {
        let known = ENTITIES.iter().map(|entity| format!("`{}`", entity.name)).collect::<Vec<_>>().join(", ");
        report
            .error(syn::Error::new(name.span, format!("the runtime has no entity `{}`; there are {known}", name.name)));
    }
    found
}

fn field(each: &syn::Field, snake: bool, report: &mut Report) -> Option<Field> {
    let name = each.ident.clone()?;
    let rust = name.unraw().to_string();
    let mut field = Field {
        wire: if snake { rust } else { camel(&rust) },
        name,
        ty: each.ty.clone(),
        role: Role::Member,
        is: None,
        conditional: Vec::new(),
        also: Vec::new(),
        accepts: Vec::new(),
        default: None,
        nested: false,
        each: None,
        only_with: None,
        echo: false,
        head: None,
        whole: false,
        format: None,
        rules: Vec::new(),
        thens: Vec::new(),
    };
    for word in words(&each.attrs, "payload", report) {
        field.word(&word, report);
    }
    field.rules = checks(&words(&each.attrs, "check", report), report);
    for attribute in each.attrs.iter().filter(|attribute| attribute.path().is_ident("then")) {
        field.thens.extend(then(words_of(attribute, report), report));
    }
    Some(field)
}

impl Field {
    fn word(&mut self, word: &Word, report: &mut Report) {
        match word.name.name.as_str() {
            "is" => match &word.value {
                Value::Inside(inside) => self.conditional.extend(conditional(word, inside, report)),
                _ => self.is = word.dotted(report),
            },
            "name" => self.wire = word.text(report).map_or_else(String::new, |text| text.value()),
            "also" => self.also.extend(word.text(report).map(|text| text.value())),
            "accepts" => match &word.value {
                Value::Inside(inside) => {
                    self.accepts.extend(words_in(inside, report).into_iter().map(|word| word.name))
                }
                _ => self.accepts.extend(word.expects::<Dotted>("(number)", report)),
            },
            "default" => self.default = default(&self.ty, word, report),
            "const" => self.role = constant(word, report).map_or(Role::Member, Role::Constant),
            "body" => self.role = Role::Body,
            "rest" => self.role = Role::Rest,
            "nested" => {
                self.nested = true;
                if matches!(word.value, Value::Is(_)) {
                    self.only_with = word.value("= an attribute", report);
                }
            }
            "each" => match &word.value {
                Value::Nothing => self.each = Some("each"),
                _ => self.each = is_word(word, "violation", report).then_some("each_violation"),
            },
            "echo" => self.echo = true,
            "in" => match word.dotted(report) {
                Some(place) if place.name == "body" => self.whole = true,
                place => self.head = place,
            },
            "format" => self.format = word.text(report),
            _ => {
                let known = [
                    "is", "name", "also", "accepts", "default", "const", "body", "rest", "nested", "each", "echo",
                    "in", "format",
                ];
                word.unknown("the attribute", &known, report);
            }
        }
    }

    /// The type of an optional field's value, or of the field itself.
    pub fn value_type(&self) -> &Type {
        argument(&self.ty, "Option").unwrap_or(&self.ty)
    }

    /// Whether the type is `Option`.
    pub fn is_optional(&self) -> bool {
        argument(&self.ty, "Option").is_some()
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        argument(self.value_type(), "Vec").is_some()
    }

    /// The name of the value's type, if it is a plain one.
    pub fn type_name(&self) -> String {
        match self.value_type() {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// Whether nothing inside the value can mean anything.
    pub fn is_primitive(&self) -> bool {
        let primitives =
            ["String", "Secret", "bool", "i64", "Decimal", "Date", "Time", "Phone", "Map", "Pairs", "Json", "Const"];
        primitives.contains(&self.type_name().as_str())
    }
}

/// `is(operation.account, where(id = "operation.account"))`
fn conditional(word: &Word, inside: &TokenStream, report: &mut Report) -> Option<Conditional> {
    let words = words_in(inside, report);
    let [meaning, Word { name, value: Value::Inside(condition) }] = words.as_slice() else {
        return word.expects("(meaning, where(sibling = \"value\"))", report);
    };
    if name.name != "where" {
        return word.expects("(meaning, where(sibling = \"value\"))", report);
    }
    let pair = words_in(condition, report).into_iter().next()?;
    let value = pair.text(report)?;
    Some(Conditional { meaning: meaning.name.clone(), sibling: pair.name, value })
}

/// What a field is when it is absent.
fn default(ty: &Type, word: &Word, report: &mut Report) -> Option<TokenStream> {
    match &word.value {
        Value::Nothing => Some(quote::quote! { ::core::default::Default::default() }),
        Value::Is(value) => {
            if let Ok(variant) = syn::parse2::<Ident>(value.clone()) {
                return Some(quote::quote! { <#ty>::#variant });
            }
            match syn::parse2::<syn::Expr>(value.clone()) {
                Ok(number) if is_float(&number) => {
                    let literal = value.to_string().replace([' ', '_'], "");
                    Some(quote::quote! { __runtime::decimal(#literal) })
                }
                Ok(syn::Expr::Lit(_) | syn::Expr::Unary(_)) => {
                    Some(quote::quote! { ::core::convert::From::from(#value) })
                }
                _ => word.expects("= a variant or a literal", report),
            }
        }
        Value::Inside(_) => word.expects("= a variant or a literal", report),
    }
}

/// True for a number with a point; it is a decimal, which keeps it as it is written.
fn is_float(value: &syn::Expr) -> bool {
    match value {
        syn::Expr::Lit(literal) => matches!(literal.lit, syn::Lit::Float(_)),
        syn::Expr::Unary(unary) => is_float(&unary.expr),
        _ => false,
    }
}

/// The argument of `Option<T>` or `Vec<T>`.
pub fn argument<'t>(ty: &'t Type, outer: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == outer)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// `operation_context` -> `operationContext`
fn camel(name: &str) -> String {
    let mut written = String::new();
    let mut up = false;
    for c in name.chars() {
        match c {
            '_' => up = !written.is_empty(),
            c if up => {
                written.extend(c.to_uppercase());
                up = false;
            }
            c => written.push(c),
        }
    }
    written
}
