//! A wire enum as it is written: members with a name on the wire, perhaps a number, perhaps the value that they show.

use syn::parse::ParseStream;
use syn::{Data, DeriveInput, Fields, Ident, LitInt, LitStr, Token, Variant};

use crate::attr::words;
use crate::report::Report;

/// The enums of the runtime that can be shown, with their variants; a variant that an enum lacks may be shown as
/// another one.
pub const SHOWN: &[Shown] = &[
    Shown { name: "Outcome", values: &["Passed", "Failed", "Skipped"], instead: Some(("Skipped", "Failed")) },
    Shown { name: "PasswordProtection", values: &["None", "Aes"], instead: None },
    Shown { name: "OperationChange", values: &["Done", "Canceled", "Failed"], instead: None },
    Shown { name: "CheckState", values: &["Checked", "Unchecked"], instead: None },
    Shown { name: "OtpStatus", values: &["New", "Open", "Passed", "Spent", "Expired", "Cancelled"], instead: None },
    Shown { name: "AccountStatus", values: &["Active", "Inactive"], instead: None },
    Shown { name: "CertificateMode", values: &["Enabled", "Disabled", "Unavailable"], instead: None },
    Shown {
        name: "RiskAction",
        values: &["LoginStart", "LoginStep", "Logout", "ApprovalStart", "ApprovalStep"],
        instead: None,
    },
    Shown { name: "DepositMethod", values: &["Compared", "Waived"], instead: None },
];

/// An enum of the runtime.
pub struct Shown {
    /// Its name.
    pub name: &'static str,
    /// Its variants.
    pub values: &'static [&'static str],
    /// A variant, and the one that stands for it where it is not shown.
    pub instead: Option<(&'static str, &'static str)>,
}

/// A wire enum.
pub struct WireEnum {
    /// Its name.
    pub name: Ident,
    /// What it shows.
    pub shows: Option<&'static Shown>,
    /// Its members.
    pub members: Vec<Member>,
}

/// A member.
pub struct Member {
    /// In Rust.
    pub name: Ident,
    /// On the wire.
    pub wire: LitStr,
    /// The value that it shows, and is read as.
    pub value: Option<Ident>,
    /// Further values that it shows.
    pub also: Vec<Ident>,
    /// The number as which it is also read.
    pub number: Option<LitInt>,
}

impl WireEnum {
    /// The member that shows a value: the first that does, or that shows what stands for it.
    pub fn showing(&self, value: &str) -> Option<&Member> {
        let shows = |value: &str| {
            self.members.iter().find(|member| member.value.iter().chain(&member.also).any(|own| own == value))
        };
        let instead = self.shows.and_then(|shown| shown.instead).filter(|(absent, _)| *absent == value);
        shows(value).or_else(|| instead.and_then(|(_, other)| shows(other)))
    }

    /// Reads and checks an enum.
    pub fn of(input: &DeriveInput) -> syn::Result<WireEnum> {
        let Data::Enum(body) = &input.data else {
            return Err(syn::Error::new_spanned(&input.ident, "`WireEnum` is derived on an enum"));
        };
        let mut report = Report::default();
        let shows = shows(input, &mut report);
        let members = body.variants.iter().filter_map(|variant| member(variant, &mut report)).collect();
        let checked = WireEnum { name: input.ident.clone(), shows, members };
        checked.check(&mut report);
        report.finish()?;
        Ok(checked)
    }

    fn check(&self, report: &mut Report) {
        for (at, member) in self.members.iter().enumerate() {
            if self.members.iter().take(at).any(|other| other.wire.value() == member.wire.value()) {
                report.mistake(&member.wire, "another member has this name on the wire");
            }
            for value in member.value.iter().chain(&member.also) {
                match self.shows {
                    None => report.mistake(value, "say what the enum shows: `#[wire(shows = Outcome)]`"),
                    Some(shown) if !shown.values.iter().any(|known| value == known) => {
                        report.mistake(
                            value,
                            format!("`{}` has no value `{value}`; it has {}", shown.name, shown.values.join(", ")),
                        );
                    }
                    _ => {}
                }
            }
        }
        let Some(shown) = self.shows else { return };
        for value in shown.values.iter().filter(|value| self.showing(value).is_none()) {
            report.mistake(&self.name, format!("no member shows `{}::{value}`", shown.name));
        }
    }
}

fn shows(input: &DeriveInput, report: &mut Report) -> Option<&'static Shown> {
    let mut shows = None;
    for word in words(&input.attrs, "wire", report) {
        if word.name.name != "shows" {
            word.unknown("the attribute", &["shows"], report);
            continue;
        }
        let Some(name) = word.dotted(report) else { continue };
        shows = SHOWN.iter().find(|shown| shown.name == name.name);
        if shows.is_none() {
            let known = SHOWN.iter().map(|shown| shown.name).collect::<Vec<_>>().join(", ");
            report.error(syn::Error::new(name.span, format!("`{}` cannot be shown; there are {known}", name.name)));
        }
    }
    shows
}

fn member(variant: &Variant, report: &mut Report) -> Option<Member> {
    if !matches!(variant.fields, Fields::Unit) {
        report.mistake(&variant.fields, "a member holds nothing");
    }
    let Some(attribute) = variant.attrs.iter().find(|attribute| attribute.path().is_ident("wire")) else {
        report.mistake(&variant.ident, "say the member's name on the wire: `#[wire(\"NAME\")]`");
        return None;
    };
    let read = attribute.parse_args_with(|input: ParseStream<'_>| {
        let mut member =
            Member { name: variant.ident.clone(), wire: input.parse()?, value: None, also: Vec::new(), number: None };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word == "number" && input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                member.number = Some(input.parse()?);
            } else if member.value.is_some() {
                member.also.push(word);
            } else {
                member.value = Some(word);
            }
        }
        Ok(member)
    });
    report.noted(read)
}
