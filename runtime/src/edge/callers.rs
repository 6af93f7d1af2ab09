//! Who calls, and whether they may: asked before the body is read. Every caller's tokens are compared, whatever was
//! found, so that the time tells nothing.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::adapter::Callers;
use crate::context::Shared;
use crate::crypto::mac::equal;
use crate::fault::Fault;
use crate::settings::{Caller, hash_of_token};

/// What is sent along with a refusal of somebody who is not known.
pub(super) fn challenge() -> (HeaderName, HeaderValue) {
    (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// The caller; none where nobody has to say who they are.
///
/// # Errors
/// `caller.unknown`.
pub(super) fn caller<'s>(shared: &'s Shared, headers: &HeaderMap) -> Result<Option<&'s Caller>, Fault> {
    match shared.adapter.callers {
        Callers::None(_) => Ok(None),
        Callers::Bearer => {
            let token = token(headers).ok_or_else(|| Fault::new("caller.unknown").because("no bearer token came"))?;
            let shown = hash_of_token(token.as_bytes());
            let mut found = None;
            for caller in &shared.options.callers {
                for known in &caller.tokens {
                    if equal(known, &shown) {
                        found = Some(caller);
                    }
                }
            }
            found.map(Some).ok_or_else(|| Fault::new("caller.unknown").because("nobody has this token"))
        }
    }
}

/// Refuses a caller to whom none of these endpoints is open.
///
/// # Errors
/// `caller.forbidden`.
pub(super) fn may_call<'e>(caller: Option<&Caller>, endpoints: impl IntoIterator<Item = &'e str>) -> Result<(), Fault> {
    let Some((caller, allowed)) = caller.and_then(|caller| Some((caller, caller.endpoints.as_ref()?))) else {
        return Ok(());
    };
    let open = endpoints.into_iter().any(|name| allowed.iter().any(|allowed| allowed == name));
    if open { Ok(()) } else { Err(forbidden(caller, "this endpoint")) }
}

/// Refuses a caller to whom a value of the path is not open.
///
/// # Errors
/// `caller.forbidden`.
pub(super) fn may_ask_for(caller: Option<&Caller>, values: &[(&'static str, String)]) -> Result<(), Fault> {
    let Some(caller) = caller else { return Ok(()) };
    let is_open = |(meaning, value): &&(&str, String)| match *meaning {
        "country.code" => {
            caller.countries.as_ref().is_none_or(|all| all.iter().any(|one| one.eq_ignore_ascii_case(value)))
        }
        _ => true,
    };
    match values.iter().find(|value| !is_open(value)) {
        Some((meaning, _)) => Err(forbidden(caller, meaning)),
        None => Ok(()),
    }
}

fn forbidden(caller: &Caller, what: &str) -> Fault {
    Fault::new("caller.forbidden").because(format_args!("`{}` may not ask for {what}", caller.name))
}

/// What stands behind `Bearer` in the only `Authorization` header.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(endpoints: Option<&[&str]>, countries: Option<&[&str]>) -> Caller {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Caller {
            name: "shop".into(),
            tokens: Vec::new(),
            endpoints: endpoints.map(texts),
            countries: countries.map(texts),
        }
    }

    #[test]
    fn a_token_stands_behind_its_scheme_in_one_header() {
        let headers = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            token(&headers).map(str::to_owned)
        };
        assert_eq!(headers(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(headers(&["bearer  abc "]).as_deref(), Some("abc"));
        for bad in [&[][..], &["abc"], &["Basic abc"], &["Bearer "], &["Bearer a", "Bearer a"]] {
            assert_eq!(headers(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_is_not_restricted_is_open() {
        let all = caller(None, None);
        assert!(may_call(Some(&all), ["verify"]).is_ok() && may_call(None, ["verify"]).is_ok());
        assert!(may_ask_for(Some(&all), &[("country.code", "DK".to_owned())]).is_ok());
    }

    #[test]
    fn what_is_restricted_is_open_to_what_is_named() {
        let some = caller(Some(&["verify"]), Some(&["SE", "NO"]));
        assert!(may_call(Some(&some), ["identify", "verify"]).is_ok());
        assert_eq!(may_call(Some(&some), ["identify"]).unwrap_err().name, "caller.forbidden");
        assert!(may_ask_for(Some(&some), &[("country.code", "se".to_owned())]).is_ok());
        assert_eq!(
            may_ask_for(Some(&some), &[("country.code", "FI".to_owned())]).unwrap_err().name,
            "caller.forbidden"
        );
        assert!(may_call(Some(&caller(Some(&[]), None)), ["verify"]).is_err());
    }
}
