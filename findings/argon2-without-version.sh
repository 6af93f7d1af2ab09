#!/bin/sh
# An Argon2 hash in PHC form whose `v=` is missing, as every hash made before version 1.3 of the algorithm (2016) is.
#
# One would guess: what the reference library verifies, other libraries verify too, or they refuse to read it.
# What happens: the reference library takes a missing version for 16 and verifies. The RustCrypto crate reads it without an error,
#   takes it for 19, and answers "wrong password" for the right one.
# Who is hurt: a bank that brings old hashes along: its users are told that their password is wrong, and are locked out
#   by a counter of failures, while nothing is logged.
# Source: the Argon2 reference implementation's `decode_string` (the default of the version field); RFC 9106, section 3.1.
# Seen with: argon2 0.5.3 (crate), argon2-cffi 25.1.0 with argon2-cffi-bindings 25.1.0 (Python).
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip -q --disable-pip-version-check install argon2-cffi==25.1.0 argon2-cffi-bindings==25.1.0
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "seen"
version = "0.1.0"
edition = "2021"
[dependencies]
argon2 = "=0.5.3"
[workspace]
TOML
cat > make.py <<'PY'
from argon2.low_level import hash_secret, Type
made = hash_secret(b"password", b"saltsalt1234", 3, 4096, 1, 32, Type.I, version=16).decode()
print(made.replace("$v=16", ""))
print(made)
PY
env/bin/python make.py > hashes
cat > check.py <<'PY'
import sys
from argon2.low_level import verify_secret, Type
for line in sys.stdin:
    print("reference", "v=" in line, verify_secret(line.strip().encode(), b"password", Type.I))
PY
cat > src/main.rs <<'RS'
use argon2::{Argon2, PasswordHash, PasswordVerifier};
fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let hash = PasswordHash::new(&line).expect("it is read without an error");
        let verified = Argon2::default().verify_password(b"password", &hash).is_ok();
        println!("crate {} {verified}", line.contains("v="));
    }
}
RS
cargo build -q --release
{ env/bin/python check.py < hashes; target/release/seen < hashes; } > seen
cat seen
cat > expected <<'TXT'
reference False True
reference True True
crate false false
crate true true
TXT
cmp seen expected
