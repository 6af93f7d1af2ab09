//! An API as it is written: the attribute's arguments, and the route, request, response and table of each method.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{
    FnArg, GenericArgument, Ident, ItemTrait, LitInt, LitStr, Path, PathArguments, ReturnType, Token, TraitItem,
};
use syn::{TraitItemFn, Type};

use crate::attr::{Word, words_in};
use crate::report::Report;

/// The HTTP methods that there are, and whether a request has a body.
const METHODS: [(&str, bool); 5] = [("GET", false), ("POST", true), ("PUT", true), ("PATCH", true), ("DELETE", false)];

/// An API.
pub struct Api {
    /// The constant with the definition's facts.
    pub adapter: Path,
    /// The table for what happens outside every endpoint.
    pub errors: Path,
    /// What stands around a request.
    pub request: Option<Path>,
    /// What stands around an answer.
    pub success: Option<Path>,
    /// What a failure is reported with.
    pub failure: Path,
    /// Its media type.
    pub failure_type: LitStr,
    /// The file beside this one that holds the API as an OpenAPI document.
    pub document: Option<LitStr>,
    /// The definition's own trait of hooks.
    pub hooks: Option<Ident>,
    /// Whether some endpoint sends messages.
    pub sends: bool,
    /// What the methods work with.
    pub context: Type,
    /// The endpoints.
    pub endpoints: Vec<Endpoint>,
}

/// A method.
pub struct Endpoint {
    /// Its name.
    pub name: Ident,
    /// The HTTP method.
    pub method: Ident,
    /// The path.
    pub path: LitStr,
    /// Whether requests have a body.
    pub has_body: bool,
    /// The status of a success.
    pub success: u16,
    /// What a failure is reported with, if not with the API's.
    pub failure: Option<Path>,
    /// What distinguishes it from others at its route.
    pub when: Option<Discriminator>,
    /// The kind of session that it needs.
    pub session: Option<Path>,
    /// The request's payload.
    pub request: Option<Type>,
    /// The answer's payload.
    pub response: Type,
    /// The error table.
    pub error: Type,
    context: Type,
}

/// What distinguishes endpoints of one route.
pub enum Discriminator {
    /// `when("Type" = IdentificationType::Phone)`: a field has a value.
    Is(LitStr, Box<syn::Expr>),
    /// `when("otp", "password")`: one of these fields is there.
    Has(Vec<LitStr>),
}

/// What stands in `#[endpoint(...)]`.
struct Route {
    method: Ident,
    path: LitStr,
    success: u16,
    failure: Option<Path>,
    when: Option<Discriminator>,
    session: Option<Path>,
}

impl Api {
    /// Reads and checks an API.
    pub fn of(arguments: TokenStream, item: &ItemTrait, report: &mut Report) -> Option<Api> {
        let endpoints: Vec<Endpoint> = item
            .items
            .iter()
            .filter_map(|item| match item {
                TraitItem::Fn(method) => endpoint(method, report),
                other => {
                    report.mistake(other, "an API has methods and nothing else");
                    None
                }
            })
            .collect();
        routes(&endpoints, report);
        let (mut paths, mut failure_type) = (BTreeMap::new(), LitStr::new("application/json", item.ident.span()));
        let (mut sends, mut document) = (true, None);
        for word in words_in(&arguments, report) {
            match word.name.name.as_str() {
                "adapter" | "errors" | "request" | "success" | "failure" | "hooks" => {
                    paths.extend(word.value::<Path>("= a path", report).map(|path| (word.name.name.clone(), path)));
                }
                "failure_type" => failure_type = word.text(report).unwrap_or(failure_type),
                "document" => document = word.text(report),
                "messages" => {
                    sends = word.dotted(report).is_none_or(|name| name.name != "none");
                    if sends {
                        word.expects::<()>("= none", report);
                    }
                }
                _ => unknown(&word, report),
            }
        }
        for missing in ["adapter", "errors", "failure"].iter().filter(|name| !paths.contains_key(**name)) {
            report.mistake(&item.ident, format!("the attribute lacks `{missing}`: `#[api({missing} = ...)]`"));
        }
        let context = endpoints.first().map(|endpoint| endpoint.context.clone());
        if context.is_none() && item.items.is_empty() {
            report.mistake(&item.ident, "an API has at least one method");
        }
        Some(Api {
            adapter: paths.remove("adapter")?,
            errors: paths.remove("errors")?,
            request: paths.remove("request"),
            success: paths.remove("success"),
            failure: paths.remove("failure")?,
            failure_type,
            document,
            hooks: paths.remove("hooks").and_then(|path| path.get_ident().cloned()),
            sends,
            context: context?,
            endpoints,
        })
    }
}

fn unknown(word: &Word, report: &mut Report) {
    let known = ["adapter", "errors", "request", "success", "failure", "failure_type", "document", "hooks", "messages"];
    word.unknown("the argument", &known, report);
}

/// Of the methods of one route, one may do without `when`: it takes what the others do not.
fn routes(endpoints: &[Endpoint], report: &mut Report) {
    for (at, endpoint) in endpoints.iter().enumerate() {
        let same = |other: &&Endpoint| other.method == endpoint.method && other.path.value() == endpoint.path.value();
        let takes_rest = |other: &&Endpoint| endpoint.when.is_none() && other.when.is_none();
        if let Some(other) = endpoints.iter().take(at).filter(same).find(takes_rest) {
            report.mistake(&endpoint.path, format!("`{}` has this route already", other.name));
        }
    }
}

fn endpoint(method: &TraitItemFn, report: &mut Report) -> Option<Endpoint> {
    let name = method.sig.ident.clone();
    let route = route(method, report);
    if method.sig.asyncness.is_none() {
        report.mistake(method.sig.fn_token, "an endpoint is an `async fn`");
    }
    let (context, request) = inputs(method, report)?;
    let (response, error) = outputs(method, report)?;
    let Route { method: http, path, success, failure, when, session } = route?;
    let known = METHODS.iter().find(|(known, _)| http == *known);
    let Some((_, has_body)) = known else {
        report.mistake(&http, "the method is not known; there are `GET`, `POST`, `PUT`, `PATCH`, `DELETE`");
        return None;
    };
    if !path.value().starts_with('/') {
        report.mistake(&path, "a path begins with `/`");
    }
    let has_body = *has_body && request.is_some();
    if when.is_some() && request.is_none() {
        report.mistake(&path, "`when` looks at the request, and the method takes none");
    }
    Some(Endpoint {
        name,
        method: http,
        path,
        has_body,
        success,
        failure,
        when,
        session,
        request,
        response,
        error,
        context,
    })
}

/// `#[endpoint(POST, "/path", when("Type" = Kind::Phone), success = 202)]`
fn route(method: &TraitItemFn, report: &mut Report) -> Option<Route> {
    let Some(attribute) = method.attrs.iter().find(|attribute| attribute.path().is_ident("endpoint")) else {
        report.mistake(&method.sig.ident, "say the route: `#[endpoint(POST, \"/path\")]`");
        return None;
    };
    let read = attribute.parse_args_with(|input: ParseStream<'_>| {
        let http: Ident = input.parse()?;
        input.parse::<Token![,]>()?;
        let path: LitStr = input.parse()?;
        let mut route = Route { method: http, path, success: 200, failure: None, when: None, session: None };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                "success" => {
                    input.parse::<Token![=]>()?;
                    route.success = input.parse::<LitInt>()?.base10_parse()?;
                }
                "failure" => {
                    input.parse::<Token![=]>()?;
                    route.failure = Some(input.parse()?);
                }
                "when" => route.when = Some(when(input)?),
                "session" => {
                    input.parse::<Token![=]>()?;
                    route.session = Some(input.parse()?);
                }
                _ => {
                    let what = "expected `success = 202`, `failure = Failure`, `session = AppSession` or \
                                `when(\"field\" = value)`";
                    return Err(syn::Error::new(word.span(), what));
                }
            }
        }
        Ok(route)
    });
    report.noted(read)
}

/// `("field" = value)` or `("field", "field")`
fn when(input: ParseStream<'_>) -> syn::Result<Discriminator> {
    let inside;
    syn::parenthesized!(inside in input);
    let first: LitStr = inside.parse()?;
    if inside.parse::<Option<Token![=]>>()?.is_some() {
        return Ok(Discriminator::Is(first, Box::new(inside.parse()?)));
    }
    let mut fields = vec![first];
    while inside.parse::<Option<Token![,]>>()?.is_some() && !inside.is_empty() {
        fields.push(inside.parse()?);
    }
    if inside.is_empty() { Ok(Discriminator::Has(fields)) } else { Err(inside.error("expected `,` or `= a value`")) }
}

/// `&self, cx: &Cx` and perhaps a request.
fn inputs(method: &TraitItemFn, report: &mut Report) -> Option<(Type, Option<Type>)> {
    let mut inputs = method.sig.inputs.iter();
    let receiver = inputs.next().filter(|input| matches!(input, FnArg::Receiver(_)));
    let context = inputs.next().and_then(|input| match input {
        FnArg::Typed(typed) => match &*typed.ty {
            Type::Reference(reference) => Some((*reference.elem).clone()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let request = inputs.next().and_then(|input| match input {
        FnArg::Typed(typed) => Some((*typed.ty).clone()),
        FnArg::Receiver(_) => None,
    });
    match (receiver, context) {
        (Some(_), Some(context)) if inputs.next().is_none() => Some((context, request)),
        _ => {
            let what = "an endpoint takes `&self, cx: &Cx` and at most one request";
            report.mistake(&method.sig.ident, what);
            None
        }
    }
}

/// `Result<Response, Error>`
fn outputs(method: &TraitItemFn, report: &mut Report) -> Option<(Type, Type)> {
    let what = "an endpoint returns `Result<Response, ErrorTable>`";
    let ReturnType::Type(_, ty) = &method.sig.output else {
        report.mistake(&method.sig.ident, what);
        return None;
    };
    let arguments = match &**ty {
        Type::Path(path) => path.path.segments.last().filter(|last| last.ident == "Result").map(|last| &last.arguments),
        _ => None,
    };
    let mut types = match arguments {
        Some(PathArguments::AngleBracketed(arguments)) => arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => {
            report.mistake(ty, what);
            return None;
        }
    };
    match (types.next(), types.next()) {
        (Some(response), Some(error)) => Some((response, error)),
        _ => {
            report.mistake(ty, what);
            None
        }
    }
}
