//! Who is served: versions, certificates of callers by their names, what is no handshake.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::authority::{Authority, uri};
use crate::client::{Client, exchange};
use crate::edge_support::{Served, quick, serve_with};
use crate::settings;

struct Bank {
    authority: Authority,
    served: Served,
    _folder: tempfile::TempDir,
}

/// The API by TLS, with more settings.
async fn bank(asks: bool, more: &[(&str, &str)]) -> Bank {
    let (authority, folder) = (Authority::new("bank"), tempfile::tempdir().unwrap());
    let mut settings = settings(folder.path(), &authority.server(), asks.then_some(&authority));
    settings.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    let settings: Vec<_> = settings.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let served = serve_with(quick(), &settings).await;
    Bank { authority, served, _folder: folder }
}

impl Bank {
    async fn status(&self, client: &Client) -> Option<u16> {
        client.get(self.served.address(), "/api/status").await.ok().map(|(status, _)| status)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_answered_by_both_versions_one_after_the_other() {
    let bank = bank(false, &[]).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let client = Client::speaking(&bank.authority, None, &[version]);
        let mut stream = client.connect(bank.served.address()).await.unwrap();
        for _ in 0..3 {
            let (head, body) = exchange(&mut stream, "/api/status").await.unwrap();
            assert!(head.starts_with("http/1.1 200 ") && body == "\"up\"", "{head}{body}");
        }
    }
    let offering = Client::new(&bank.authority, None).offering(&["h2", "http/1.1"]);
    let stream = offering.connect(bank.served.address()).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()), "HTTP/2 is off unless it is set");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_a_certificate_with_a_callers_name_may_call_what_the_caller_may() {
    let bank = bank(true, &[("COUNTERSIGN_CALLERS__SHOP__ENDPOINTS", "status")]).await;
    let shop = Client::new(&bank.authority, Some(&bank.authority.client("shop")));
    assert_eq!(bank.status(&shop).await, Some(200));
    let language = shop.get(bank.served.address(), "/api/language").await.unwrap();
    assert_eq!((language.0, language.1.contains("ERROR")), (403, true), "in the API's envelope: {}", language.1);
    let other = Client::new(&bank.authority, Some(&bank.authority.client("bakery")));
    assert_eq!(bank.status(&other).await, Some(403), "a good certificate that is nobody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_certificate_there_is_no_request() {
    let bank = bank(true, &[]).await;
    let stranger = Authority::new("bank");
    let (good, strange) = (bank.authority.client("shop"), stranger.client("shop"));
    let expired = bank.authority.client_with("shop", |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let servers = bank.authority.client_with("shop", |params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    });
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let ask = async |identity| bank.status(&Client::speaking(&bank.authority, identity, &[version])).await;
        assert_eq!(ask(None).await, None, "no certificate");
        assert_eq!(ask(Some(&strange)).await, None, "of another authority of the same name");
        assert_eq!(ask(Some(&expired)).await, None, "an old one");
        assert_eq!(ask(Some(&servers)).await, None, "a server's");
        assert_eq!(ask(Some(&good)).await, Some(200));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_every_kind_are_known() {
    let authority = Authority::new("bank");
    let identity = authority.client_with("auth", |params| params.subject_alt_names.push(uri("spiffe://bank/auth")));
    let fingerprint = {
        use sha2::Digest;
        hex::encode_upper(sha2::Sha256::digest(&identity.der))
    };
    let names = ["cn:auth", "dns:AUTH.bank.example", "uri:spiffe://bank/auth", &format!("sha256:{fingerprint}"), "any"];
    let wrong = ["cn:AUTH", "dns:bank.example", "dns:auth", "uri:spiffe://bank/auth/", "email:auth.bank.example"];
    for (name, status) in names.map(|name| (name, 200)).into_iter().chain(wrong.map(|name| (name, 403))) {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path(), &authority.server(), Some(&authority));
        settings.push(("COUNTERSIGN_CALLERS__SHOP__CERTIFICATE".to_owned(), name.to_owned()));
        let settings: Vec<_> = settings.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let served = serve_with(quick(), &settings).await;
        let asked = Client::new(&authority, Some(&identity)).get(served.address(), "/api/status").await;
        assert_eq!(asked.unwrap().0, status, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_certificate_is_served_where_that_is_optional_and_nobody_is_known_on_it() {
    let bank = bank(true, &[("COUNTERSIGN_TLS__CLIENT_CERTIFICATE", "optional")]).await;
    assert_eq!(bank.status(&Client::new(&bank.authority, None)).await, Some(403));
    let shop = Client::new(&bank.authority, Some(&bank.authority.client("shop")));
    assert_eq!(bank.status(&shop).await, Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn revoked_certificates_are_no_longer_good() {
    let (authority, folder) = (Authority::new("bank"), tempfile::tempdir().unwrap());
    let (lost, kept) = (authority.client("shop"), authority.client("shop"));
    let list = crate::write(folder.path(), "revoked.pem", &authority.revoked(&[&lost])).display().to_string();
    let mut settings = settings(folder.path(), &authority.server(), Some(&authority));
    settings.push(("COUNTERSIGN_TLS__CLIENT_CRL".to_owned(), list));
    let settings: Vec<_> = settings.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let served = serve_with(quick(), &settings).await;
    let ask = async |identity| Client::new(&authority, Some(identity)).get(served.address(), "/api/status").await;
    assert!(ask(&lost).await.is_err());
    assert_eq!(ask(&kept).await.unwrap().0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_no_tls_or_nothing_is_closed() {
    let bank = bank(false, &[]).await;
    let mut plain = TcpStream::connect(bank.served.address()).await.unwrap();
    plain.write_all(b"GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut silent = TcpStream::connect(bank.served.address()).await.unwrap();
        silent.write_all(begun).await.unwrap();
        let began = Instant::now();
        let _ = tokio::time::timeout(Duration::from_secs(3), silent.read_to_end(&mut answer)).await.unwrap();
        assert!(began.elapsed() >= quick().head / 2, "it has the time of a head");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_awaited_no_longer_than_without_tls() {
    let bank = bank(false, &[]).await;
    let mut stream = Client::new(&bank.authority, None).connect(bank.served.address()).await.unwrap();
    stream.write_all(b"GET /api/status HTT").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok() && rest.is_empty(), "{rest:?}");
}
