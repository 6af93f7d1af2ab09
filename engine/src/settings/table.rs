//! The rows, by section. A row's bounds and default are those that the runtime reads by.

use super::Default::{Is, Says};
use super::Kind::{Boolean, Integer, Limit, OneOf, Other, Size, Time};
use super::Section::{
    Answers, Audit, Callers, Capacity, Codes, Development, Hooks, Keys, Limits, Messages, Network, Store, Telemetry,
    Tls,
};
use super::{Default, Kind, Section, Setting};

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// An address and a port.
const ADDRESS: Kind = Other("an address and a port");

/// A secret that is named and not written.
const REFERENCE: Kind = Other("a reference, `env:NAME` or `file:PATH`");

/// The newest first.
const RING: Kind = Other("a reference, or a list of them, the newest first");

/// A file's name.
const FILE: Kind = Other("the path of a file");

/// What holds of what is waived with `--dev`.
const WAIVED: Default = Says("`false`; `true` with `--dev`", "false");

const fn row(section: Section, path: &'static str, kind: Kind, default: Default, about: &'static str) -> Setting {
    Setting { path, section, kind, default, about }
}

/// All settings of the runtime.
pub const SETTINGS: &[Setting] = &[
    row(Network, "listen", ADDRESS, Is("127.0.0.1:8080"), "Where the API is served"),
    row(
        Network,
        "ops.listen",
        ADDRESS,
        Is("127.0.0.1:8081"),
        "Where health and metrics are served. Another port than the API's. The environment may also say `COUNTERSIGN_OPS_LISTEN`",
    ),
    row(
        Network,
        "private_network",
        Boolean,
        Is("false"),
        "`true` if the network lets nobody but the caller through. Then there may be neither TLS nor callers who say who they \
         are, off loopback",
    ),
    row(Network, "ops.private_network", Boolean, Is("false"), "The same of health and metrics alone"),
    row(
        Network,
        "public_api",
        Boolean,
        Is("false"),
        "`true`: anybody may call, as the definition says (`callers: { none: … }`), off loopback. TLS is wanted all the same",
    ),
    row(
        Network,
        "proxies",
        Other("a list of addresses (`10.0.0.5`) and networks (`10.0.0.0/24`)"),
        Says("nobody's word is believed; the source is the other end of the connection", "[10.0.0.5]"),
        "Proxies that are believed when they say where a call comes from. The last address in their `X-Forwarded-For` or \
         `Forwarded` that is no proxy is the source of a call, with or without a port, IPv6 with or without brackets. An \
         element that is no address (`unknown`, `_hidden`) hides who called, and the proxy that wrote it is the source. With \
         them, calls of nobody in particular are limited by `limits.per_source`",
    ),
    row(
        Network,
        "proxy_header",
        OneOf(&["x_forwarded_for", "forwarded"]),
        Says("`X-Forwarded-For`; where a request has none, `Forwarded`", "x_forwarded_for"),
        "In which header those proxies say it. Set it: a proxy that writes one of them may pass the other on as the caller \
         wrote it",
    ),
    row(
        Network,
        "proxy_protocol",
        Boolean,
        Is("false"),
        "`true`: every connection from those proxies begins with a header of the PROXY protocol, version 1 or 2. The address in \
         it is the other end of the connection (the proxy itself for `LOCAL` and `UNKNOWN`). A connection from them without it \
         is closed. Connections from elsewhere and to `ops.listen` have none",
    ),
    row(
        Network,
        "docs",
        Boolean,
        WAIVED,
        "`true`: the page of the API is served at `<base>/swagger-ui.html` and `/docs`, and its document at `/openapi.json`. \
         Both with and without the base ([openapi.md](openapi.md)). Whoever reaches the port may read them, without a \
         credential. It needs the feature `page` of the runtime, which a crate made by `countersign new` has",
    ),
    row(
        Network,
        "shutdown_delay",
        Time(0, 2 * MINUTE),
        Says("`5s`; `0s` with `--dev`", "5s"),
        "For how long an adapter goes on answering after SIGTERM. `/health/ready` is red from the signal on, and every answer \
         ends its connection (`Connection: close`, GOAWAY by HTTP/2), so that callers and proxies go to another node before the \
         port is closed. A second signal ends it. Make it longer than what your proxy takes to see that a node is not ready",
    ),
    row(
        Tls,
        "tls.certificate",
        FILE,
        Says("no TLS", "/etc/adapter/tls/server.pem"),
        "The adapter's certificate, with those of the authorities between it and the root, in PEM ([below](#tls))",
    ),
    row(
        Tls,
        "tls.key",
        REFERENCE,
        Says("must be set beside a certificate", "file:/etc/adapter/tls/server.key"),
        "Its private key, in PEM (PKCS #8, PKCS #1 or SEC 1), not encrypted",
    ),
    row(
        Tls,
        "tls.client_ca",
        FILE,
        Says("nobody is asked for a certificate", "/etc/adapter/tls/clients.pem"),
        "The authorities whose certificates callers must show, in PEM",
    ),
    row(
        Tls,
        "tls.client_crl",
        FILE,
        Says("nothing is revoked", "/etc/adapter/tls/revoked.pem"),
        "What those authorities revoked, in PEM: a list of each of them, none past its next update",
    ),
    row(
        Tls,
        "tls.client_certificate",
        OneOf(&["required", "optional"]),
        Is("required"),
        "`optional`: connections without a certificate are served too, while callers are moved",
    ),
    row(Tls, "http2", Boolean, Is("false"), "`true`: HTTP/2 is offered beside HTTP/1.1, by TLS alone"),
    row(
        Tls,
        "ops.tls",
        Boolean,
        Is("false"),
        "`true`: health and metrics have TLS too, with the same certificate. Nobody is asked for one there",
    ),
    row(
        Callers,
        "callers.<name>.token",
        RING,
        Says(
            "must be set for somebody where the API wants tokens; with `--dev` there is a caller `demo` with `demo-access-token`",
            "env:ADAPTER_CALLER_TOKEN",
        ),
        "The bearer token that a caller shows, or two of them while it is exchanged",
    ),
    row(
        Callers,
        "callers.<name>.key",
        RING,
        Says("as above; the demo caller is `demo` with that key", "env:ADAPTER_CALLER_KEY"),
        "The same for an API that wants access ids and keys",
    ),
    row(
        Callers,
        "callers.<name>.access_id",
        Other("letters, digits and signs, no colon"),
        Says("the caller's name", "front-end"),
        "The access id that stands before the key",
    ),
    row(
        Callers,
        "callers.<name>.certificate",
        Other("`dns:NAME`, `uri:URI`, `email:ADDRESS`, `cn:NAME`, `sha256:HEX`, `any`, or a list of them"),
        Says("none is asked of it", "dns:auth.bank.example"),
        "The names of the certificates that a caller shows, any one of them. `any` stands for all of `tls.client_ca`. Beside a \
         token or a key both are wanted, alone the certificate is enough, also where the definition knows no callers \
         ([below](#tls))",
    ),
    row(
        Callers,
        "callers.<name>.endpoints",
        Other("a list of endpoints"),
        Says("all of them", "[lookup_user]"),
        "The endpoints that the caller may call, by name",
    ),
    row(
        Callers,
        "callers.<name>.countries",
        Other("a list of countries"),
        Says("all of them", "[SE]"),
        "The countries that the caller may ask for",
    ),
    row(
        Callers,
        "callers.<name>.partners",
        Other("a list of `<issuer> <partner>`"),
        Says("all of them", "[\"issuer partner\"]"),
        "The partners that the caller may act for",
    ),
    row(
        Callers,
        "credentials.per_source",
        Limit(false),
        Is("20 in 1m"),
        "How many wrong credentials may come from one address in how long, before further ones are `caller.limited`. An address \
         is a network of 64 bits for IPv6. A right credential is good whatever was counted",
    ),
    row(Callers, "credentials.per_access_id", Limit(false), Is("20 in 1m"), "The same for one access id"),
    row(
        Store,
        "store",
        Other("`memory`, `embedded:PATH`, or with the feature `postgres` `postgres://…`"),
        Says("`embedded:./data/<adapter>.db`; `memory` with `--dev`", "embedded:./data/adapter.db"),
        "Where state is kept: a file of this machine ([store.md](store.md)), or a database that several processes share \
         ([postgresql.md](postgresql.md)). `memory` is for `--dev` alone",
    ),
    row(
        Store,
        "store_needs_standby",
        Boolean,
        Is("false"),
        "`true`: `/health/ready` is red while commits of a PostgreSQL store wait for no standby (`synchronous_standby_names` is \
         empty). It is red on all nodes alike, so switch it on where no answer is better than one that a failover may lose",
    ),
    row(
        Keys,
        "keys.codes",
        RING,
        Says("must be set", "env:ADAPTER_KEY_CODES"),
        "The key of one-time codes and tokens, of at least 32 bytes ([key rotation](security.md#keys-and-key-rotation)). Read \
         again at SIGHUP",
    ),
    row(
        Keys,
        "keys.counters",
        RING,
        Says("must be set", "env:ADAPTER_KEY_COUNTERS"),
        "The same for counters of limits",
    ),
    row(Keys, "keys.pepper", RING, Says("must be set", "env:ADAPTER_KEY_PEPPER"), "The same for password hashes"),
    row(
        Keys,
        "keys.audit",
        RING,
        Says("must be set", "env:ADAPTER_KEY_AUDIT"),
        "The same for the audit log's hash chain",
    ),
    row(
        Keys,
        "password_encryption.key",
        REFERENCE,
        Says(
            "encrypted passwords reach the hook as they came, and are compared with no hash",
            "env:ADAPTER_PASSWORD_KEY",
        ),
        "The key that passwords are decrypted with, Base64 of 16, 24 or 32 bytes",
    ),
    row(
        Keys,
        "password_encryption.transformation",
        OneOf(&["AES/CBC/PKCS7Padding", "AES/CBC/PKCS5Padding"]),
        Is("AES/CBC/PKCS7Padding"),
        "How they are encrypted; the two are equal",
    ),
    row(
        Keys,
        "password_encryption.required",
        Boolean,
        Is("false"),
        "`true`: passwords that do not come encrypted are refused. It needs a key",
    ),
    row(
        Codes,
        "otps.<kind>.digits",
        Other("6 to 12 digits, or 10 to 32 characters of `base32`"),
        Says("the definition's", "8"),
        "How many characters a code of the kind has",
    ),
    row(
        Codes,
        "otps.<kind>.life",
        Other("a time, `10s` to `10m`, or to the definition's own life if that is longer"),
        Says("the definition's", "5m"),
        "How long a code is good",
    ),
    row(
        Codes,
        "otps.<kind>.attempts",
        Other("1 to 5, or to the definition's own number if that is larger"),
        Says("the definition's", "5"),
        "How often a code may be tried",
    ),
    row(
        Codes,
        "otps.<kind>.per_phone",
        Limit(false),
        Says("the definition's, else `limits.per_phone_and_user`", "10 in 1h"),
        "How many codes of the kind one phone and one user get",
    ),
    row(
        Codes,
        "sessions.<kind>.idle",
        Time(MINUTE, 365 * DAY),
        Says("the definition's", "7d"),
        "How long a session of the kind may rest",
    ),
    row(
        Codes,
        "sessions.<kind>.life",
        Time(MINUTE, 365 * DAY),
        Says("never", "30d"),
        "When a session ends even if it is used, after it was opened",
    ),
    row(
        Codes,
        "questions.acknowledge_weak",
        Boolean,
        Is("false"),
        "`true`: security questions are asked although others may know or guess the answers. Without it no row of a table may \
         have `questions.enabled: true` (but with `--dev`)",
    ),
    row(
        Codes,
        "form_may_differ",
        Boolean,
        Is("false"),
        "`true`: a form may name another amount, currency or payee than `operation.data`. Then the message shows the form's, the \
         code binds both, and the audit entry `otp.issued` has `differs_from_data`; otherwise it is a broken rule of that value, \
         where the definition says `agrees`",
    ),
    row(
        Limits,
        "limits.failures",
        Integer(1, 5),
        Is("5"),
        "Failures in a row of one user before they are blocked (lockout)",
    ),
    row(
        Limits,
        "limits.block",
        Time(15 * MINUTE, DAY),
        Is("15m"),
        "How long the first block lasts; it doubles with each further one",
    ),
    row(Limits, "limits.longest_block", Time(15 * MINUTE, 7 * DAY), Is("24h"), "How long the longest block lasts"),
    row(
        Limits,
        "limits.hard_cap",
        Integer(1, 100),
        Is("100"),
        "Failures in a row after which only an operator lifts the block. The audit log says so (`failures.near_cap`) one round \
         of `limits.failures` before, which there is none of where the two are equal",
    ),
    row(
        Limits,
        "limits.resend_interval",
        Time(30, 10 * MINUTE),
        Is("60s"),
        "For how long a repeated request of one operation is answered with the same code",
    ),
    row(Limits, "limits.resends_per_operation", Integer(0, 10), Is("3"), "How often a code may be sent again"),
    row(
        Limits,
        "limits.wrong_codes_per_minute",
        Integer(1, 100),
        Is("10"),
        "Wrong codes of one kind, of one caller from one source for one issuer, where codes are found by themselves. Right codes \
         of 16 characters and more pass all the same",
    ),
    row(
        Limits,
        "limits.wrong_deposits",
        Integer(1, 5),
        Is("3"),
        "Wrong amounts for one account before only an operator lifts the block",
    ),
    row(
        Limits,
        "limits.per_phone_and_user",
        Limit(true),
        Is("[5 in 10m, 10 in 1h, 30 in 24h]"),
        "How many codes one phone and one user get in how long",
    ),
    row(
        Limits,
        "limits.per_prefix",
        Limit(true),
        Says("a tenth of `sms.budget_per_hour` in `1h`, from 20 to 1000 (20 with `sms.no_budget`)", "[100 in 1h]"),
        "How many codes all numbers get together that differ in their last four digits only",
    ),
    row(
        Limits,
        "limits.per_source",
        Limit(true),
        Is("[10 in 1h]"),
        "How many codes one address may have sent, where callers do not say who they are. An address is a network of 64 bits for \
         IPv6",
    ),
    row(
        Limits,
        "limits.disclosures",
        Limit(true),
        Is("[60 in 1m, 600 in 1h]"),
        "How often one caller, from one address, may be told whom the bank knows. That is where the contract has it that they \
         are told: `user.unknown` of an operation that is not silent, `user.exists`. Where one system calls for everybody \
         (`sms.any_source`, or a certificate of a caller that the definition does not know) nothing is limited. While there is \
         room for no more, look-ups of that caller from that address are answered as busy (`overloaded`), whoever is asked for",
    ),
    row(
        Messages,
        "sms.countries",
        Other("a list of countries (`CZ`) and calling codes (`+420`)"),
        Says("must be set, or `sms.any_country: true`", "[CZ]"),
        "Where messages are sent. The number decides, so `US` leaves out Canada, the Caribbean and the territories (`PR`, `GU`, \
         `VI`, `AS`, `MP`), `GB` leaves out Guernsey, Jersey and the Isle of Man (`GG`, `JE`, `IM`), `RU` leaves out Kazakhstan \
         (`KZ`), `FR` the overseas departments. Territories without mobile numbers of their own are refused, with the country \
         to name in their place: `AX` (`FI`), `BL` and `MF` (`GP`), `CC` and `CX` (`AU`), `EH` (`MA`), `GS` (`FK`), `SJ` (`NO`), \
         `TA` (`SH`), `VA` (`IT`)",
    ),
    row(
        Messages,
        "sms.any_country",
        Boolean,
        WAIVED,
        "`true`: codes are sent to every country; refused beside `sms.countries`",
    ),
    row(
        Messages,
        "sms.budget_per_hour",
        Integer(1, 10_000_000),
        Says("must be set, or `sms.no_budget: true`", "1000"),
        "How many messages an hour may cost. As many codes are stored for users who do not exist, which cost nothing; with \
         `sms.no_budget` 10,000 an hour. Further ones take the place of older ones",
    ),
    row(
        Messages,
        "sms.no_budget",
        Boolean,
        WAIVED,
        "`true`: the number of messages in an hour is not bounded; refused beside `sms.budget_per_hour`",
    ),
    row(
        Messages,
        "sms.any_source",
        Boolean,
        WAIVED,
        "`true`: `limits.per_source` does not hold. An API that anybody may call and that sends messages does not start unless \
         `proxies` is set, callers show certificates, or this says that one system alone calls, for everybody",
    ),
    row(
        Messages,
        "sms.service_numbers",
        Boolean,
        Is("false"),
        "`true`: codes are sent to premium-rate and toll-free numbers, too, which cost whoever sends to them or answers",
    ),
    row(
        Messages,
        "sms.plain_signs",
        Boolean,
        Is("true"),
        "`false`: typographic signs of values (`’`, `–`, no-break blanks; [values](values.md#messages)) stay in messages, also \
         where plain ones would save the GSM alphabet",
    ),
    row(
        Messages,
        "sms.conversion_alarm",
        Integer(1, 90),
        Is("30"),
        "A percentage: if fewer of the latest 200 codes to a country were used, log, metrics and audit log say so. They say \
         `countersign_sms_conversion_low_total` and `sms.conversion_low`. Each process looks at what it sent itself, once a \
         code's time is over, and begins anew with the process",
    ),
    row(
        Messages,
        "sms.delivery_failed_message",
        Other("the key of a message"),
        Says("the answer names none, as the contract's sample shows", "smsAuthorization.deliveryFailed"),
        "What tells a caller of a code that was refused or limited, where the definition's `says` has none for that fault. An \
         empty text takes one back. What `new` writes sets it for the PowerAuth Data Adapter, since its front end shows nothing \
         otherwise",
    ),
    row(
        Hooks,
        "hooks.threads",
        Integer(1, 1024),
        Is("16"),
        "Threads for the timers, sockets and tasks of hooks. Each call has a thread of its own beside them, at most as many as \
         there are slots",
    ),
    row(
        Hooks,
        "hooks.start_deadline",
        Time(1, 5 * MINUTE),
        Is("30s"),
        "How long the bank's hooks may take to be made at a start ([hooks.md](hooks.md#the-start))",
    ),
    row(Hooks, "hooks.lookup.slots", Integer(1, 4096), Is("64"), "Calls of `lookup_user` at once"),
    row(
        Hooks,
        "hooks.lookup.deadline",
        Time(1, 8),
        Is("2s"),
        "How long each may take, since the caller is answered within 10 seconds",
    ),
    row(Hooks, "hooks.sms.slots", Integer(1, 4096), Is("64"), "Calls of `send_sms` at once"),
    row(Hooks, "hooks.sms.deadline", Time(1, 8), Is("5s"), "How long each may take"),
    row(Hooks, "hooks.other.slots", Integer(1, 4096), Is("64"), "Calls of all other hooks at once"),
    row(Hooks, "hooks.other.deadline", Time(1, 8), Is("5s"), "How long each may take"),
    row(
        Hooks,
        "hooks.breaker.failures",
        Integer(0, 10_000),
        Is("10"),
        "Failures in a row, with no call that went well for the length of a deadline, that open a hook's circuit breaker; 0: never",
    ),
    row(Hooks, "hooks.breaker.pause", Time(1, 5 * MINUTE), Is("5s"), "For how long such a hook is left alone"),
    row(
        Hooks,
        "hooks.readiness",
        Boolean,
        Is("false"),
        "`true`: `/health/ready` is red while a circuit breaker is open or a pool of hooks has no free slot. Codes are verified \
         without the core system, so that is off if not said",
    ),
    row(
        Audit,
        "audit.node",
        Other("1 to 64 visible ASCII characters"),
        Says("the host's name", "node-1"),
        "The name of this node, which every [audit](audit.md) record has",
    ),
    row(
        Audit,
        "audit.keep",
        Time(90 * DAY, 36_500 * DAY),
        Is("400d"),
        "How old audit entries get. The embedded store removes older ones by itself, PostgreSQL's are removed by `audit prune`",
    ),
    row(
        Telemetry,
        "otlp.endpoint",
        Other("an address such as `https://collector.bank.example:4318`"),
        Says("nothing is exported", "http://127.0.0.1:4318"),
        "The OpenTelemetry collector to which traces and metrics are sent, by OTLP over HTTP with protobuf \
         ([metrics.md](metrics.md#opentelemetry)). Off this machine it must be `https://…`. It needs the feature `otlp` of the \
         runtime",
    ),
    row(
        Telemetry,
        "otlp.ca",
        FILE,
        Says("must be set beside `https://…`", "/etc/adapter/tls/collector-ca.pem"),
        "The authorities that the collector's certificate is by, in PEM; no other is believed. Read at the start",
    ),
    row(
        Telemetry,
        "otlp.interval",
        Time(1, 5 * MINUTE),
        Is("15s"),
        "How often metrics are sent; spans are sent each second",
    ),
    row(
        Capacity,
        "body_limit",
        Size(KIB, MIB),
        Says("the definition's", "64KiB"),
        "The largest body. More than `1MiB` is for the definition to say, whose `wire.body_limit` goes to `16MiB`",
    ),
    row(
        Capacity,
        "body_values",
        Integer(100, 1_000_000),
        Is("10000"),
        "The most JSON values of a body, elements and members at every level counted. A body with more is answered as one that is \
         too large",
    ),
    row(
        Capacity,
        "memory.requests",
        Size(16 * MIB, 65_536 * MIB),
        Is("96MiB"),
        "What the bodies of all requests take together, with the values made of them and with answers of more than 4 KiB \
         ([below](#memory))",
    ),
    row(Capacity, "connections.limit", Integer(16, 65_536), Is("1024"), "Connections at once ([below](#connections))"),
    row(
        Capacity,
        "connections.per_source",
        Other("1 to `connections.limit`"),
        Says("half of them", "512"),
        "Of these, those of one address (a network of 64 bits for IPv6). An address under `proxies` has no such limit",
    ),
    row(
        Capacity,
        "connections.reserved",
        Other("0 to half of `connections.limit`"),
        Says("an eighth of them", "128"),
        "Of these, those that only callers have who showed a good credential. Where an API wants no credentials, none",
    ),
    row(Capacity, "ops.connections", Integer(4, 1024), Is("64"), "Connections at once to health and metrics"),
    row(
        Answers,
        "default_language",
        Other("a language of the definition"),
        Says("the definition's", "en"),
        "For callers who ask for a language that there is none of",
    ),
    row(
        Answers,
        "time_zone",
        Other("the IANA name of a time zone, such as `Europe/Prague`"),
        Is("UTC"),
        "The zone in which days are counted. That is on which day somebody is how old (`min_age`), and in which year a \
         registration number is read. The names are built in",
    ),
    row(
        Answers,
        "error_detail",
        OneOf(&["request_id", "time"]),
        Is("request_id"),
        "What `{{ request.id }}` in a message is",
    ),
    row(
        Answers,
        "tables.<name>",
        Other("a list of rows, in the file alone"),
        Says("must have rows, if the table is not `optional`", "[]"),
        "The rows of a table of the definition ([below](#tables))",
    ),
    row(
        Development,
        "dev.outbox",
        FILE,
        Says("standard output", "outbox.jsonl"),
        "With `--dev`: where each message is written, as a JSON line. `COUNTERSIGN_DEV_OUTBOX` in the environment",
    ),
    row(
        Development,
        "dev.sms",
        OneOf(&["outbox", "real"]),
        Is("outbox"),
        "With `--dev`, `real`: the bank's `send_sms` is called after all. `COUNTERSIGN_DEV_SMS` in the environment",
    ),
    row(
        Development,
        "dev.limits",
        OneOf(&["on", "off"]),
        Is("on"),
        "With `--dev`, `off`: no limits on *sending*. `COUNTERSIGN_DEV_LIMITS` in the environment",
    ),
];
