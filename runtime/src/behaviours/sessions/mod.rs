//! Sessions: opened for a wallet or a user, good for as long as they are used often enough, and bound to values that no
//! later request may change. The store knows a token by its MAC alone.
//!
//! A session is of the turn of its holder in which it was opened. Revoking the others begins the next turn, and takes
//! along the session that asks for it: all in one batch, so that it holds for the very next request.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::retry::Retry;
use super::state::{FOREVER, decoded, encoded, millis_of};
use crate::adapter::SessionKind;
use crate::context::Core;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{Key, KeyName, digits};
use crate::fault::Fault;
use crate::session::CallSession;
use crate::settings::SessionOptions;
use crate::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, Millis, Record, RecordKey,
};
use crate::values::Secret;

/// The characters of a token: 32 bytes.
const TOKEN_LENGTH: usize = 43;

/// A kind of session: what it binds. Derived by `Session`.
pub trait Session: Send + Sync + Default + 'static {
    /// What the definition says of it.
    const KIND: SessionKind;

    /// Meaning and value of everything that is bound.
    fn bound(&self) -> Vec<(&'static str, Option<String>)>;
}

/// Whose session to open, and what it is bound to.
#[derive(Debug, Default)]
pub struct OpenSession<S> {
    /// The wallet.
    pub wallet: Option<String>,
    /// The user, if it is not a wallet's session.
    pub user: Option<String>,
    /// What it is bound to.
    pub session: S,
}

/// A session that was opened.
#[derive(Debug)]
pub struct OpenedSession {
    /// What the caller shows from now on: 32 random bytes in Base64 without padding.
    pub token: Secret<String>,
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SessionRecord {
    kind: String,
    /// The id of its holder.
    holder: String,
    /// The holder's turn in which it is good.
    turn: u64,
    bound: BTreeMap<String, String>,
    opened: Millis,
}

/// How often the sessions of a holder were revoked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct HolderRecord {
    turn: u64,
}

/// Whose sessions they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder(String);

impl Holder {
    fn of(what: &str, id: &str) -> Self {
        let hash = sha2::Sha256::new().chain_update(format!("countersign holder {what}\0")).chain_update(id);
        Holder(hex::encode(hash.finalize()))
    }

    fn key(&self) -> RecordKey {
        RecordKey::new(Kind::Holder, &*self.0)
    }
}

/// [`Core::open_session`].
pub(super) async fn open_session<S: Session>(core: &Core, input: OpenSession<S>) -> Result<OpenedSession, Fault> {
    let of = |what: &str, id: Option<&str>| id.filter(|id| !id.is_empty()).map(|id| Holder::of(what, id));
    let holder = of("wallet", input.wallet.as_deref()).or_else(|| of("user", input.user.as_deref()));
    let holder = holder.ok_or_else(|| Fault::new("unexpected").with_detail("a session of nobody"))?;
    let bound: BTreeMap<String, String> =
        input.session.bound().into_iter().filter_map(|(meaning, is)| Some((meaning.to_owned(), is?))).collect();
    let token = Secret::new(URL_SAFE_NO_PAD.encode(digits::noise()));
    let key = session_key(&core.keys().current(KeyName::Codes)?, token.expose());
    let mut retry = Retry::default();
    loop {
        let (turn, read, now) = read_turn(core, &holder).await?;
        let record = SessionRecord {
            kind: S::KIND.name.to_owned(),
            holder: holder.0.clone(),
            turn,
            bound: bound.clone(),
            opened: now,
        };
        let entry = AuditEntry {
            method: Some(S::KIND.name.to_owned()),
            user: input.wallet.clone().or_else(|| input.user.clone()),
            ..core.audit().entry(AuditEvent::SessionOpened, AuditOutcome::Success)
        };
        let batch = core
            .store()
            .batch()
            .only_if(Condition::Absent(key.clone()))
            .only_if(Condition::unchanged(holder.key(), read.as_ref()))
            .put(key.clone(), encoded(&record)?, idle_until(core, &S::KIND, now))
            .audit(entry);
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(OpenedSession { token }),
            other => retry.after(other).await?,
        }
    }
}

/// The session that a token opens, which is good for its idle time again.
///
/// # Errors
/// `caller.unknown`, `store.unavailable`.
pub(crate) async fn find_session_of_token(core: &Core, kind: &SessionKind, token: &str) -> Result<CallSession, Fault> {
    let mut retry = Retry::default();
    loop {
        let Some((key, record, read, now)) = stored_session(core, kind, token).await? else {
            return Err(no_session());
        };
        let holder = Holder(record.holder.clone());
        let (turn, held, _) = read_turn(core, &holder).await?;
        if turn != record.turn || is_past_its_life(core, kind, &record, now) {
            return Err(no_session());
        }
        let batch = core
            .store()
            .batch()
            .only_if(Condition::Version(key.clone(), read.version))
            .only_if(Condition::unchanged(holder.key(), held.as_ref()))
            .put(key.clone(), read.value, idle_until(core, kind, now));
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(CallSession { id: key.id, bound: record.bound }),
            // It was used, or revoked, at the same time.
            other => retry.after(other).await?,
        }
    }
}

/// The same batch, which also revokes all sessions of a wallet but the one in which this request came.
pub(crate) async fn revoke_other_sessions(core: &Core, wallet: &str, batch: Batch) -> Result<Batch, Fault> {
    let holder = Holder::of("wallet", wallet);
    let (turn, held, _) = read_turn(core, &holder).await?;
    let next = HolderRecord { turn: turn + 1 };
    let entry = AuditEntry {
        user: Some(wallet.to_owned()),
        ..core.audit().entry(AuditEvent::SessionRevoked, AuditOutcome::Success)
    };
    let mut batch = batch
        .only_if(Condition::unchanged(holder.key(), held.as_ref()))
        .put(holder.key(), encoded(&next)?, FOREVER)
        .audit(entry);
    if let Some(own) = &core.session {
        let key = RecordKey::new(Kind::Session, &*own.id);
        if let Some(read) = core.store().read(&key).await?.record {
            let record: SessionRecord = decoded(&read)?;
            batch = batch.only_if(Condition::Version(key.clone(), read.version));
            if record.holder == holder.0 {
                batch = batch.put(key, encoded(&SessionRecord { turn: next.turn, ..record })?, read.expires);
            }
        }
    }
    Ok(batch)
}

async fn read_turn(core: &Core, holder: &Holder) -> Result<(u64, Option<Record>, Millis), Fault> {
    let read = core.store().read(&holder.key()).await?;
    let held: HolderRecord = read.record.as_ref().map(decoded).transpose()?.unwrap_or_default();
    Ok((held.turn, read.record, read.now))
}

/// Tokens are looked for with every key of the ring, since a session may be older than the newest.
async fn stored_session(
    core: &Core,
    kind: &SessionKind,
    token: &str,
) -> Result<Option<(RecordKey, SessionRecord, Record, Millis)>, Fault> {
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let keys: Vec<RecordKey> = core.shared.keys.ring().all(KeyName::Codes).map(|key| session_key(key, token)).collect();
    for key in keys {
        let read = core.store().read(&key).await?;
        let Some(stored) = read.record else { continue };
        let record: SessionRecord = decoded(&stored)?;
        return Ok((record.kind == kind.name).then_some((key, record, stored, read.now)));
    }
    Ok(None)
}

fn idle_until(core: &Core, kind: &SessionKind, now: Millis) -> Millis {
    now.saturating_add(millis_of(session_options(core, kind).idle_seconds))
}

/// True if a session has lasted for as long as any of its kind may.
fn is_past_its_life(core: &Core, kind: &SessionKind, record: &SessionRecord, now: Millis) -> bool {
    let life = session_options(core, kind).life_seconds;
    life.is_some_and(|seconds| now > record.opened.saturating_add(millis_of(seconds)))
}

fn session_options(core: &Core, kind: &SessionKind) -> SessionOptions {
    core.shared.options.sessions.get(kind.name).copied().unwrap_or_else(|| SessionOptions::of(kind))
}

fn session_key(key: &Key, token: &str) -> RecordKey {
    RecordKey::new(Kind::Session, mac_text(key, "session", &[Field::Text(token)]))
}

fn no_session() -> Fault {
    Fault::new("caller.unknown").with_detail("the token opens no session")
}
