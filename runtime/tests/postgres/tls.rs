//! TLS to a server that shows a certificate of an authority of the tests' own.

use std::path::Path;

use countersign_runtime::store::postgres::{PostgresAddress, PostgresStore, migrate};
use countersign_runtime::store::{Kind, RecordKey, Store, StoreError};

use crate::pg_server::{ADMIN, Server};

/// The name that the certificate is for.
const NAME: &str = "db.example.org";

/// Makes two authorities, and a certificate by the first of them; only who uses TLS is let in over TCP.
const MAKE: &str = r#"
    new='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
    openssl req -x509 $new -keyout ca.key -out ca.pem -subj /CN=right -days 2
    openssl req -x509 $new -keyout other.key -out other.pem -subj /CN=other -days 2
    openssl req $new -keyout server.key -out server.csr -subj /CN=server
    echo 'subjectAltName=DNS:db.example.org' > names
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names
    echo > empty.pem
    echo 'hostssl all all 127.0.0.0/8 trust' >> data/pg_hba.conf
"#;

/// The loopback network is large; this address is nobody's but this test's.
fn place() -> String {
    let id = std::process::id();
    format!("127.{}.{}.{}", 1 + id % 200, 1 + id / 200 % 200, 1 + id / 40_000 % 200)
}

fn settings(folder: &Path, ssl: &str) -> Vec<String> {
    let file = |name: &str| folder.join(name).display().to_string();
    vec![
        format!("listen_addresses={}", place()),
        format!("ssl={ssl}"),
        format!("ssl_cert_file={}", file("server.pem")),
        format!("ssl_key_file={}", file("server.key")),
    ]
}

fn run(server: &mut Server, ssl: &str) {
    let settings = settings(server.folder(), ssl);
    server.run(&settings.iter().map(String::as_str).collect::<Vec<_>>());
}

fn address(server: &Server, database: &str, name: &str, authority: &str) -> PostgresAddress {
    let authority = server.folder().join(authority);
    let tls = format!("sslmode=verify-full&sslrootcert={}", authority.display());
    format!("postgres://{ADMIN}@{name}/{database}?hostaddr={}&{tls}", place()).parse().unwrap()
}

fn refusal(server: &Server, database: &str, name: &str, authority: &str) -> (bool, String) {
    match PostgresStore::open(&address(server, database, name, authority)) {
        Ok(_) => panic!("{name}, {authority}: it was opened"),
        Err(error) => (matches!(error, StoreError::Unusable(_)), error.to_string()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_believed_by_its_certificate_and_its_name_alone() {
    let mut server = Server::prepared(MAKE);
    run(&mut server, "on");
    let database = server.empty_database();
    let right = address(&server, &database, NAME, "ca.pem");
    migrate(&right).unwrap();
    let store = PostgresStore::open(&right).unwrap();
    store.get(RecordKey::new(Kind::Code, "a"), 0).await.unwrap();
    let unprotected = "SELECT count(*) FILTER (WHERE ssl) > 0, count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl \
                       JOIN pg_stat_activity USING (pid) WHERE application_name = 'countersign'";
    assert_eq!(server.sql(&database, unprotected), "t|0");
    drop(store);
    for (name, authority, is_setting, why) in [
        (NAME, "other.pem", false, "invalid peer certificate: UnknownIssuer"),
        ("db2.example.org", "ca.pem", false, "certificate not valid for name \"db2.example.org\""),
        (NAME, "missing.pem", true, "missing.pem"),
        (NAME, "empty.pem", true, "there is no certificate in it"),
    ] {
        let entry = refusal(&server, &database, name, authority);
        assert!(entry.0 == is_setting && entry.1.contains(why), "{entry:?}");
    }
    server.kill();
    run(&mut server, "off");
    let (_, entry) = refusal(&server, &database, NAME, "ca.pem");
    assert!(entry.contains("server does not support TLS"), "{entry}");
}
