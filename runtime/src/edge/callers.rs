//! Who calls, by a credential, a certificate or both, and whether they may: asked before the body is read. Every caller's credentials are compared, whatever
//! was found, so that the time of the answer reveals nothing.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::credentials::{Attempt, WrongCredentials};
use crate::adapter::{Callers, SessionKind};
use crate::behaviours::sessions::find_session_of_token;
use crate::context::{Core, Shared};
use crate::crypto::mac::equal;
use crate::fault::Fault;
use crate::session::CallSession;
use crate::settings::{Caller, hash_of_token};
use crate::tls::{CertificateName, ClientCertificate};
use crate::values::Time;

/// What is sent along with a refusal of somebody who is not known.
pub(super) fn challenge(callers: &Callers) -> (HeaderName, HeaderValue) {
    let challenge = match callers {
        Callers::Basic(realm) => basic_in(realm),
        Callers::Bearer | Callers::None(_) => None,
    };
    (header::WWW_AUTHENTICATE, challenge.unwrap_or(HeaderValue::from_static("Bearer")))
}

/// `Basic` with its realm as a quoted string (RFC 9110, 5.6.4). What no header can hold is left out.
fn basic_in(realm: &str) -> Option<HeaderValue> {
    let shown = realm.chars().filter(|letter| !letter.is_control());
    let quoted = shown.fold(String::new(), |mut quoted, letter| {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
        quoted
    });
    HeaderValue::from_bytes(format!("Basic realm=\"{quoted}\"").as_bytes()).ok()
}

/// What a request shows of who calls.
#[derive(Clone, Copy)]
pub(super) struct Shown<'r> {
    pub headers: &'r HeaderMap,
    /// The certificate of its connection, which an authority of the settings vouches for.
    pub certificate: Option<&'r ClientCertificate>,
}

/// The caller; none where nobody has to say who they are.
///
/// # Errors
/// `caller.unknown`, and `caller.limited` for whoever was wrong too often.
pub(super) fn caller<'s>(
    shared: &'s Shared,
    wrong: &WrongCredentials,
    shown: Shown<'_>,
    (source, now): (Option<IpAddr>, Time),
) -> Result<Option<&'s Caller>, Fault> {
    let (callers, known) = (&shared.adapter.callers, &shared.options.callers);
    let credential = match callers {
        Callers::None(_) if known.is_empty() => return Ok(None),
        Callers::None(_) => None,
        Callers::Bearer => token(shown.headers).map(|token| Zeroizing::new(token.as_bytes().to_vec())),
        Callers::Basic(_) => basic(shown.headers),
    };
    let id = credential.as_deref().filter(|_| matches!(callers, Callers::Basic(_))).and_then(|shown| access_id(shown));
    let attempt = Attempt { source, id };
    let limits = &shared.options.credentials;
    let limited = wrong.are_too_many(attempt, limits, now);
    let hash = credential.as_ref().map(|credential| hash_of_token(credential));
    let found = hash.and_then(|hash| by_credential(known, &hash)).filter(|caller| has_certificate(caller, shown));
    match (found, &credential) {
        // Whatever was counted: nobody has guessed this one, and nobody keeps its caller out with wrong ones.
        (Some(caller), _) => Ok(Some(caller)),
        _ if limited => {
            let fault = Fault::new("caller.limited").otherwise("caller.unknown");
            by_certificate(known, shown).map(Some).ok_or_else(|| fault.with_detail("too many credentials were wrong"))
        }
        (_, credential) => by_certificate(known, shown).map(Some).ok_or_else(|| {
            let unknown = Fault::new("caller.unknown");
            match (credential, shown.certificate) {
                (Some(_), _) => {
                    wrong.add(attempt, limits, now);
                    unknown.with_detail("nobody has this credential, with the certificate that came or without one")
                }
                (None, Some(_)) => unknown.with_detail("no caller has a name of this certificate"),
                (None, None) => unknown.with_detail("no credential came"),
            }
        }),
    }
}

/// The caller with this credential. All of them are compared, whatever was found.
fn by_credential<'c>(callers: &'c [Caller], shown: &[u8; 32]) -> Option<&'c Caller> {
    let mut found = None;
    for caller in callers {
        for known in &caller.tokens {
            if equal(known, shown) {
                found = Some(caller);
            }
        }
    }
    found
}

/// The caller who shows no credential beside a certificate, and whose names this one has; one whose names are written out
/// goes before one to whom every certificate belongs.
fn by_certificate<'c>(callers: &'c [Caller], shown: Shown<'_>) -> Option<&'c Caller> {
    shown.certificate?;
    let fits = |caller: &&Caller| {
        caller.tokens.is_empty() && !caller.certificates.is_empty() && has_certificate(caller, shown)
    };
    let is_any = |caller: &&Caller| caller.certificates.contains(&CertificateName::Any);
    let fitting = || callers.iter().filter(fits);
    fitting().find(|caller| !is_any(caller)).or_else(|| fitting().next())
}

/// True if a caller has the names of this certificate, or shows none.
fn has_certificate(caller: &Caller, shown: Shown<'_>) -> bool {
    caller.certificates.is_empty()
        || shown.certificate.is_some_and(|certificate| certificate.has_one_of(&caller.certificates))
}

/// The session whose token is shown.
///
/// # Errors
/// `caller.unknown`, `store.unavailable`.
pub(super) async fn session(core: &Core, kind: &SessionKind, headers: &HeaderMap) -> Result<CallSession, Fault> {
    let token = token(headers).ok_or_else(|| Fault::new("caller.unknown").with_detail("no bearer token came"))?;
    find_session_of_token(core, kind, token).await
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
    Fault::new("caller.forbidden").with_detail(format_args!("`{}` may not ask for {what}", caller.name))
}

/// What stands behind `Bearer` in the only `Authorization` header.
fn token(headers: &HeaderMap) -> Option<&str> {
    behind(headers, "bearer")
}

/// `id:key`, as it stands behind `Basic`.
fn basic(headers: &HeaderMap) -> Option<Zeroizing<Vec<u8>>> {
    let shown = Zeroizing::new(BASE64.decode(behind(headers, "basic")?).ok()?);
    access_id(&shown).is_some().then_some(shown)
}

/// What stands before the first colon.
fn access_id(shown: &[u8]) -> Option<&str> {
    let (id, _) = std::str::from_utf8(shown).ok()?.split_once(':')?;
    (!id.is_empty()).then_some(id)
}

fn behind<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, shown) = only.to_str().ok()?.split_once(' ')?;
    let shown = shown.trim_matches(' ');
    (scheme.eq_ignore_ascii_case(wanted) && !shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(endpoints: Option<&[&str]>, countries: Option<&[&str]>) -> Caller {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Caller {
            name: "shop".into(),
            tokens: Vec::new(),
            certificates: Vec::new(),
            endpoints: endpoints.map(texts),
            countries: countries.map(texts),
            partners: None,
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
    fn an_id_and_a_key_stand_behind_their_scheme() {
        let shown = |value: &str| {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap())]);
            basic(&headers).map(|shown| String::from_utf8(shown.to_vec()).unwrap())
        };
        assert_eq!(shown("Basic aWQ6a2V5").as_deref(), Some("id:key"));
        assert_eq!(shown("basic aWQ6a2V5Ong=").as_deref(), Some("id:key:x"));
        for bad in ["Basic aWQ", "Basic aWRrZXk=", "Basic OmtleQ==", "Basic !", "Bearer aWQ6a2V5", "Basic"] {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }

    #[test]
    fn who_is_not_known_is_reported_how_to_say_so() {
        assert_eq!(challenge(&Callers::Bearer).1, "Bearer");
        for (realm, shown) in [
            ("b2b", r#"Basic realm="b2b""#),
            (r#"a"b\c"#, r#"Basic realm="a\"b\\c""#),
            ("a\"\r\nb", r#"Basic realm="a\"b""#),
            ("größe", r#"Basic realm="größe""#),
        ] {
            assert_eq!(challenge(&Callers::Basic(realm)).1.as_bytes(), shown.as_bytes());
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
