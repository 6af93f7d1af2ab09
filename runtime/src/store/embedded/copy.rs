//! A copy of a file while another process writes to it, and a look at what is in it. Both read one state of the file,
//! without the lock, and hold nobody up.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OptionalExtension, params};

use super::open::{self, damaged_or};
use super::{page_check, rows};
use crate::store::StoreError;
use crate::store::batch::Millis;
use crate::store::chain::AuditHead;

/// Copies a store into a file that is not there yet. The copy is one whole file, without a log beside it, and can be
/// opened in place of the store.
///
/// # Errors
/// The store is not there or damaged, or the copy cannot be written; then there is no copy.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let cannot = |error: std::io::Error| StoreError::Unusable(format!("{}: {error}", to.display()));
    if to.exists() {
        return Err(StoreError::Unusable(format!("{}: there is a file of this name", to.display())));
    }
    let source = open::outsider(from)?;
    let new = open::beside(to, ".new");
    let _ = fs::remove_file(&new);
    open::private(&new).create_new(true).open(&new).map_err(cannot)?;
    let done = copied(&source, &new).and_then(|()| {
        let file = File::open(&new).map_err(cannot)?;
        file.sync_all().map_err(cannot)?;
        fs::rename(&new, to).map_err(cannot)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(cannot)
    });
    if done.is_err() {
        let _ = fs::remove_file(&new);
    }
    done
}

/// All pages in one step, so that they are of one state whatever is written meanwhile.
fn copied(source: &Connection, to: &Path) -> Result<(), StoreError> {
    let store_error = |error: rusqlite::Error| damaged_or(to, &error);
    let mut copy = Connection::open(to).map_err(store_error)?;
    let ended = Backup::new(source, &mut copy).and_then(|backup| backup.step(-1)).map_err(store_error)?;
    if ended != StepResult::Done {
        return Err(StoreError::Unavailable("the store is too busy to be copied".into()));
    }
    let log: String = copy.query_row("PRAGMA journal_mode=DELETE", [], |row| row.get(0)).map_err(store_error)?;
    if log != "delete" {
        return Err(StoreError::Unavailable(format!("the copy keeps a log of the kind `{log}`")));
    }
    page_check::whole(to, &copy)?;
    copy.close().map_err(|(_, error)| store_error(error))
}

/// What is in a file: numbers and times, and nothing that anybody could use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspected {
    /// The schema's version.
    pub schema: i32,
    /// Its size in bytes, the log not counted.
    pub bytes: i64,
    /// Bytes in it that are free to be used again.
    pub free_bytes: i64,
    /// The latest time that it has seen.
    pub time: Millis,
    /// Records by kind.
    pub records: Vec<Group>,
    /// Counters by family.
    pub counters: Vec<Group>,
    /// How many audit entries there are.
    pub audit: i64,
    /// The oldest and the newest of them, in microseconds since 1970.
    pub audit_times: Option<(i64, i64)>,
    /// The end of their chain.
    pub head: Option<AuditHead>,
}

/// Rows of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Their kind or family.
    pub name: String,
    /// How many there are.
    pub number: i64,
    /// How many of them have expired.
    pub expired: i64,
    /// When the first and the last of them expire.
    pub expires: (Millis, Millis),
}

/// Looks at a file, all of whose pages are checked.
///
/// # Errors
/// It is not there, damaged, or not one of ours.
pub fn inspect(path: &Path) -> Result<Inspected, StoreError> {
    let connection = open::outsider(path)?;
    connection.execute_batch("BEGIN").map_err(|error| damaged_or(path, &error))?;
    page_check::whole(path, &connection)?;
    read(&connection).map_err(|error| damaged_or(path, &error))
}

fn read(connection: &Connection) -> rusqlite::Result<Inspected> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let page = number("PRAGMA page_size")?;
    let time = number("SELECT value FROM meta WHERE name = 'time'")?;
    let last = rows::last_audit(connection)?;
    let first: Option<i64> =
        connection.query_row("SELECT time FROM audit ORDER BY sequence LIMIT 1", [], |row| row.get(0)).optional()?;
    let head = last.as_ref().map(|last| AuditHead {
        chain: last.seal.chain.clone(),
        number: last.seal.number,
        mac: last.seal.mac.clone(),
    });
    Ok(Inspected {
        schema: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
        bytes: page * number("PRAGMA page_count")?,
        free_bytes: page * number("PRAGMA freelist_count")?,
        time,
        records: groups(
            connection,
            "SELECT kind, count(*), sum(expires < ?1), min(expires), max(expires) FROM record GROUP BY kind",
            time,
        )?,
        counters: groups(
            connection,
            "SELECT family, count(*), sum(expires <= ?1), min(expires), max(expires) FROM counter GROUP BY family",
            time,
        )?,
        audit: number("SELECT count(*) FROM audit")?,
        audit_times: first.zip(last.map(|last| last.record.time)),
        head,
    })
}

fn groups(connection: &Connection, sql: &str, now: Millis) -> rusqlite::Result<Vec<Group>> {
    let mut statement = connection.prepare(sql)?;
    let groups = statement.query_map(params![now], |row| {
        let expires = (row.get(3)?, row.get(4)?);
        Ok(Group { name: row.get(0)?, number: row.get(1)?, expired: row.get(2)?, expires })
    })?;
    groups.collect()
}
