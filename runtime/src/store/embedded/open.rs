//! Opening a file: the lock, the checks, the schema. Says of every failure whether the file is damaged.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::files::{self, Files};
use super::page_check::{self, Checked};
use crate::store::StoreError;

/// `csgn`: what distinguishes our files from other SQLite files.
const APPLICATION_ID: i32 = 0x6373_676e;

/// The schema that this code reads and writes.
const SCHEMA_VERSION: i32 = 2;

/// What was there before records were chained is kept under another name.
const FROM_1_TO_2: &str = "
    ALTER TABLE audit RENAME TO audit_unchained;
";

const AUDIT: &str = "
    CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, event TEXT NOT NULL, chain TEXT NOT NULL,
        number INTEGER NOT NULL, key TEXT NOT NULL, previous TEXT NOT NULL, mac TEXT NOT NULL, record TEXT NOT NULL
    ) STRICT;
    CREATE TABLE errand (id TEXT PRIMARY KEY, mac TEXT NOT NULL, what TEXT NOT NULL) STRICT;
";

/// Records have row ids: without, they would stand in the nodes of the index itself, four to a page at every level, and
/// what does not fit there on a page of its own. A store of 300,000 codes is then nine levels deep.
const RECORDS: &str = "
    CREATE TABLE record (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT;
    CREATE INDEX record_expires ON record (expires);
";

const COUNTERS: &str = "
    CREATE TABLE counter (
        family TEXT NOT NULL, key TEXT NOT NULL, expires INTEGER NOT NULL, entries TEXT NOT NULL,
        PRIMARY KEY (family, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX counter_expires ON counter (expires);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO meta (name, value) VALUES ('time', 0), ('version', 0);
";

/// How long records may take to be laid out anew, and after how many steps of the engine that is asked.
const LONGEST_LAYOUT: Duration = Duration::from_secs(5);
const STEPS: i32 = 10_000;

/// Keeps other processes out for as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
    /// The store's file itself. It stays open for as long as there are connections: closing any handle of a file gives
    /// up the locks that the engine has on it.
    _store: File,
}

/// A file that is ours, and whole as far as it was read.
pub(super) struct Opened {
    pub path: PathBuf,
    /// Whether there was time to read all of its pages.
    pub pages: Checked,
    pub writer: Connection,
    pub checkpoint: Connection,
    pub time: i64,
    pub files: Files,
    pub lock: Lock,
}

/// Opens a store, or creates it where there is none.
pub(super) fn open(path: &Path, check: Option<Duration>) -> Result<Opened, StoreError> {
    let path = settle(path)?;
    let beside = lock(&path)?;
    if !path.exists() {
        create(&path)?;
    }
    let lock = Lock { _file: beside, _store: lock_itself(&path)? };
    check_header(&lock._store, &path)?;
    let mut writer = connect(&path)?;
    check_schema(&path, &writer)?;
    let pages = page_check::at_start(&path, &mut writer, check)?;
    upgrade(&path, &writer)?;
    give_row_ids(&path, &mut writer)?;
    let write_ahead: String =
        writer.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0)).map_err(|error| damaged_or(&path, &error))?;
    if write_ahead != "wal" {
        return Err(StoreError::Unusable(format!("{}: this file system cannot keep a log beside it", path.display())));
    }
    let time = writer
        .query_row("SELECT value FROM meta WHERE name = 'time'", [], |row| row.get(0))
        .map_err(|error| damaged_or(&path, &error))?;
    let checkpoint = connect(&path)?;
    let files = Files::of(&path)?;
    if !files::same(&path, &lock._store).map_err(|error| unusable(&path, error))? {
        return Err(StoreError::Unavailable(format!("{}: it was replaced while it was opened", path.display())));
    }
    Ok(Opened { path, pages, writer, checkpoint, time, files, lock })
}

/// A connection to a store that another process may have open, or to a copy: it only reads, and makes nothing.
pub(super) fn outsider(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(unusable(path, "there is no such file"));
    }
    check_header(&File::open(path).map_err(|error| unusable(path, error))?, path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| damaged_or(path, &error))?;
    let set = || {
        connection.busy_timeout(Duration::from_secs(2))?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)
    };
    set().map_err(|error| damaged_or(path, &error))?;
    if check_schema(path, &connection)? != SCHEMA_VERSION {
        return Err(unusable(path, "it has an older schema; an adapter that opens it brings it to this one"));
    }
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| damaged_or(path, &error))?;
    Ok(connection)
}

/// Whatever is read here was written here: a column of another type is damage, too.
fn is_damage(error: &rusqlite::Error) -> bool {
    let is_of_another_type = matches!(error, rusqlite::Error::InvalidColumnType(..));
    is_of_another_type
        || matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// What an error of the engine means for its callers.
pub(super) fn damaged_or(path: &Path, error: &rusqlite::Error) -> StoreError {
    match is_damage(error) {
        true => damaged(path, error),
        false => StoreError::Unavailable(format!("{}: {error}", path.display())),
    }
}

/// A file that cannot be made now may be made later, once there is room; otherwise the setting is wrong.
fn unmade(path: &Path, error: std::io::Error) -> StoreError {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => StoreError::Unavailable(format!("{}: {error}", path.display())),
        _ => unusable(path, error),
    }
}

pub(super) fn damaged(path: &Path, why: impl ToString) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), why: why.to_string() }
}

fn unusable(path: &Path, why: impl std::fmt::Display) -> StoreError {
    StoreError::Unusable(format!("{}: {why}", path.display()))
}

/// The folder made, links resolved: two names of one file must find one lock.
fn settle(path: &Path) -> Result<PathBuf, StoreError> {
    let name = path.file_name().ok_or_else(|| unusable(path, "this is no name of a file"))?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|error| unmade(folder, error))?;
    let settled = match fs::canonicalize(path) {
        Ok(whole) => whole,
        Err(_) => fs::canonicalize(folder).map_err(|error| unusable(folder, error))?.join(name),
    };
    Ok(settled)
}

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let at = beside(path, ".lock");
    let file = private(&at).create(true).truncate(false).open(&at).map_err(|error| unmade(&at, error))?;
    locked(file, path)
}

/// Locks the file itself, by a lock that is none of the engine's: so nobody else has the store under another name or
/// after the lock file was removed.
fn lock_itself(path: &Path) -> Result<File, StoreError> {
    let file = File::open(path).map_err(|error| unusable(path, error))?;
    if cfg!(unix) { locked(file, path) } else { Ok(file) }
}

fn locked(file: File, path: &Path) -> Result<File, StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(unusable(path, error)),
    }
}

/// A file that only its owner may read.
pub(super) fn private(_at: &Path) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// A file of ours is never empty, since it was moved here whole; and never shorter than it says, since the engine writes
/// beside it first.
fn check_header(mut file: &File, path: &Path) -> Result<(), StoreError> {
    let mut header = [0_u8; 100];
    let read = file.read_exact(&mut header);
    if read.is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(damaged(path, "it does not begin as an SQLite file"));
    }
    let is_being_changed = ["-wal", "-journal"].iter().any(|ending| has_something(&beside(path, ending)));
    let length = file.metadata().map_err(|error| unusable(path, error))?.len();
    let whole = length_of(&header);
    if !is_being_changed && (length < whole || !length.is_multiple_of(page_size(&header))) {
        return Err(damaged(path, format!("it was cut: it has {length} bytes of {whole}")));
    }
    Ok(())
}

fn has_something(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.len() > 0)
}

/// How long a file with this header is at least: so many pages, if the latest change counted them.
fn length_of(header: &[u8; 100]) -> u64 {
    let [changes, pages, counted_at] = [24, 28, 92].map(|at| number(header, at, 4));
    if changes == counted_at { pages * page_size(header) } else { 0 }
}

fn page_size(header: &[u8; 100]) -> u64 {
    match number(header, 16, 2) {
        // What two bytes have no room for.
        0 | 1 => 65_536,
        size => size,
    }
}

/// A number in the header, its first byte the highest.
fn number(header: &[u8; 100], at: usize, length: usize) -> u64 {
    header.iter().skip(at).take(length).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Builds the file under another name and moves it here whole, so that a crash leaves either nothing or a store.
fn create(path: &Path) -> Result<(), StoreError> {
    for ending in ["-wal", "-journal"] {
        if beside(path, ending).exists() {
            return Err(damaged(path, format!("the file is gone, but its `{ending}` is there")));
        }
    }
    let new = beside(path, ".new");
    let journal = beside(&new, "-journal");
    for old in [&new, &journal] {
        match fs::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(old, error)),
            _ => {}
        }
    }
    private(&new).create_new(true).open(&new).map_err(|error| unmade(&new, error))?;
    build(&new).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => damaged_or(&new, &error),
        _ => unusable(&new, error),
    })?;
    fs::rename(&new, path).map_err(|error| unmade(path, error))?;
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| unusable(folder, error))?;
    }
    Ok(())
}

fn build(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.execute_batch(&format!(
        "BEGIN; {RECORDS} {COUNTERS} {AUDIT} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    ))?;
    connection.close().map_err(|(_, error)| error)
}

pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| damaged_or(path, &error))?;
    let set = || {
        connection.busy_timeout(Duration::from_secs(2))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)
    };
    set().map_err(|error| damaged_or(path, &error))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Gives the schema's version.
fn check_schema(path: &Path, connection: &Connection) -> Result<i32, StoreError> {
    let number = |pragma: &str| {
        connection
            .pragma_query_value(None, pragma, |row| row.get::<_, i32>(0))
            .map_err(|error| damaged_or(path, &error))
    };
    if number("application_id")? != APPLICATION_ID {
        return Err(damaged(path, "it is an SQLite file, but not one of ours"));
    }
    let version = number("user_version")?;
    if !(1..=SCHEMA_VERSION).contains(&version) {
        return Err(unusable(path, format!("it has schema {version}, this adapter reads schema {SCHEMA_VERSION}")));
    }
    if version < SCHEMA_VERSION {
        return Ok(version);
    }
    let tables =
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('record', 'counter', 'audit', 'meta')";
    let found: i32 = connection.query_row(tables, [], |row| row.get(0)).map_err(|error| damaged_or(path, &error))?;
    if found < 4 {
        return Err(damaged(path, "one of its tables is missing"));
    }
    Ok(version)
}

/// Brings an older schema to ours, in one transaction.
fn upgrade(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let run = || {
        let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == SCHEMA_VERSION {
            return Ok(());
        }
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {FROM_1_TO_2} {AUDIT} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        ))
    };
    run().map_err(|error| damaged_or(path, &error))
}

/// Gives records row ids in a file that was made without. Both read alike, and an older adapter reads both; where that takes
/// long, or there is no room, the file stays as it is until the next start.
fn give_row_ids(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let made: String = connection
        .query_row("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'record'", [], |row| row.get(0))
        .map_err(|error| damaged_or(path, &error))?;
    if !made.ends_with("WITHOUT ROWID") {
        return Ok(());
    }
    let (store, began) = (path.display(), Instant::now());
    if !has_room(path) {
        tracing::warn!(%store, "there is no room to lay the store's records out anew, three times the file; they stay as they are");
        return Ok(());
    }
    tracing::info!(%store, "the store's records are laid out anew, to be found sooner");
    connection
        .progress_handler(STEPS, Some(move || began.elapsed() > LONGEST_LAYOUT))
        .map_err(|error| damaged_or(path, &error))?;
    let copied = copy_records(connection);
    connection.progress_handler(0, None::<fn() -> bool>).map_err(|error| damaged_or(path, &error))?;
    match copied {
        Ok(copied) => tracing::info!(%store, copied, "the store's records are laid out anew"),
        Err(error) if is_damage(&error) => return Err(damaged_or(path, &error)),
        Err(error) => {
            tracing::warn!(%store, %error, "the store's records stay as they were laid out; the next start tries again")
        }
    }
    // What was written into the log is moved now, and not by the first commit.
    match connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        Err(error) if is_damage(&error) => Err(damaged_or(path, &error)),
        _ => Ok(()),
    }
}

/// True if the disk has room for all of the file once more, in the log and behind what there is, and to spare.
#[cfg(unix)]
fn has_room(path: &Path) -> bool {
    let Ok(size) = fs::metadata(path).map(|file| file.len()) else { return false };
    rustix::fs::statvfs(path).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) >= size.saturating_mul(3))
}

#[cfg(not(unix))]
fn has_room(_path: &Path) -> bool {
    true
}

fn copy_records(connection: &mut Connection) -> rusqlite::Result<usize> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction
        .execute_batch(&format!("ALTER TABLE record RENAME TO record_before; DROP INDEX record_expires; {RECORDS}"))?;
    let copied = transaction.execute(
        "INSERT INTO record (kind, id, version, expires, value)
         SELECT kind, id, version, expires, value FROM record_before",
        [],
    )?;
    transaction.execute_batch("DROP TABLE record_before")?;
    transaction.commit()?;
    Ok(copied)
}
