//! Password hashes in the forms in which frameworks and directories keep them: which scheme a text is of, and its parts.
//! How dear one may be and how it is compared stand in `scheme.rs`; what a hash that cannot be read does to a request
//! is decided by the behaviours.

use argon2::password_hash::phc::ParamsString;
use argon2::{Algorithm, Params, Version};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::scheme::{ArgonHash, Digest, Hashed, Prehash};

/// The longest text that is looked into, in bytes.
const LONGEST: usize = 1024;

/// The fewest bytes of a hash; fewer could be found by guessing.
const FEWEST: usize = 10;

/// Base64 with or without padding, whatever its last bits.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A hash that cannot be compared with any password. Says of which scheme it seems to be, and nothing of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hash cannot be read; its scheme: {scheme}")]
pub struct Unreadable {
    /// One of a fixed list of names, or `unknown`.
    pub scheme: &'static str,
}

/// How texts of each scheme begin. The first that fits counts; case does not.
const SCHEMES: &[(&str, &str)] = &[
    ("$2x$", "bcrypt-2x"),
    ("$2", "bcrypt"),
    ("$argon2", "argon2"),
    ("$pbkdf2", "pbkdf2"),
    ("$scrypt$", "scrypt"),
    ("$bcrypt-sha256$", "bcrypt-sha256"),
    ("$1$", "md5-crypt"),
    ("$apr1$", "apr1-md5"),
    ("$5$", "sha256-crypt"),
    ("$6$", "sha512-crypt"),
    ("$7$", "scrypt-crypt"),
    ("$y$", "yescrypt"),
    ("$gy$", "gost-yescrypt"),
    ("$md5", "sun-md5"),
    ("$sha1$", "sha1-crypt"),
    ("$p$", "phpass"),
    ("$h$", "phpass"),
    ("$s$", "drupal-sha512"),
    ("{bcrypt", "{bcrypt}"),
    ("{blf-crypt}", "{BLF-CRYPT}"),
    ("{crypt}", "{CRYPT}"),
    ("{argon2", "{ARGON2}"),
    ("{pbkdf2", "{PBKDF2}"),
    ("{scrypt", "{scrypt}"),
    ("{ssha", "{SSHA}"),
    ("{sha", "{SHA}"),
    ("{smd5}", "{SMD5}"),
    ("{md5}", "{MD5}"),
    ("{md4}", "{MD4}"),
    ("{ldap}", "{ldap}"),
    ("{noop}", "{noop}"),
    ("{cleartext}", "{CLEARTEXT}"),
    ("{plain}", "{PLAIN}"),
    ("pbkdf2_", "django-pbkdf2"),
    ("argon2$", "django-argon2"),
    ("bcrypt", "django-bcrypt"),
    ("scrypt$", "django-scrypt"),
    ("scrypt:", "werkzeug-scrypt"),
    ("pbkdf2:", "werkzeug-pbkdf2"),
    ("md5$", "django-md5"),
    ("sha1$", "django-sha1"),
];

impl Unreadable {
    /// What a text seems to be.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
        let known = SCHEMES.iter().find(|(prefix, _)| begins(prefix)).map(|(_, scheme)| *scheme);
        Unreadable { scheme: known.unwrap_or("unknown") }
    }
}

/// True for what systems keep where a user has no password: nothing, or a mark that no hash begins with.
pub fn means_no_password(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.starts_with(['!', '*'])
}

/// The parts of a hash. None if the scheme is not known or the hash is not whole; what it costs is not looked at.
pub(super) fn parse(text: &str) -> Option<Hashed> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    if let Some(labelled) = text.strip_prefix('{') {
        let (label, rest) = labelled.split_once('}')?;
        return directory(&label.to_ascii_lowercase(), rest);
    }
    if text.starts_with('$') {
        return modular(text);
    }
    match text.split_once('$') {
        Some((name, rest)) => framework(name, rest),
        None => identity(&decoded(text)?),
    }
}

/// `{SSHA}…` and the like, as directories keep them, and `{bcrypt}$2a$…`, as delegating encoders do.
fn directory(label: &str, rest: &str) -> Option<Hashed> {
    // What follows `@` is the version of an encoder; of all but one its texts say all that counts.
    match label.split('@').next()? {
        "pbkdf2" if !rest.contains('$') => encoder_pbkdf2(label, rest),
        "scrypt" => encoder_scrypt(rest),
        "bcrypt" | "blf-crypt" | "crypt" | "argon2" | "argon2i" | "argon2id" => modular(rest),
        "pbkdf2" | "pbkdf2-sha1" => pbkdf2(Digest::Sha1, rest.split('$')),
        "pbkdf2-sha256" => pbkdf2(Digest::Sha256, rest.split('$')),
        "pbkdf2-sha512" => pbkdf2(Digest::Sha512, rest.split('$')),
        "ssha" => salted(Digest::Sha1, rest),
        "ssha256" => salted(Digest::Sha256, rest),
        "ssha512" => salted(Digest::Sha512, rest),
        _ => None,
    }
}

/// The hexadecimal text of a salt and a hash, as Spring Security's encoder of this label makes them; it says nothing of
/// digest, rounds and length.
fn encoder_pbkdf2(label: &str, rest: &str) -> Option<Hashed> {
    let (digest, rounds, salt_length) = match label {
        "pbkdf2" => (Digest::Sha1, 185_000, 8),
        "pbkdf2@springsecurity_v5_8" => (Digest::Sha256, 310_000, 16),
        _ => return None,
    };
    let bytes = hex::decode(rest).ok()?;
    let (salt, hash) = bytes.split_at_checked(salt_length)?;
    (hash.len() == 32).then(|| Hashed::Pbkdf2 { digest, rounds, salt: salt.to_vec(), hash: hash.to_vec() })
}

/// `$e0801$salt$hash`, where the first is one number of log2 of N, of r and of p, as Spring Security's encoder makes it.
fn encoder_scrypt(rest: &str) -> Option<Hashed> {
    let mut fields = rest.strip_prefix('$')?.split('$');
    let numbers = u32::from_str_radix(fields.next()?, 16).ok()?;
    let (salt, hash) = (decoded(fields.next()?)?, decoded(fields.next()?)?);
    let whole = fields.next().is_none() && hash.len() >= FEWEST;
    let (log_n, r, p) = (numbers >> 16, numbers >> 8 & 0xff, numbers & 0xff);
    whole.then_some(Hashed::Scrypt { log_n, r, p, salt, hash })
}

/// PHC strings, and the crypt forms that are older than those.
fn modular(text: &str) -> Option<Hashed> {
    if text.starts_with("$2") {
        return bcrypt(text, Prehash::None);
    }
    let (name, rest) = text.strip_prefix('$')?.split_once('$')?;
    match name {
        "argon2id" | "argon2i" | "argon2d" => argon(name, rest).map(Hashed::Argon),
        "pbkdf2" | "pbkdf2-sha1" => pbkdf2(Digest::Sha1, rest.split('$')),
        "pbkdf2-sha256" => pbkdf2(Digest::Sha256, rest.split('$')),
        "pbkdf2-sha512" => pbkdf2(Digest::Sha512, rest.split('$')),
        "scrypt" => scrypt_phc(rest),
        "bcrypt-sha256" => bcrypt_sha256(rest),
        _ => None,
    }
}

/// `pbkdf2_sha256$…`, as a web framework keeps them: the salt is a text, the numbers stand between `$`.
fn framework(name: &str, rest: &str) -> Option<Hashed> {
    match name {
        "pbkdf2_sha256" => pbkdf2_of_text(Digest::Sha256, rest),
        "pbkdf2_sha1" => pbkdf2_of_text(Digest::Sha1, rest),
        // The text goes on with a `$` that this split has taken.
        "argon2" => modular(&format!("${rest}")),
        "bcrypt" => bcrypt(rest, Prehash::None),
        "bcrypt_sha256" => bcrypt(rest, Prehash::Hex),
        "scrypt" => scrypt_of_text(rest),
        _ => None,
    }
}

/// The two binary forms of ASP.NET Core Identity: a version, the parameters, the salt, the hash.
fn identity(bytes: &[u8]) -> Option<Hashed> {
    let (version, rest) = bytes.split_first()?;
    match version {
        0 => {
            let (salt, hash) = rest.split_at_checked(16)?;
            (hash.len() == 32).then(|| Hashed::Pbkdf2 {
                digest: Digest::Sha1,
                rounds: 1000,
                salt: salt.to_vec(),
                hash: hash.to_vec(),
            })
        }
        1 => {
            let (digest, rest) = number(rest)?;
            let (rounds, rest) = number(rest)?;
            let (salt_length, rest) = number(rest)?;
            let (salt, hash) = rest.split_at_checked(usize::try_from(salt_length).ok()?)?;
            let digest = match digest {
                0 => Digest::Sha1,
                1 => Digest::Sha256,
                2 => Digest::Sha512,
                _ => return None,
            };
            let whole = salt.len() >= 8 && hash.len() >= FEWEST && rounds > 0;
            whole.then(|| Hashed::Pbkdf2 { digest, rounds, salt: salt.to_vec(), hash: hash.to_vec() })
        }
        _ => None,
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), rest))
}

fn bcrypt(text: &str, prehash: Prehash) -> Option<Hashed> {
    // `$2x$` are hashes of an implementation that read some letters wrongly; another password may fit them.
    if text.starts_with("$2x$") {
        return None;
    }
    text.parse::<bcrypt::HashParts>().ok()?;
    let cost = text.split('$').nth(2)?.parse().ok()?;
    Some(Hashed::Bcrypt { text: text.to_owned(), cost, prehash })
}

/// `v=2,t=2b,r=12$salt$hash`, and the older `2b,12$salt$hash`.
fn bcrypt_sha256(rest: &str) -> Option<Hashed> {
    let mut fields = rest.split('$');
    let (parameters, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
    let (kind, cost, is_keyed) = match parameters.strip_prefix("v=2,t=") {
        Some(parameters) => parameters.split_once(",r=").map(|(kind, cost)| (kind, cost, true))?,
        None => parameters.split_once(',').map(|(kind, cost)| (kind, cost, false))?,
    };
    let cost = cost.parse::<u32>().ok()?;
    let prehash = if is_keyed { Prehash::Keyed(salt.to_owned()) } else { Prehash::Base64 };
    bcrypt(&format!("${kind}${cost:02}${salt}{hash}"), prehash)
}

/// `v=19$m=…,t=…,p=…$salt$hash`; without a version it is the older one.
fn argon(name: &str, rest: &str) -> Option<ArgonHash> {
    let (version, rest) = match rest.strip_prefix("v=") {
        Some(rest) => rest.split_once('$')?,
        None => ("16", rest),
    };
    let mut fields = rest.split('$');
    let (params, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
    let (salt, hash) = (decoded(salt)?, decoded(hash)?);
    let whole = fields.next().is_none() && salt.len() >= argon2::MIN_SALT_LEN && hash.len() >= FEWEST;
    whole.then_some(())?;
    Some(ArgonHash {
        algorithm: Algorithm::new(name).ok()?,
        version: Version::try_from(version.parse::<u32>().ok()?).ok()?,
        params: Params::try_from(&params.parse::<ParamsString>().ok()?).ok()?,
        salt,
        hash,
    })
}

/// `rounds$salt$hash` or `i=rounds,l=32$salt$hash`.
fn pbkdf2<'a>(digest: Digest, mut fields: impl Iterator<Item = &'a str>) -> Option<Hashed> {
    let (parameters, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
    let rounds = match parameters.parse::<ParamsString>() {
        Ok(parameters) if parameters.get_decimal("i").is_some() => parameters.get_decimal("i")?,
        _ => count(parameters)?,
    };
    let (salt, hash) = (decoded(salt)?, decoded(hash)?);
    let whole = fields.next().is_none() && rounds > 0 && hash.len() >= FEWEST;
    whole.then_some(Hashed::Pbkdf2 { digest, rounds, salt, hash })
}

/// `rounds$salt$hash`, where the salt is no Base64.
fn pbkdf2_of_text(digest: Digest, rest: &str) -> Option<Hashed> {
    let mut fields = rest.split('$');
    let (rounds, salt, hash) = (count(fields.next()?)?, fields.next()?, decoded(fields.next()?)?);
    let whole = fields.next().is_none() && rounds > 0 && hash.len() >= FEWEST;
    whole.then(|| Hashed::Pbkdf2 { digest, rounds, salt: salt.as_bytes().to_vec(), hash })
}

/// `ln=…,r=…,p=…$salt$hash`.
fn scrypt_phc(rest: &str) -> Option<Hashed> {
    let mut fields = rest.split('$');
    let parameters = fields.next()?.parse::<ParamsString>().ok()?;
    let (salt, hash) = (decoded(fields.next()?)?, decoded(fields.next()?)?);
    let whole = fields.next().is_none() && hash.len() >= FEWEST;
    let number = |name: &'static str| parameters.get_decimal(name);
    whole.then_some(Hashed::Scrypt { log_n: number("ln")?, r: number("r")?, p: number("p")?, salt, hash })
}

/// `n$salt$r$p$hash`, where the salt is no Base64.
fn scrypt_of_text(rest: &str) -> Option<Hashed> {
    let mut fields = rest.split('$');
    let n = count(fields.next()?)?;
    let salt = fields.next()?.as_bytes().to_vec();
    let (r, p, hash) = (count(fields.next()?)?, count(fields.next()?)?, decoded(fields.next()?)?);
    let whole = fields.next().is_none() && n.is_power_of_two() && hash.len() >= FEWEST;
    whole.then_some(Hashed::Scrypt { log_n: n.ilog2(), r, p, salt, hash })
}

/// Base64 of a hash with its salt behind it.
fn salted(digest: Digest, rest: &str) -> Option<Hashed> {
    let bytes = decoded(rest)?;
    let (hash, salt) = bytes.split_at_checked(digest.length())?;
    (!salt.is_empty()).then(|| Hashed::Salted { digest, salt: salt.to_vec(), hash: hash.to_vec() })
}

/// Digits and nothing else.
fn count(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Base64, also where `.` stands for `+`.
fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.replace('.', "+")).ok()
}
