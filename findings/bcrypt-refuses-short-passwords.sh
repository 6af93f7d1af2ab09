#!/bin/sh
# passlib, the hash library of many Python back ends, with the newest bcrypt package.
#
# One would guess: passlib asks for any bcrypt, so a hash that it verified yesterday verifies after an update of bcrypt.
# What happens: before its first hash passlib tries bcrypt on a long password of its own to see whether an old fault is there. bcrypt 5
#   refuses passwords of more than 72 bytes instead of cutting them, so every call, for any password and any hash, fails with
#   "password cannot be longer than 72 bytes".
# Who is hurt: a core system's password check behind a hook: all users fail at once, with a message that blames their password.
# Source: changelog of bcrypt 5.0.0 (passwords over 72 bytes raise); passlib 1.7.4, its probe for the wrap-around fault.
# Seen with: passlib 1.7.4 with bcrypt 5.0.0, and with bcrypt 4.0.1 for comparison.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > check.py <<'PY'
import logging, bcrypt
logging.disable(logging.CRITICAL)
from passlib.hash import bcrypt as scheme
made = bcrypt.hashpw(b"short", bcrypt.gensalt(4)).decode()
try:
    print(scheme.verify("short", made))
except ValueError as error:
    print("ValueError:", str(error).split(",")[0])
PY
for version in 4.0.1 5.0.0; do
  python3 -m venv "env-$version"
  "env-$version/bin/pip" -q --disable-pip-version-check install passlib==1.7.4 "bcrypt==$version"
  printf '%s ' "$version"; "env-$version/bin/python" check.py
done > seen
cat seen
cat > expected <<'TXT'
4.0.1 True
5.0.0 ValueError: password cannot be longer than 72 bytes
TXT
cmp seen expected
