//! What the program brings along: files that lie beside it in a checkout, and inside of it in a package (`scripts/package.sh` writes
//! `/bundle/` for `/../` here). What becomes of them is decided by whoever asks.

use include_dir::{Dir, include_dir};

macro_rules! text {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), $path))
    };
}

/// The built-in definitions.
pub static DEFINITIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../definitions");
/// The templates of generated code and of new crates.
pub static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../templates");
/// The runtime's sources.
pub static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../runtime");
/// The macros' sources.
pub static MACROS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../macros");
/// The engine's sources.
pub static ENGINE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../engine");

/// The workspace's manifest.
pub const MANIFEST: &str = text!("/../Cargo.toml");
/// The workspace's lock file.
pub const LOCK: &str = text!("/../Cargo.lock");
/// The toolchain.
pub const TOOLCHAIN: &str = text!("/../rust-toolchain.toml");
/// The licence.
pub const LICENSE: &str = text!("/../LICENSE");
/// What changed.
pub const CHANGELOG: &str = text!("/../CHANGELOG.md");
/// How an image of an adapter is made.
pub const DOCKERFILE: &str = text!("/../docs/deploy/Dockerfile");
/// What makes the root file system of that image.
pub const ROOTFS: &str = text!("/../docs/deploy/rootfs.sh");
/// A unit for systemd.
pub const UNIT: &str = text!("/../docs/deploy/systemd/adapter.service");

/// What a file of the bundle is called in a checkout: a package cannot hold a folder with a manifest.
pub fn name_in_checkout(path: &str) -> &str {
    path.strip_suffix(".in").unwrap_or(path)
}
