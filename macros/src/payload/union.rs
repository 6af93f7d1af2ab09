//! Tagged unions: enums whose variants hold a payload each, distinguished by a member of the object.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Fields, Ident, Type, Variant};

use crate::attr::words;
use crate::report::Report;

/// A union.
pub struct Union {
    name: Ident,
    wire: String,
    tag: String,
    variants: Vec<Tagged>,
    unknown: Option<Ident>,
}

/// A variant.
struct Tagged {
    name: Ident,
    wire: String,
    holds: Option<Type>,
    is_choice: bool,
}

impl Union {
    /// Reads and checks a union.
    pub fn of(input: &DeriveInput, body: &DataEnum) -> syn::Result<Union> {
        let mut report = Report::default();
        let mut union = Union {
            name: input.ident.clone(),
            wire: input.ident.to_string(),
            tag: String::new(),
            variants: Vec::new(),
            unknown: None,
        };
        for word in words(&input.attrs, "payload", &mut report) {
            match word.name.name.as_str() {
                "tag" => union.tag = word.text(&mut report).map_or_else(String::new, |text| text.value()),
                "wire" => union.wire = word.text(&mut report).map_or_else(String::new, |text| text.value()),
                _ => word.unknown("the attribute", &["tag", "wire"], &mut report),
            }
        }
        if union.tag.is_empty() {
            report.mistake(&input.ident, "say which member distinguishes the variants: `#[payload(tag = \"type\")]`");
        }
        for variant in &body.variants {
            union.variant(variant, &mut report);
        }
        report.finish()?;
        Ok(union)
    }

    fn variant(&mut self, variant: &Variant, report: &mut Report) {
        let holds = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| field.ty.clone())
            }
            fields => return report.mistake(fields, "a variant holds one payload"),
        };
        let (mut wire, mut is_choice, mut is_unknown) = (None, false, false);
        for word in words(&variant.attrs, "payload", report) {
            match word.name.name.as_str() {
                "name" => wire = word.text(report).map(|text| text.value()),
                "choice" => is_choice = true,
                "unknown" => is_unknown = true,
                _ => word.unknown("the attribute", &["name", "choice", "unknown"], report),
            }
        }
        match wire {
            Some(_) if self.variants.iter().any(|other| Some(&other.wire) == wire.as_ref()) => {
                report.mistake(&variant.ident, "another variant has this name on the wire");
            }
            Some(wire) => self.variants.push(Tagged { name: variant.ident.clone(), wire, holds, is_choice }),
            None if is_unknown && holds.is_some() => self.unknown = Some(variant.ident.clone()),
            None if is_unknown => {
                report.mistake(&variant.ident, "what is not known is kept as it came: `Unknown(Json)`")
            }
            None => report.mistake(&variant.ident, "say the variant's name on the wire: `#[payload(name = \"NOTE\")]`"),
        }
    }

    /// The implementations.
    pub fn expand(&self) -> TokenStream {
        let (name, wire, tag) = (&self.name, &self.wire, &self.tag);
        let (decodes, encodes, visits, ids) = (self.decodes(), self.encodes(), self.visits(), self.ids());
        let choice = self.choice();
        quote! {
            const _: () = {
                use ::countersign_runtime::__private as __runtime;

                #[automatically_derived]
                impl __runtime::Payload for #name {
                    const TYPE: &'static str = #wire;
                    const KIND: __runtime::Kind = __runtime::Kind::Other;

                    fn decode<'j>(
                        json: __runtime::Node<'j>,
                        accepts: __runtime::Accepts,
                        decoder: &mut __runtime::Decoder<'j>,
                    ) -> ::core::result::Result<Self, __runtime::Unreadable> {
                        match decoder.tag(json, #tag)? { #decodes }
                    }

                    fn encode(&self, encoder: &mut __runtime::Encoder) {
                        match self { #encodes }
                    }

                    fn visit(
                        &self,
                        _meaning: ::core::option::Option<&'static str>,
                        see: &mut dyn ::core::ops::FnMut(&'static str, &str),
                    ) {
                        match self { #visits }
                    }

                    fn attribute_id(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
                        match self { #ids }
                    }
                }

                #choice
            };
        }
    }

    fn decodes(&self) -> TokenStream {
        let known = self.variants.iter().map(|Tagged { name, wire, holds, .. }| match holds {
            Some(ty) => quote! {
                #wire => <#ty as __runtime::Payload>::decode(json, accepts, decoder).map(Self::#name),
            },
            None => quote! {
                #wire => { decoder.untagged(); ::core::result::Result::Ok(Self::#name) }
            },
        });
        let other = match &self.unknown {
            Some(name) => quote! { ::core::result::Result::Ok(Self::#name(__runtime::kept(json))) },
            None => quote! { ::core::result::Result::Err(__runtime::Unreadable::Type) },
        };
        quote! { #(#known)* _ => { let _ = accepts; decoder.untagged(); #other } }
    }

    fn encodes(&self) -> TokenStream {
        let tag = &self.tag;
        let known = self.variants.iter().map(|Tagged { name, wire, holds, .. }| match holds {
            Some(_) => quote! {
                Self::#name(value) => encoder.tagged(#tag, #wire, value),
            },
            None => quote! { Self::#name => encoder.tag_alone(#tag, #wire), },
        });
        let unknown = self.unknown.iter().map(|name| quote! { Self::#name(value) => encoder.raw(value.as_str()), });
        quote! { #(#known)* #(#unknown)* }
    }

    fn visits(&self) -> TokenStream {
        let known = self.variants.iter().map(|Tagged { name, holds, .. }| match holds {
            Some(_) => quote! {
                Self::#name(value) => __runtime::Payload::visit(value, ::core::option::Option::None, see),
            },
            None => quote! { Self::#name => {} },
        });
        let unknown = self.unknown.iter().map(|name| quote! { Self::#name(_) => {} });
        quote! { #(#known)* #(#unknown)* }
    }

    fn ids(&self) -> TokenStream {
        let known = self.variants.iter().map(|Tagged { name, holds, .. }| match holds {
            Some(_) => quote! { Self::#name(value) => __runtime::Payload::attribute_id(value), },
            None => quote! { Self::#name => ::core::option::Option::None, },
        });
        let unknown = self.unknown.iter().map(|name| {
            quote! { Self::#name(value) => __runtime::attribute_id(value), }
        });
        quote! { #(#known)* #(#unknown)* }
    }

    fn choice(&self) -> TokenStream {
        let name = &self.name;
        let choices = self.variants.iter().filter(|variant| variant.is_choice).map(|variant| {
            let made = &variant.name;
            quote! {
                #[automatically_derived]
                impl __runtime::ChoiceAttribute for #name {
                    fn choice(choice: __runtime::AccountChoice) -> Self {
                        Self::#made(::core::convert::From::from(choice))
                    }
                }
            }
        });
        quote! { #(#choices)* }
    }
}
