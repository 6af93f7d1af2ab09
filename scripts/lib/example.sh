# Starts examples for the other scripts, which source this file: `start_example NAME` starts one with --dev on free
# ports and sets `address`, `log` and `outbox`; `stop_example` ends it. `folder` is a temporary folder, removed at the end.

target=${CARGO_TARGET_DIR:-target}
folder=$(mktemp -d)
server=
trap 'stop_example; rm -rf "$folder"' EXIT

# With the memory store, without limits on sending, and with the demo users of its definition where it has some.
start_example() {
  log="$folder/$1.log" outbox="$folder/$1.outbox" address=
  : > "$outbox"
  : > "$log"
  local settings=()
  [ ! -f "definitions/$1/demo.yaml" ] || settings=(--settings "definitions/$1/demo.yaml")
  COUNTERSIGN_LISTEN=127.0.0.1:0 COUNTERSIGN_OPS_LISTEN=127.0.0.1:0 COUNTERSIGN_STORE=memory COUNTERSIGN_DEV_LIMITS=off \
    COUNTERSIGN_DEV_OUTBOX="$outbox" "$target/debug/example-$1" --dev ${settings[@]+"${settings[@]}"} > "$log" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    address=$(sed -n 's/^listening on \(http:[^ ]*\)$/\1/p' "$log" | head -1)
    [ -z "$address" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  return 1
}

stop_example() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

# What callers of an example show, as its demo knows it: a token, `id:key` for two headers, or nothing.
credential_of() {
  case $1 in
    walley-*) echo demo-access-token ;;
    b2b-*) echo demo:demo-access-token ;;
  esac
}

# The examples that have a definition of their own in the program.
every_example() {
  (cd definitions && ls -d */adapter.yaml | sed 's|/adapter.yaml||')
}
