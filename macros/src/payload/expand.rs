//! What a payload becomes: a description of each field as data, and calls into the runtime that act on it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::ast::{Field, Payload, Role};
use super::constant::quoted;
use super::convert;
use super::rules::optional;

/// The implementations.
pub fn payload(payload: &Payload) -> TokenStream {
    let (descriptions, implementation) = (descriptions(payload), implementation(payload));
    let (envelope, from, into) = (envelope(payload), convert::from(payload), convert::into(payload));
    quote! {
        const _: () = {
            use ::countersign_runtime::__private as __runtime;
            #descriptions
            #implementation
            #envelope
            #from
            #into
        };
    }
}

fn implementation(payload: &Payload) -> TokenStream {
    let (name, wire) = (&payload.name, &payload.wire);
    let generics = bounded(payload);
    let (with, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = payload.generics.split_for_impl();
    let (decode, absent, encode, visit, id) =
        (decode(payload), absent(payload), encode(payload), visit(payload), id(payload));
    let head = super::head::items(payload);
    let whole = payload.fields.iter().find(|field| field.whole).map(|field| {
        let wire = &field.wire;
        quote! { const WHOLE: ::core::option::Option<&'static str> = ::core::option::Option::Some(#wire); }
    });
    let in_body = |field: &&Field| !matches!(field.role, Role::Rest) && field.head.is_none();
    let members = payload.fields.iter().filter(in_body).map(|field| &field.wire);
    let echoes = payload.echoes_unknown.map(|_| quote! { const ECHOES: bool = true; });
    quote! {
        #[automatically_derived]
        impl #with __runtime::Payload for #name #arguments #bounds {
            const TYPE: &'static str = #wire;
            const KIND: __runtime::Kind = __runtime::Kind::Other;
            const MEMBERS: &'static [&'static str] = &[#(#members),*];
            #echoes
            #head
            #whole

            fn decode<'j>(
                json: __runtime::Node<'j>,
                _accepts: __runtime::Accepts,
                decoder: &mut __runtime::Decoder<'j>,
            ) -> ::core::result::Result<Self, __runtime::Unreadable> { #decode }

            fn absent(decoder: &mut __runtime::Decoder<'_>) { #absent }

            fn encode(&self, encoder: &mut __runtime::Encoder) { #encode }

            fn visit(
                &self,
                _meaning: ::core::option::Option<&'static str>,
                see: &mut dyn ::core::ops::FnMut(&'static str, &str),
            ) { #visit }

            #id
        }
    }
}

/// The generics of an envelope, whose body is a payload.
fn bounded(payload: &Payload) -> syn::Generics {
    let mut generics = payload.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote! { __runtime::Payload });
    }
    generics
}

fn members(payload: &Payload) -> impl Iterator<Item = &Field> {
    payload.fields.iter().filter(|field| matches!(field.role, Role::Member | Role::Body))
}

/// The name of a field's description.
pub(super) fn described(field: &Field) -> Ident {
    format_ident!("FIELD_{}", field.name.unraw().to_string().to_uppercase(), span = field.name.span())
}

/// Whether nothing of the field is looked for by meaning.
fn is_meaningless(payload: &Payload, field: &Field) -> bool {
    meaning(payload, field).is_none() && field.conditional.is_empty() && field.is_primitive()
}

/// The meaning that a field has, whatever its siblings are.
fn meaning(payload: &Payload, field: &Field) -> Option<String> {
    let written = field.is.as_ref().map(|is| is.name.as_str());
    if matches!(field.role, Role::Body) || !field.conditional.is_empty() && written.is_none() {
        return None;
    }
    match (written, &payload.means) {
        (Some(whole), _) if whole.contains('.') => Some(whole.to_owned()),
        (Some(attribute), Some(entity)) => Some(format!("{entity}.{attribute}")),
        (None, Some(entity)) if !field.nested => Some(format!("{entity}.{}", field.name.unraw())),
        _ => None,
    }
}

fn descriptions(payload: &Payload) -> TokenStream {
    let read = payload.fields.iter().filter(|field| !matches!(field.role, Role::Rest));
    let formats = payload.fields.iter().filter_map(format);
    read.map(|field| description(payload, field)).chain(formats).collect()
}

/// How a field writes its days or moments, as a type.
fn format(field: &Field) -> Option<TokenStream> {
    let (format, name) = (field.format.as_ref()?, format_name(field));
    let times = match format.value().as_str() {
        "epoch_ms" => quote! { __runtime::Times::EpochMs },
        "epoch_s" => quote! { __runtime::Times::EpochS },
        _ => quote! { __runtime::Times::Pattern(#format) },
    };
    Some(quote! {
        struct #name;
        impl __runtime::Format for #name {
            const TIMES: __runtime::Times = #times;
        }
    })
}

fn format_name(field: &Field) -> Ident {
    let name = field.name.unraw().to_string();
    let words = name.split('_').filter_map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    });
    format_ident!("FormatOf{}", words.collect::<String>(), span = field.name.span())
}

/// The value of a field as it is written.
pub(super) fn written(field: &Field) -> TokenStream {
    let name = &field.name;
    match &field.format {
        Some(_) => {
            let format = format_name(field);
            quote! { __runtime::Formatted::<_, #format>::of(&self.#name) }
        }
        None => quote! { self.#name },
    }
}

fn description(payload: &Payload, field: &Field) -> TokenStream {
    let (described, name) = (described(field), &field.wire);
    let also = field.also.iter();
    let accepts = field.accepts.iter().map(|form| Ident::new(&form.name, form.span));
    let (body, echo) = (matches!(field.role, Role::Body), field.echo);
    let carried = payload.echoes_unknown.is_some();
    let meaning = optional(meaning(payload, field));
    let conditional = field.conditional.iter().map(|other| {
        let (meaning, value) = (&other.meaning.name, &other.value);
        let sibling = payload.fields.iter().find(|field| field.name == other.sibling.name).map(|field| &field.wire);
        quote! { __runtime::Conditional { meaning: #meaning, sibling: #sibling, value: #value } }
    });
    let rules = field.rules.iter().map(super::rules::Rule::tokens);
    quote! {
        static #described: __runtime::Field = __runtime::Field {
            name: #name,
            also: &[#(#also),*],
            accepts: __runtime::Accepts { #(#accepts: true,)* ..__runtime::Accepts::NOTHING },
            body: #body,
            echo: #echo,
            meaning: #meaning,
            conditional: &[#(#conditional),*],
            carried: #carried,
            rules: &[#(#rules),*],
        };
    }
}

fn decode(payload: &Payload) -> TokenStream {
    let in_body = |field: &&Field| !matches!(field.role, Role::Rest) && field.head.is_none();
    let known: Vec<_> = payload.fields.iter().filter(in_body).collect();
    let names = known.iter().flat_map(|field| std::iter::once(&field.wire).chain(&field.also));
    let names = quote! { &[#(#names),*] };
    let reads = payload.fields.iter().map(|field| read(payload, field, &names));
    let strange = payload.echoes_unknown.is_none().then(|| quote! { decoder.check_members(&object, #names); });
    let values = payload.fields.iter().map(|field| {
        let (name, local) = (&field.name, local(field));
        match field.role {
            Role::Constant(_) | Role::Rest => quote! { #name: #local },
            Role::Member | Role::Body => quote! { #name: #local.ok_or(__runtime::Unreadable::Inside)? },
        }
    });
    let head = payload.fields.iter().any(|field| field.head.is_some()).then(|| quote! { let head = decoder.head(); });
    quote! {
        let object = decoder.object(json)?;
        #head
        #(#reads)*
        #strange
        ::core::result::Result::Ok(Self { #(#values),* })
    }
}

fn local(field: &Field) -> Ident {
    format_ident!("field_{}", field.name.unraw())
}

fn read(payload: &Payload, field: &Field, known: &TokenStream) -> TokenStream {
    let (local, described, ty) = (local(field), described(field), &field.ty);
    let object = match field.head {
        Some(_) => quote! { head },
        None => quote! { object },
    };
    let read = match (&field.role, &field.default) {
        (Role::Constant(always), _) => {
            let optional = field.is_optional();
            quote! {{
                decoder.constant(&#object, &#described, #always, #optional);
                ::core::default::Default::default()
            }}
        }
        (Role::Rest, _) => quote! { decoder.rest(&#object, #known) },
        (_, _) if field.format.is_some() => {
            let format = format_name(field);
            quote_spanned! { ty.span() =>
                decoder.field::<__runtime::Formatted<#ty, #format>>(&#object, &#described).map(|read| read.0)
            }
        }
        (_, Some(default)) => quote! { decoder.field_or::<#ty>(&#object, &#described, || #default) },
        (_, None) => quote_spanned! { ty.span() => decoder.field::<#ty>(&#object, &#described) },
    };
    let thens = field.thens.iter().map(|then| {
        let at = then.at.as_ref().and_then(|at| payload.fields.iter().find(|field| field.name == *at));
        let tokens = then.tokens(at.map(|at| {
            (at.wire.clone(), {
                let ty = &at.ty;
                quote! { #ty }
            })
        }));
        quote! { { static THEN: __runtime::Then = #tokens; decoder.then(&THEN); } }
    });
    quote! { let #local = #read; #(#thens)* }
}

fn absent(payload: &Payload) -> TokenStream {
    let fields: Vec<_> = members(payload)
        .filter(|field| !is_meaningless(payload, field) && !field.is_list())
        .map(|field| {
            let (described, ty) = (described(field), &field.ty);
            quote! { decoder.absent::<#ty>(&#described); }
        })
        .collect();
    match fields.is_empty() {
        true => quote! { let _ = decoder; },
        false => quote! { #(#fields)* },
    }
}

fn encode(payload: &Payload) -> TokenStream {
    if let Some(whole) = payload.fields.iter().find(|field| field.whole) {
        let value = written(whole);
        return quote! { __runtime::Payload::encode(&#value, encoder) };
    }
    if payload.list {
        let elements = payload.fields.iter().map(written);
        return quote! {
            encoder.begin_list();
            #(encoder.element(&#elements);)*
            encoder.end_list();
        };
    }
    let writes = payload.fields.iter().filter(|field| field.head.is_none()).map(|field| {
        let (name, wire) = (&field.name, format!("{}:", quoted(&field.wire)));
        match &field.role {
            Role::Constant(value) => {
                let member = format!("{wire}{value}");
                quote! {
                    let _ = &self.#name;
                    encoder.constant(#member);
                }
            }
            Role::Rest => quote! { encoder.rest(&self.#name); },
            Role::Member | Role::Body => {
                let value = written(field);
                quote! { encoder.member(#wire, &#value); }
            }
        }
    });
    quote! {
        encoder.begin();
        #(#writes)*
        encoder.end();
    }
}

fn visit(payload: &Payload) -> TokenStream {
    let shows = members(payload).filter(|field| !is_meaningless(payload, field)).map(|field| {
        let name = &field.name;
        let conditional = field.conditional.iter().map(|other| {
            let (sibling, value, meaning) =
                (Ident::new(&other.sibling.name, other.sibling.span), &other.value, &other.meaning.name);
            quote! {
                if __runtime::says(&self.#sibling, #value) {
                    __runtime::Payload::visit(&self.#name, ::core::option::Option::Some(#meaning), &mut *see);
                }
            }
        });
        let meaning = meaning(payload, field);
        let always = (meaning.is_some() || field.conditional.is_empty()).then(|| {
            let meaning = optional(meaning);
            quote! { __runtime::Payload::visit(&self.#name, #meaning, &mut *see); }
        });
        quote! { #always #(#conditional)* }
    });
    let shows: Vec<_> = shows.collect();
    match shows.is_empty() {
        true => quote! { let _ = see; },
        false => quote! { #(#shows)* },
    }
}

/// The id that identifies attributes of a form.
fn id(payload: &Payload) -> TokenStream {
    let means_id = |field: &&Field| meaning(payload, field).is_some_and(|meaning| meaning == "attribute.id");
    let found = members(payload).find(means_id).or_else(|| members(payload).find(|field| field.name == "id"));
    let Some(field) = found.filter(|field| field.type_name() == "String") else { return TokenStream::new() };
    let name = &field.name;
    let id = match field.is_optional() {
        true => quote! { self.#name.as_deref().map(::core::convert::Into::into) },
        false => quote! { ::core::option::Option::Some(self.#name.as_str().into()) },
    };
    quote! { fn attribute_id(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> { #id } }
}

/// An envelope holds its body and nothing else that varies.
fn envelope(payload: &Payload) -> TokenStream {
    let body_slot = payload.fields.iter().find(|field| matches!(field.role, Role::Body));
    let others = payload.fields.iter().filter(|field| matches!(field.role, Role::Member | Role::Rest)).count();
    let (Some(body_slot), 0) = (body_slot, others) else { return TokenStream::new() };
    let (name, body, member, wire) = (&payload.name, &body_slot.ty, &body_slot.name, &body_slot.wire);
    let generics = bounded(payload);
    let (with, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = payload.generics.split_for_impl();
    let constants =
        payload.fields.iter().filter(|field| matches!(field.role, Role::Constant(_))).map(|field| &field.name);
    quote! {
        #[automatically_derived]
        impl #with __runtime::Envelope<#body> for #name #arguments #bounds {
            const BODY: ::core::option::Option<&'static str> = ::core::option::Option::Some(#wire);

            fn around(body: #body) -> Self {
                Self { #(#constants: ::core::default::Default::default(),)* #member: body }
            }

            fn into_body(self) -> #body { self.#member }
        }
    }
}
