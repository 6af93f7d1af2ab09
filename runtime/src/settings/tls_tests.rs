//! TLS in the settings: which files are good, and where an API may be served without it.

use std::path::Path;

use super::tests::{Case, dev, good};

/// A certificate with its key, in PEM.
fn certificate(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn authority() -> String {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem()
}

/// Good settings with TLS; `more` comes after them, with `DIR` for the folder.
fn with_tls(case: Case, more: &str) -> Case {
    let (certificate, key) = certificate("adapter.bank.example");
    let certificate = case.write("server.pem", &certificate, 0o644);
    let key = case.write("server.key", &key, 0o600);
    case.write("clients.pem", &authority(), 0o644);
    let folder = certificate.parent().map(Path::to_owned).unwrap();
    let more = more.replace("DIR", &folder.display().to_string());
    case.file(&format!("tls.certificate: {}\ntls.key: file:{}\n{more}", certificate.display(), key.display()))
}

const CLIENTS: &str = "tls.client_ca: DIR/clients.pem\n";
const PUBLIC: &str = "listen: 0.0.0.0:8443\n";

#[test]
fn an_api_is_public_by_tls_to_callers_with_certificates_or_by_name_to_everybody() {
    let named = format!("{PUBLIC}{CLIENTS}callers.auth.certificate: [dns:auth.bank.example, cn:auth]");
    let loaded = with_tls(good(), &named).load();
    assert!(loaded.tls.is_some() && loaded.opt_outs.len() == 1);
    assert_eq!(loaded.options.callers[0].certificates.len(), 2);
    let everybody = with_tls(good(), &format!("{PUBLIC}public_api: true")).load();
    assert_eq!(everybody.opt_outs.len(), 2, "anybody may call");
    with_tls(good(), PUBLIC).check_mistake("listen", "`public_api: true`");
    let proxied = good().file(&format!("{PUBLIC}public_api: true\nproxies: [10.0.0.5]"));
    assert_eq!(proxied.load().opt_outs.len(), 2, "TLS ends at the proxy");
    good().file(&format!("{PUBLIC}public_api: true")).check_mistake("listen", "`tls.certificate`");
}

#[test]
fn health_and_metrics_are_public_by_tls_or_by_name() {
    good().file("ops.listen: 0.0.0.0:8081").check_mistake("ops.listen", "`ops.tls: true`");
    assert_eq!(good().file("ops: { listen: 0.0.0.0:8081, private_network: true }").load().opt_outs.len(), 2);
    assert!(with_tls(good(), "ops: { listen: 0.0.0.0:8081, tls: true }").load().options.ops_tls);
    good().file("ops.tls: true").check_mistake("ops.tls", "name the certificate");
}

#[test]
fn what_says_something_beside_tls_alone_is_refused_without_it() {
    for (path, text) in [
        ("tls.key", "file:/key"),
        ("tls.client_ca", "/ca"),
        ("tls.client_crl", "/crl"),
        ("tls.client_certificate", "optional"),
        ("http2", "true"),
    ] {
        good().file(&format!("{path}: {text}")).check_mistake(path, "`tls.certificate: PATH`");
    }
    good().file("{ http2: false, ops.tls: false }").load();
    with_tls(good(), "tls.client_crl: DIR/clients.pem").check_mistake("tls.client_crl", "`tls.client_ca: PATH`");
    good().file("tls.certificate: /c").check_mistake("tls.key", "it is missing");
    with_tls(good(), "tls.client_certificate: maybe").errors();
}

#[test]
fn certificates_of_callers_are_asked_for_where_a_caller_has_one_and_the_other_way_round() {
    good().file("callers.auth.certificate: cn:auth").check_mistake("callers.auth.certificate", "`tls.client_ca: PATH`");
    with_tls(good(), CLIENTS).check_mistake("tls.client_ca", "`callers.<name>.certificate");
    let named = |names: &str| with_tls(good(), &format!("{CLIENTS}callers.auth.certificate: {names}"));
    named("auth").check_mistake("callers.auth.certificate", "`cn:`, `dns:`");
    named("[]").check_mistake("callers.auth.certificate", "no certificate");
    named("any\ncallers.shop.endpoints: [x]").check_mistake("callers.shop.certificate", "it is missing");
    named("any\ncallers.shop.certificate: any").check_mistake("callers.shop.certificate", "`auth` has the same");
    named("any\ncallers.shop.certificate: cn:shop").load();
    named("any\ncallers.auth.token: env:X").check_mistake("callers.auth.token", "there is no such setting");
}

#[test]
fn files_that_cannot_be_used_are_reported_with_their_setting() {
    let (other, other_key) = certificate("other");
    let case = |certificate: Option<&str>, key: Option<(&str, u32)>| {
        let case = with_tls(dev(), "");
        certificate.inspect(|text| drop(case.write("server.pem", text, 0o644)));
        key.inspect(|(text, mode)| drop(case.write("server.key", text, *mode)));
        case
    };
    case(Some(&other), None).check_mistake("tls.key", "not the key of the first certificate");
    case(Some("nothing"), None).check_mistake("tls.certificate", "there is no certificate in it");
    case(Some(&other_key), None).check_mistake("tls.certificate", "there is no certificate in it");
    case(None, Some(("nothing", 0o600))).check_mistake("tls.key", "there is no private key in it");
    case(Some(&other), Some((&other_key, 0o644))).check_mistake("tls.key", "mode 644");
    case(Some(&other), Some((&other_key, 0o600))).load();
    let mut params = rcgen::CertificateParams::new([String::from("old")]).unwrap();
    (params.not_before, params.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
    let key = rcgen::KeyPair::generate().unwrap();
    let old = params.self_signed(&key).unwrap().pem();
    case(Some(&old), Some((&key.serialize_pem(), 0o600))).check_mistake("tls.certificate", "was good until 2021-01-01");
    let missing = case(None, None);
    std::fs::remove_file(missing.path("server.pem")).unwrap();
    missing.check_mistake("tls.certificate", "cannot read `");
    with_tls(dev(), "tls.client_ca: DIR/server.key\ncallers.a.certificate: any")
        .check_mistake("tls.client_ca", "there is no certificate in it");
    with_tls(dev(), "tls.client_ca: DIR/server.pem\ncallers.a.certificate: any")
        .check_mistake("tls.client_ca", "no authority's");
    with_tls(dev(), "tls.client_ca: DIR/clients.pem\ntls.client_crl: DIR/clients.pem\ncallers.a.certificate: any")
        .check_mistake("tls.client_crl", "no list of revoked certificates");
}

#[test]
fn a_mistake_holds_nothing_of_the_key() {
    let case = with_tls(dev(), "");
    case.write("server.key", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGtleQ==\n-----END PRIVATE KEY-----\n", 0o600);
    let errors = case.errors().concat();
    assert!(errors.contains("tls.key") && !errors.contains("c2Vj") && !errors.contains("secret key"), "{errors}");
}

#[test]
fn a_certificate_that_is_for_clients_alone_serves_nobody() {
    let certificate = |uses: &[rcgen::ExtendedKeyUsagePurpose]| {
        let mut params = rcgen::CertificateParams::new(["adapter.bank.example".to_owned()]).unwrap();
        params.extended_key_usages = uses.to_vec();
        let key = rcgen::KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    };
    let with = |uses: &[rcgen::ExtendedKeyUsagePurpose]| {
        let (certificate, key) = certificate(uses);
        let case = dev();
        let certificate = case.write("own.pem", &certificate, 0o644);
        let key = case.write("own.key", &key, 0o600);
        case.file(&format!("tls.certificate: {}\ntls.key: file:{}\n", certificate.display(), key.display()))
    };
    use rcgen::ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    with(&[ClientAuth]).check_mistake("tls.certificate", "`serverAuth`");
    for good in [&[ServerAuth][..], &[ClientAuth, ServerAuth], &[Any]] {
        assert!(with(good).load().tls.is_some(), "{good:?}");
    }
}
