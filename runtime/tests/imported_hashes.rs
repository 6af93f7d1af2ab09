//! Hashes that were made by other systems, each by the real thing: they are compared, or told to whoever runs the
//! adapter, and nobody is locked out for a hash that cannot be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::crypto::Keyring;
use countersign_runtime::crypto::imported::Unreadable;
use countersign_runtime::crypto::password::{NotCompared, PasswordChecker};
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, AuditOutcome, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{Secret, User, VerifyPassword};
use zeroize::Zeroizing;

/// What all hashes were made of but those that say otherwise.
const PASSWORD: &str = "s3cret Ž";

async fn compared(password: &str, hash: &str) -> Result<bool, NotCompared> {
    let password = Zeroizing::new(password.to_owned());
    PasswordChecker::default().is_right(password, Some(hash.to_owned()), Arc::new(Keyring::demo())).await
}

async fn check(hashes: &[&str], password: &str) {
    for hash in hashes {
        assert_eq!(compared(password, hash).await, Ok(true), "{hash}");
        for wrong in ["", "s3cret ž", "s3cret Ž ", "My password"] {
            assert_eq!(compared(wrong, hash).await, Ok(false), "{hash}: {wrong:?}");
        }
    }
}

/// Made by the reference program (the first) and by argon2-cffi 25.1: `hash_secret(…, version=16)`.
#[tokio::test]
async fn argon2_without_a_version_is_the_older_one() {
    let password = "password";
    let old = "$argon2i$m=4096,t=3,p=1$tbagT6b1YH33niCo9lVzuA$htv/k+OqWk1V9zD9k5DOBi2kcfcZ6Xu3tWmwEPV3/nc";
    let versioned = "$argon2i$v=16$m=4096,t=3,p=1$tbagT6b1YH33niCo9lVzuA$htv/k+OqWk1V9zD9k5DOBi2kcfcZ6Xu3tWmwEPV3/nc";
    let another = "$argon2i$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0MTIzNA$ySylKBcgaNQY+qspTahqn3HoNFgciWWwpwASYK0/HZc";
    check(&[old, versioned, another], password).await;
    check(
        &[
            "$argon2i$v=16$m=64,t=2,p=1$c2FsdHNhbHQ$Z1IP4hOlOkgpv1hKfYf5NY1yvs8",
            "$argon2i$m=64,t=2,p=1$c2FsdHNhbHQ$Z1IP4hOlOkgpv1hKfYf5NY1yvs8",
            "$argon2d$m=64,t=2,p=1$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc$+7UHdCAiNCCQeuefoGHW83wO/Oq5VoMi5/T2A3cm71Y",
            "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$4V4KcrMIqhLWy7FNYYdyyn+gkko",
        ],
        PASSWORD,
    )
    .await;
    // With the other version it is another hash.
    let other = old.replace("$m=", "$v=19$m=");
    assert_eq!(compared(password, &other).await, Ok(false));
}

/// Made by passlib 1.7.4: `pbkdf2_sha256`, `pbkdf2_sha512` (salt of 3 bytes), `pbkdf2_sha1` (of 70), `scrypt` (of 16
/// and 60), `argon2` (of 16 and 64), `bcrypt` (2y, 2a), `bcrypt_sha256` (versions 2 and 1).
#[tokio::test]
async fn hashes_of_passlib() {
    check(
        &[
            "$pbkdf2-sha256$1000$kJJyrnVOKQXgPAfAuNdaiw$ScYfbMNXw89si7q9vnbCrzhNish2rmHd8RH9HBFXUXo",
            "$pbkdf2-sha512$1000$RQgB$ZwMMuKAf9ZF.Wb3blBDsw2mkqtFYLSRVW9utMfcgaFIC97f0qi93xL4B8l4iu/VZzX1oJUY1MxhYKsq1y.9Tdg",
            "$pbkdf2$1000$cI4xJuTcm9N6bw0BoNRaS0mpNYawNkaIkdJaa40xJmQsJaTU2rtXam0t5XyvlTImhHCuFWJszbk3BqA0xrg3BsC4tzYGIA$i0ZksoVeYAqCFTEY021n6vmGUlg",
            "$scrypt$ln=4,r=8,p=1$vveeE8IY45yT8j5HSMn5Pw$KqRenqMszTlF7YbUmmbO795oR5M2rqTgj6bkf4eEnoc",
            "$scrypt$ln=4,r=8,p=1$nnNOqTXGWGvN2Rtj7D0nJKR0TmmtVYpxrhXinJMS4rwXQihlzJnzPocQAkBobe1dC8G4916L0Vqrdc75$iZnZztTVKgSig+isT4uj+HHW5lIpLxGQoGqXt0IOrf4",
            "$argon2id$v=19$m=64,t=2,p=1$ROg9x9i711oLodT6/x/D+A$yu+svlFSDyM1s+U4Tr70t960nFFdm61cRjYEoanwIBo",
            "$argon2id$v=19$m=64,t=2,p=2$sdYa4/zfuxfivBeCEMJ4D2Hs3fsf49wbg1BqLSWkdE7p3bv3HgMgJMSYc46xttb637u3thZibG0txbhXqtVa6w$cfpsaGPLyJE+RsOkMK2CAHH+JVGOO0aEzvUNyEqoScg",
            "$2y$04$7KMGNuZ4K4btQJFGwubUDuFajcl7iK13k53ufaAB7yQ.4GTQrkkoK",
            "$2a$04$I1IsI3U0ardTvUCShAqeNeVcPfg9TVjexwSd1BcprCtpEV460WzTK",
            "$bcrypt-sha256$v=2,t=2b,r=5$85anqlQAX3asuNoFlAd5nO$sCBdDxmNmZUiVzUbsVFH6SZaqk241v6",
            "$bcrypt-sha256$2b,5$duRB55MJ9jB1IBzCVQ/2Su$I1YJmo1JCBGXKJo5yqiAcDeVHHzUmIu",
        ],
        PASSWORD,
    )
    .await;
}

/// Made by Django 5.2: the hashers for PBKDF2 (SHA-256, SHA-1), Argon2, bcrypt with and without SHA-256, scrypt.
#[tokio::test]
async fn hashes_of_django() {
    check(
        &[
            "pbkdf2_sha256$1000$saltsaltsalt$rxW5PZ5Hm+PJ6UuEfoUKxNuxXwxsCB/3bqkcwMCXm2c=",
            "pbkdf2_sha1$1000$na$hxOGY35G9T4Clvc4CpICAjraVNE=",
            "argon2$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0$BNQZDNYKhtMq/yGLFFuVJW1rBzjOlMccW26XaatfRiE",
            "bcrypt_sha256$$2b$04$yOHgDKo66sblOnqVHew2f.ckrWxC8.wELKT/jw8GWrt.p2wPID3Rq",
            "bcrypt$$2b$04$at7PKq1ruUCKfHmT9OnfeuyrlEJbsIa4v4cp1zpq8jLUXEFkvJFXC",
            "scrypt$16$seasalt$8$1$XqiupoicwbagXbJ5Yy4D0qpY+skqXMMoKrj0jsbjYjzoSbk7GTl+66Nc49EmJ/fzMPRXrU+tU4Et0rhDn7a+hQ==",
        ],
        PASSWORD,
    )
    .await;
}

/// Made by passlib 1.7.4: `ldap_pbkdf2_*`, `ldap_salted_*` (salts of 4, 16 and 8 bytes) and `ldap_bcrypt`. The labels of
/// the last three are what delegating encoders and mail servers write in front of the same text.
#[tokio::test]
async fn hashes_of_directories() {
    check(
        &[
            "{PBKDF2}1000$v5cyhpBSSqmV0ppzbu3dOw$y3D6/e6IOKkzzgcgDn74vZBEA/8",
            "{PBKDF2-SHA256}1000$rhUCIAQAoHROCQEAQKh1Dg$1oZc13OwaSY7g2TqJJwWjaTbF0tQxMpWzKdxFfz9l30",
            "{PBKDF2-SHA512}1000$p5RyDkGI0ZrzXkvpHeP83w$mOY3QjYQYX6B7IfsnLb9.xd1YsGVWn89FeyneGL5fjkmCVBiocVQjKzOo.0J/IwBrd1PK3KB3m9ib5iELTj6cw",
            "{SSHA}AmE1VZKx40W8u8L+KOKA+mg1J96oFeLc",
            "{ssha}i6rHAyhb0VYqftImnE0mnSK6e+IWQqh1rhVirFVKSend29vb",
            "{SSHA256}4Lx1VOoNuA7sngN8IzzUOx5wdBir61nk+Rzan8NxvDTBOAeAcI7xvg==",
            "{SSHA512}CyfxqHhiQMR0J/7kGxTqjnOY/rzLa3bPRqU0TTSLS7pjYEKtXjMSuAQbmNeVpIgW7eow4HL23mUUJwlU6VcqJVDqfa8VQsh5",
            "{CRYPT}$2b$04$P2J3jHlTsNqntnXBRnew3evV3/Cmx.7jayfZ4raM7XBLbHHVDduOC",
            "{bcrypt}$2y$04$7KMGNuZ4K4btQJFGwubUDuFajcl7iK13k53ufaAB7yQ.4GTQrkkoK",
            "{BLF-CRYPT}$2a$04$I1IsI3U0ardTvUCShAqeNeVcPfg9TVjexwSd1BcprCtpEV460WzTK",
            "{argon2@v5_8}$argon2id$v=19$m=64,t=2,p=1$ROg9x9i711oLodT6/x/D+A$yu+svlFSDyM1s+U4Tr70t960nFFdm61cRjYEoanwIBo",
        ],
        PASSWORD,
    )
    .await;
}

/// Those that Spring Security's manual shows for its encoder of several schemes; and the parameters of its encoder since
/// 5.8, with Python's `hashlib` in place of the encoder.
#[tokio::test]
async fn hashes_of_spring_security() {
    for (hash, right) in [
        ("{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG", "password"),
        ("{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc", "password"),
        (
            "{scrypt}$e0801$8bWJaSu2IKSn9Z9kM+TPXfOc/9bdYSrN1oD9qfVThWEwdRTnO7re7Ei+fUZRJ68k9lTyuTeUp4of4g24hHnazw==$OAOec05+bXxvuu/1qZ6NUR+xQYvYv7BeL1QxwRpY5Pc=",
            "password",
        ),
        (
            "{pbkdf2@SpringSecurity_v5_8}000102030405060708090a0b0c0d0e0fc278fe895801c398e34d9c76313789673241f47a3864079dacccaecb65b80e32",
            PASSWORD,
        ),
    ] {
        assert_eq!(compared(right, hash).await, Ok(true), "{hash}");
    }
    let scrypt = "{scrypt}$40801$AAECAwQFBgcICQoLDA0ODw==$qvQMre9bUqJ9jwXKhXx/Q8b4DPQpUPZ65QgzyJq7DPI=";
    assert_eq!(compared("password", scrypt).await, Ok(false), "another number is another hash");
}

/// Those that the tests of ASP.NET Core itself expect of `my password`: version 2, and version 3 with its three hash
/// functions.
#[tokio::test]
async fn hashes_of_asp_net_core_identity() {
    check(
        &[
            "ANXrDknc7fGPpigibZXXZFMX4aoqz44JveK6jQuwY3eH/UyPhvr5xTPeGYEckLxz9A==",
            "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==",
            "AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw",
            "AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M",
        ],
        "my password",
    )
    .await;
}

/// A longer password than bcrypt reads is compared whole where its SHA-256 is what bcrypt gets. Made by Django 5.2 as
/// `BCryptSHA256PasswordHasher` makes it, of 80 letters.
#[tokio::test]
async fn what_is_hashed_before_bcrypt_may_be_long() {
    let hash = "bcrypt_sha256$$2b$04$TFlCA3oKrWJl5ZmTRbqQtOXzezmuCAh77zMaQYKQJYYRKGGItssLK";
    assert_eq!(compared(&"x".repeat(80), hash).await, Ok(true));
    assert_eq!(compared(&"x".repeat(72), hash).await, Ok(false));
}

/// Schemes that are not compared, each with the name that is told. Made by passlib (`sha512_crypt`, `md5_crypt`,
/// `phpass`, `ldap_md5`, `ldap_sha1`) and Django (`MD5PasswordHasher`), or cut off and changed by hand.
const UNREADABLE: &[(&str, &str)] = &[
    ("$2x$04$7KMGNuZ4K4btQJFGwubUDuFajcl7iK13k53ufaAB7yQ.4GTQrkkoK", "bcrypt-2x"),
    ("{bcrypt}$2x$04$7KMGNuZ4K4btQJFGwubUDuFajcl7iK13k53ufaAB7yQ.4GTQrkkoK", "{bcrypt}"),
    (
        "$6$rounds=1000$ctdh9rsTBc.FIdEM$l8uXLYGnRIJXHG31Vzz5WJVv8YF2Rn3J.Fyf/SJj5eVslu6C.LrQSnhf/L05nmfnUtB.mXLsGAbw/rX.bDbaq.",
        "sha512-crypt",
    ),
    ("$1$eYsiOHFr$Nic1P4uI2dsiFoFbLQNkW1", "md5-crypt"),
    ("$P$HTXiRJ31WhCt/NznEW6E4KejjUI/fb1", "phpass"),
    ("{MD5}eGZroEw7oqmKJSsnZJZifA==", "{MD5}"),
    ("{SHA}8f4FJW1BF9BIJ4Y+jZdNTl16WtQ=", "{SHA}"),
    ("{noop}s3cret Ž", "{noop}"),
    ("{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8", "{PBKDF2}"),
    ("{pbkdf2@own}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc", "{PBKDF2}"),
    ("{scrypt}$ff0801$AAECAwQFBgcICQoLDA0ODw==$qvQMre9bUqJ9jwXKhXx/Q8b4DPQpUPZ65QgzyJq7DPI=", "{scrypt}"),
    ("{scrypt}$e0801$AAECAwQFBgcICQoLDA0ODw==", "{scrypt}"),
    ("md5$salt$872da49fcf427a283ff0e7bdcda16ca9", "django-md5"),
    ("$2b$04$P2J3jHlTsNqntnXBRnew3evV3", "bcrypt"),
    ("$2b$31$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW", "bcrypt"),
    ("$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo", "argon2"),
    ("pbkdf2_sha256$0$saltsaltsalt$rxW5PZ5Hm+PJ6UuEfoUKxNuxXxwsCB/3bqkcwMCXm2c=", "django-pbkdf2"),
    ("{SSHA}AmE1VZKx40W8u8L+KOKA+mg1J94=", "{SSHA}"),
    ("AQAAAAMAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw", "unknown"),
    ("s3cret Ž", "unknown"),
];

#[tokio::test]
async fn what_cannot_be_read_is_reported_by_its_scheme() {
    for (hash, scheme) in UNREADABLE {
        assert_eq!(compared(PASSWORD, hash).await, Err(NotCompared::Unreadable(Unreadable { scheme })), "{hash}");
    }
}

struct Case {
    desk: Desk,
    store: Arc<MemoryStore>,
}

fn case(hash: &str) -> Case {
    let user = User { id: "1".into(), password_hash: Some(hash.to_owned()), ..User::default() };
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::with([user])), |_| {}).unwrap();
    Case { desk, store }
}

impl Case {
    async fn verify(&self) -> Result<Option<&'static str>, &'static str> {
        let password = Some(Secret::from(PASSWORD));
        let input = VerifyPassword { user: Some("1".into()), password, ..VerifyPassword::default() };
        let verdict = self.desk.core().verify_password(input).await.map_err(|fault| fault.name)?;
        Ok(verdict.refusal.map(|fault| fault.name))
    }
}

#[tokio::test]
async fn nobody_is_locked_out_by_a_hash_that_cannot_be_read() {
    for (hash, scheme) in UNREADABLE.iter().take(6) {
        let case = case(hash);
        for _ in 0..7 {
            assert_eq!(case.verify().await, Err("hook.failed"), "{scheme}: the system failed, not the user");
        }
        let audit = case.store.audit_after(0, 100).await.unwrap();
        assert_eq!(audit.len(), 7, "{scheme}");
        for stored in audit {
            let record = stored.record;
            assert_eq!((record.event, record.outcome), (AuditEvent::PasswordFailed, AuditOutcome::Failure));
            assert_eq!(record.reason.as_deref(), Some("the hash cannot be read"));
            assert_eq!(record.detail, Some(serde_json::json!({ "scheme": scheme })));
            assert!(!serde_json::to_string(&record).unwrap().contains(&hash[8..]), "the hash is told to nobody");
        }
    }
}

#[tokio::test]
async fn who_has_no_password_types_a_wrong_one() {
    for none in ["", " ", "!", "!29GvMVNFEyXTSKeQtEcnzEXLjsPAxxO4pOkAUgfY", "*", "!!"] {
        assert_eq!(case(none).verify().await, Ok(Some("password.wrong")), "{none:?}");
    }
}
