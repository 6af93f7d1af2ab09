//! What a generated data adapter runs on.
//!
//! Three parties meet here. *Generated code* holds the facts of one API: payloads, error tables, and one trait with a
//! method for each endpoint. The same may be written by hand. *The bank* writes [`Hooks`], of which two methods are
//! required, and overrides those methods of the trait that it answers differently. *The runtime* is the rest: the HTTP
//! edge with its limits, the behaviours that default bodies call, the guard that keeps the bank's code off the
//! server's threads, the store, settings, logs and metrics.
//!
//! # The way of a request
//! Edge → envelope → payload, read and then checked → method of the trait → behaviours, which are the methods of
//! [`Core`] → hooks and store. It comes back as a response, or as a [`Fault`] that the endpoint's error table answers.
//! A fault that no row names is answered as `unexpected`, so there is always an answer in the API's own envelope.
//!
//! # What a bank writes
//! ```
//! use countersign_runtime::{Call, HookError, Hooks, Lookup, Phone, Sms, User, UserKey};
//!
//! struct Bank;
//!
//! impl Hooks for Bank {
//!     async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
//!         match &lookup.key {
//!             UserKey::Username(name) if name == "jane" => {
//!                 Ok(Some(User { id: "42".to_owned(), phone: Phone::read("+420 601 000 001"), ..User::default() }))
//!             }
//!             _ => Ok(None),
//!         }
//!     }
//!
//!     async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
//!         Ok(())
//!     }
//! }
//! ```
//! Hooks run on threads of their own, each call with a slot, a deadline and its panics caught ([`HookExecutor`]).
//!
//! # Serving
//! Generated code has `serve(adapter, hooks)`, the whole process with its arguments and ports, and
//! `start(adapter, hooks, options)`, which gives an [`App`] whose [`App::router`] can be nested into a router of the
//! bank's own or called by tests. What may be set is listed in [`settings`].

#[cfg(panic = "abort")]
compile_error!("an adapter needs `panic = \"unwind\"`: a hook that panics fails its request, and not the process");

pub mod adapter;
#[cfg(feature = "allocator")]
mod allocator;
pub mod behaviours;
pub mod budget;
pub mod context;
mod conversion;
pub mod crypto;
pub mod dev;
pub mod edge;
pub mod endpoint;
pub mod entities;
mod error_table;
pub mod fault;
mod hex_text;
pub mod hooks;
mod json_text;
mod kept;
mod languages;
mod latency;
mod lifecycle_audit;
mod low_priority;
mod operator;
#[cfg(feature = "page")]
mod page;
mod pending_audit;
mod reading;
mod refusal;
mod request_scope;
pub mod serve;
mod session;
pub mod settings;
mod shares;
mod shown;
pub mod start;
pub mod store;
pub mod telemetry;
#[doc(hidden)]
pub mod testing;
pub mod texts;
mod tls;
pub mod values;
pub mod wire;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use adapter::*;
pub use behaviours::codes::*;
pub use behaviours::deposits::*;
pub use behaviours::documents::*;
pub use behaviours::methods::*;
pub use behaviours::operations::*;
pub use behaviours::questions::*;
pub use behaviours::sessions::*;
pub use behaviours::tables::*;
pub use behaviours::users::*;
pub use behaviours::wallets::*;
pub use context::{Build, Clock, Context, Core, Shared};
pub use endpoint::{Endpoint, Incoming, Outside, Reply};
pub use entities::*;
pub use fault::*;
pub use hooks::*;
pub use refusal::Answer;
pub use settings::{Cell, Cells, Column, SettingError, SettingValue, Settings, SettingsTree};
pub use shown::{Show, Shown};
pub use start::{App, Bank, BankStart, Parts, StartError, StartOptions};
pub use values::*;
pub use wire::{Envelope, Form, Payload};

/// The web framework, for those who nest [`App::router`].
pub use axum;

/// Reads, checks and writes a struct or a tagged union.
///
/// Names on the wire are those of the fields in camel case. A field that is not an `Option` must be there.
///
/// On the struct, in `#[payload(...)]`:
/// - `from = User`, `into = ConsentOption`: conversions from and into one of the [`entities`], field by field. The
///   fields then mean that thing's qualities.
/// - `means = operation`: the same meanings without a conversion.
/// - `names = snake`: names on the wire are those of the fields.
/// - `wire = "Name"`: the wire type's name, where it is not the struct's.
/// - `unknown = echo`: members that are not known are kept in the last field, `#[payload(rest)] pub rest: Rest`, and
///   sent back after the others.
///
/// On a field, in `#[payload(...)]`:
/// - `is = organization`, `is = operation.amount`: what it means; `is(operation.account, where(id = "x"))`: what it
///   means if another field has this value.
/// - `name = "x"`: its name on the wire; `also = "y"`: another one that is read.
/// - `accepts(number)`, `accepts(text)`, `accepts(single)`: JSON kinds that are read too; one value as a list of one.
///   `accepts(blanks)`: blanks around a text and inside a number in groups are dropped; `accepts(separators)`: so are a
///   leading `+`, blanks, dashes, points, slashes and brackets. Names and passwords of users accept neither.
///   `accepts(lines)`, `accepts(controls)`: line breaks and tabs, control and direction characters, which other texts
///   have none of, unless their payload keeps what it does not know.
/// - `default`, `default = value`: what stands for an absent value.
/// - `const = value`: always sent so, for fields of the type [`Const`]; any JSON value.
/// - `nested`: filled from the same thing as the struct, and a list with one element of it; `nested = outcome`: only if
///   the thing has that quality. `body`: the body slot of an envelope.
/// - `echo`: sent back as it came, as [`Message::header`], even if something else in the request is wrong.
///
/// Rules, in `#[check(...)]`: `required`, `min(n)`, `max(n)`, `pattern("…")`, `one_of([…])`, `starts_with("…")`, `above(n)`,
/// `scale(n)`, `latest("24h")`, `min_age(n)`, `registered_in("SE")`, `type`, `present`; `printable` and `fits` hold without
/// being said, and say how it is reported that a text is not one line, or too long for the message that shows it. Each takes
/// the key of its message, as in `required = "key"` or `max(40, "key")`; without it the definition's validation names
/// one. `raises(type = fault.name)` raises that fault in place of `input.invalid`.
///
/// Rules on meanings, asked after the field they stand on, in `#[then(meaning, ...)]`: the same rules, and
/// `at = field` (where a violation is reported), `if_needed` (only for operations that need the meaning),
/// `when(meaning = value)`.
///
/// A union is an enum with `#[payload(tag = "type")]`; its variants carry `#[payload(name = "AMOUNT")]`, at most one
/// `#[payload(unknown)]` that keeps what is not known, and at most one `choice` for an [`AccountChoice`].
pub use countersign_macros::Payload;

/// Reads and writes an enum by its names on the wire: `#[wire("TEXT")]`, `#[wire("Phone", number = 1)]`.
///
/// With `#[wire(shows = Outcome)]` on the enum, each variant names what it shows, as in `#[wire("OK", Passed)]`, and
/// the two convert into each other.
pub use countersign_macros::WireEnum;

/// Lets behaviours add to a form: `#[form(config)]` stands on the list of field configurations, `#[form(attributes)]`
/// on the list of attributes.
pub use countersign_macros::Form;

/// Answers faults by rows of the error table.
///
/// Each variant holds a [`Fault`]. Its row is the constant `rows::VARIANT_NAME` beside the enum, and it answers the faults that
/// the row's `answers` names, or others, as in `#[answers(user.unknown, hook.failed)]`. One variant answers `unexpected`, and with
/// it whatever no variant names; no fault has two answers. Both are proved when it is compiled. `#[shows(Payload)]` on a variant
/// is a payload that is sent in place of the envelope's failure.
pub use countersign_macros::ErrorTable;

/// Reads a row of a table of the settings: `#[row("apps")]` on the struct, and on each field `#[key(app.id)]` if rows
/// are found by it, else `#[column(app.currency)]`. A key is a `String`, any other column whatever is a [`Column`].
pub use countersign_macros::Row;

/// Reads what may be set without generating again, of a definition or of a bank: `#[setting("path", default = value)]` on each
/// field, or without a default for what must be set. Its type is a [`SettingValue`]: `String`, `bool`, an integer, `Duration`,
/// `Vec<String>`, `Secret<String>` (set by reference, `env:NAME` or `file:PATH`), or an `Option` of one. `#[table("tables.apps")]` on a field of the type [`Table`], with `optional` if it may have
/// no rows.
pub use countersign_macros::Settings;

/// Describes a kind of one-time code.
///
/// On the struct: `#[code(name = "sms", digits = 8, life = "5m", attempts = 5, one_per(operation.id))]`, and where
/// they are wanted `alphabet = "base32"`, `text = "key"`, `id_life = "1h"`, `id = token` (the id is a token that the caller
/// keeps), `id = code` (it is found by itself), `numbers` (it may come as a number), `per_phone = "10 in 1h"`. On a field: `#[bound(user.id)]` for what must
/// be the same when the code is checked, `#[kept(meaning)]` for what is given back then. A field of the type
/// [`Operation`] is bound to several meanings at once.
pub use countersign_macros::OneTimeCode;

/// Describes a kind of session: `#[session(name = "wallet", idle = "7d")]` on the struct, and `#[bound(app.id)]` on each
/// field, an `Option<String>`, for what no later request may change.
pub use countersign_macros::Session;

/// Turns the errors of a definition's own hook into faults: `#[fault(card.unknown)]` on each variant. A variant that
/// holds a `String` takes every other error, so that `?` works.
pub use countersign_macros::HookFault;

/// Makes an adapter of a trait with a method for each endpoint, and writes `serve` and `start` beside it.
///
/// ```text
/// #[api(adapter = ADAPTER, errors = AdapterError, request = RequestEnvelope, success = SuccessEnvelope,
///       failure = FailureEnvelope)]
/// pub trait DataAdapter: Send + Sync + 'static {
///     #[endpoint(POST, "/api/auth/user/lookup")]
///     async fn lookup_user(&self, cx: &Cx, request: LookupUserRequest) -> Result<UserDetail, LookupUserError> { … }
/// }
/// ```
/// Without `request` and `success` bodies stand alone. `failure_type = "application/problem+json"` is the media type
/// of failures, `hooks = OwnHooks` names the definition's own hooks, and `messages = none` says that no endpoint sends
/// any (a bank then writes [`LookupHooks`]). In `#[endpoint]`, `success = 202` is the status of an endpoint's answer,
/// `failure = Failure` what its failures are reported with, and `session = WalletSession` names the session that a request
/// must come in. What stands in braces in a path is read into the request's field of that name.
/// Endpoints of one route say `when("field" = value)` or `when("field", "field")` (one of them is there); they are
/// asked from top to bottom, and if none fits the first takes the request.
pub use countersign_macros::api;

/// Lets a trait of hooks be written with `async fn`, and makes the same trait with boxed futures beside it, so that
/// the runtime can call it behind a pointer.
pub use countersign_macros::hooks;
