//! Passwords as the vendor's front end encrypts them: made by its own class (`AesEncryptionPasswordProtection` of 1.9),
//! with both paddings and every length of key. More of them stand beside the cipher, in the runtime.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use example_test_support::Server;
use serde_json::json;
use support::{payment, post, start_with};

/// Key, and `s3cret` encrypted with it: padded by PKCS #7, by PKCS #5.
const VECTORS: &[(&str, &str, &str)] = &[
    (
        "MDEyMzQ1Njc4OWFiY2RlZg==",
        "jxuZryB3ZLG4QcfxWj3pjA==:M5UQKOt9vNTJPUNFxVFbgA==",
        "XVksOf7e8YcOVBPvLlAdpA==:e79z/pFaoNM2x84Pf8fxbg==",
    ),
    (
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
        "SEdm3ePOQOJQpvyJDYf0Lg==:IB6Vukr+ognGj5eBbOx+3g==",
        "fwCzRj/vnXYwrkZ8R2qWPw==:P7Z17kaPNTRvzcgtFrmyWQ==",
    ),
    (
        "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=",
        "MWsb4sL1KkcSKzupHP2Ztw==:RTBRzxEGXevBCkiY22XGIQ==",
        "8rjwMOd2uyMDBbl1e/39ew==:BJ1U8fyoNgLIwRCn7K1fWQ==",
    ),
];

fn answer(server: &Server, transformation: &str, password: &str) -> String {
    let request = json!({
        "userId": "12345678", "organizationId": "RETAIL", "password": password,
        "authenticationContext": {
            "passwordProtection": "PASSWORD_ENCRYPTION_AES", "cipherTransformation": transformation
        },
        "operationContext": payment("encrypted")
    });
    let answer = post(server, "/api/auth/user/authenticate", request);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.at("/responseObject/authenticationResult").as_str().unwrap().to_owned()
}

#[test]
fn what_the_front_end_encrypts_is_the_users_password() {
    for (key, pkcs7, pkcs5) in VECTORS {
        let environment =
            [("DEMO_PASSWORD_KEY", *key), ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:DEMO_PASSWORD_KEY")];
        let server = start_with(&environment);
        for (transformation, protected) in [("AES/CBC/PKCS7Padding", pkcs7), ("AES/CBC/PKCS5Padding", pkcs5)] {
            assert_eq!(answer(&server, transformation, protected), "SUCCEEDED", "{transformation}");
            let changed = if protected.starts_with('A') { 'B' } else { 'A' };
            let broken = format!("{changed}{}", &protected[1..]);
            assert_eq!(answer(&server, transformation, &broken), "FAILED", "{transformation}");
            assert_eq!(answer(&server, transformation, "s3cret"), "FAILED", "it says that it is encrypted");
        }
    }
}
