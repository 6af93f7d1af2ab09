#!/usr/bin/env bash
# How many right codes 64 callers at once can have verified where each verification is on the disk before it is answered.
# On the embedded store: how many a second, and how many syncs each takes. On PostgreSQL: how many a second, against what
# pgbench reaches on the same server with the same statements, the two by turns. Everything runs on all cores. Needs PostgreSQL
# with pgbench (Debian: `postgresql`), `cc`, and, by `cargo build --release`,
#   -p countersign-benches
#   -p example-powerauth-data-adapter --example large_bank --features countersign-runtime/postgres
#
#   scripts/durable_verifies.sh [embedded|postgres|growth|log]
#
# `growth` verifies on PostgreSQL alone while ever more codes are live (BENCH_SIZES, 1000,10000,100000,300000).
# `log` writes down which statements one verification asks of the server, which scripts/lib/verify.pgbench must be like.
# TMPDIR is on the disk that is measured; BENCH_VERIFIES is how many are verified in a run (20000), BENCH_ROUNDS how
# often the two take turns (3), BENCH_LIVE how many codes are live (10000).
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
programs=${CARGO_TARGET_DIR:-target}/release
adapter=$programs/examples/large_bank
verifies=${BENCH_VERIFIES:-20000} rounds=${BENCH_ROUNDS:-3} live=${BENCH_LIVE:-10000} callers=64
folder=$(mktemp -d)
chmod 755 "$folder"
postgres=
as_user=()
stop() {
  [ -z "$postgres" ] || (cd / && "${as_user[@]}" "$postgres/pg_ctl" -D "$folder/database/data" -m immediate -s stop) || true
  rm -rf "$folder"
}
trap stop EXIT

bench() { "$programs/bench" --server "ours=$adapter" --requests "$verifies" codes --sizes "$live" --callers $callers --all-cores "$@"; }

embedded() {
  echo "== embedded"
  BENCH_STORE=embedded:$folder/state.db bench --syncs
}

start_database() {
  postgres=$(dirname "$(find /usr/lib/postgresql -path '*/bin/pgbench' | sort -V | tail -1)")
  mkdir "$folder/database"
  [ "$(id -u)" != 0 ] || { as_user=(runuser -u postgres --); chown postgres "$folder/database"; }
  (
    cd /
    "${as_user[@]}" "$postgres/initdb" -D "$folder/database/data" -U owner --auth=trust >/dev/null
    "${as_user[@]}" "$postgres/pg_ctl" -D "$folder/database/data" -s -w -l "$folder/database/log" \
      -o "-k $folder/database -c listen_addresses= -c max_connections=200 -c fsync=on -c synchronous_commit=on $*" start
  )
}

sql() { psql -h "$folder/database" -U owner -XAtqc "$2" "$1"; }
store_in() { echo "postgres://owner@/$1?host=$folder/database"; }

# A database with the schema.
database() {
  sql postgres "CREATE DATABASE $1"
  COUNTERSIGN_STORE=$(store_in "$1") "$adapter" --dev --migrate >/dev/null
}

# Rows for each client of pgbench, and the variables: what the adapter has written to the database of this name.
prepare_pgbench() {
  sql "$1" "INSERT INTO countersign.record (kind, id, version, expires, value)
    SELECT 'code', 'bench-' || number, 1, expires, value FROM generate_series(1, $callers * 1000) AS number,
    (SELECT expires, value FROM countersign.record WHERE kind = 'code' LIMIT 1) AS made"
  sql "$1" "VACUUM ANALYZE"
  variables=(-D each=1000)
  variables+=(-D "expires=$(sql "$1" "SELECT expires FROM countersign.record WHERE kind = 'code' LIMIT 1")")
  variables+=(-D "code=$(sql "$1" "SELECT value FROM countersign.record WHERE kind = 'code' LIMIT 1")")
  variables+=(-D "audit=$(sql "$1" "SELECT record FROM countersign.audit WHERE event = 'otp.verified' LIMIT 1")")
  variables+=(-D "mac=$(sql "$1" "SELECT mac FROM countersign.audit WHERE event = 'otp.verified' LIMIT 1")")
  variables+=(-D 'lockout={"failures":0,"under_way":[1764547200000]}')
}

# The same settings that the adapter's connections have.
pgbench_verifies() {
  PGOPTIONS='-c enable_seqscan=off -c lock_timeout=3s -c statement_timeout=4s -c idle_in_transaction_session_timeout=10s' \
    "$postgres/pgbench" -h "$folder/database" -U owner -n -M prepared -c $callers -j 2 -T 15 "${variables[@]}" \
    -f scripts/lib/verify.pgbench "$1" 2>&1 | tee "$folder/pgbench" | sed -n 's/^tps = \([0-9]*\).*/\1/p'
}

on_postgres() {
  start_database
  echo "== PostgreSQL: $(sql postgres "SELECT version()")"
  echo "fsync $(sql postgres "SHOW fsync"), synchronous_commit $(sql postgres "SHOW synchronous_commit")"
  for round in $(seq "$rounds"); do
    database "round$round"
    BENCH_STORE=$(store_in "round$round") bench | tee "$folder/bench"
    ours=$(sed -n 's/.* \([0-9]*\) verifies a second.*/\1/p' "$folder/bench")
    prepare_pgbench "round$round"
    theirs=$(pgbench_verifies "round$round")
    [ -n "$theirs" ] || { cat "$folder/pgbench" >&2; exit 1; }
    grep -q 'number of failed transactions: 0 ' "$folder/pgbench" || { cat "$folder/pgbench" >&2; exit 1; }
    echo "  pgbench: $theirs a second; the adapter reaches $(awk "BEGIN { printf \"%.2f\", $ours / $theirs }") of that"
  done
}

growth() {
  start_database
  database growth
  BENCH_STORE=$(store_in growth) "$programs/bench" --server "ours=$adapter" --requests 5000 codes --callers $callers --all-cores \
    --sizes "${BENCH_SIZES:-1000,10000,100000,300000}"
}

logged() {
  start_database -c log_statement=all -c log_line_prefix=%p.
  database logged
  callers=1 verifies=5 live=10
  BENCH_STORE=$(store_in logged) bench >&2
  tail -n 400 "$folder/database/log"
}

case $what in
all) embedded; on_postgres ;;
embedded) embedded ;;
postgres) on_postgres ;;
growth) growth ;;
log) logged ;;
*) sed -n '2,/^set/p' "$0" >&2; exit 2 ;;
esac
