#!/usr/bin/env bash
# A newcomer's afternoon, outside of the repository and with the installed program alone: `new`, hooks that ask a core system
# and a gateway by HTTP, six tailorings, five mistakes that their messages mend, `generate --check`, the embedded store,
# PostgreSQL (if Debian's package `postgresql` is there), and the upgrade from an older generator.
#
#   scripts/afternoon.sh [FOLDER]        OLD=REVISION: the older generator; CARGO_COMMAND: how cargo is called
#
# The program is built with the profile for development into the usual target folder, and so is the bank's crate. Ends with the
# seconds of each step.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
parts=$repository/scripts/afternoon
work=${1:-$(mktemp -d)}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$repository/target} NO_COLOR=1 CARGO_TERM_COLOR=never
# As the workspace builds, so that what it has compiled is not compiled again.
export CARGO_PROFILE_DEV_DEBUG=${CARGO_PROFILE_DEV_DEBUG:-line-tables-only}
cargo() { command ${CARGO_COMMAND:-cargo} "$@"; }
began=$SECONDS last=$SECONDS

step() { printf '%4ds  %s\n' $((SECONDS - last)) "$*"; last=$SECONDS; }
fail() { echo "FAILED: $*" >&2; exit 1; }
says() { grep -qF -- "$1" <<<"$2" || fail "expected \"$1\" in: $2"; }
children=()
cleanup() { for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done; [ -z "${database:-}" ] || stop_database; }
trap cleanup EXIT

echo "== the program, in $work"
(cd "$repository" && cargo install --quiet --debug --locked --offline --path generator --root "$work/tool")
export PATH=$work/tool/bin:$PATH
cd "$work"
step "cargo install: $(countersign --version)"

countersign new my-bank --extends powerauth-data-adapter >new.txt
cd my-bank
cargo build --quiet --offline
step "new, and the first build"
program=$CARGO_TARGET_DIR/debug/my-bank
"$program" --dev >../dev.txt 2>../dev.log & children+=($!)
for _ in $(seq 100); do curl -sf http://127.0.0.1:8081/health/ready >/dev/null && break; sleep 0.1; done
says '"id":"12345678"' "$(bash -c "$(grep '^curl' README.md)")"
kill "${children[-1]}"; wait "${children[-1]}" || true
says "not written yet" "$(cat ../dev.log)"
step "the first call of README.md"

cp "$parts/hooks.rs" src/hooks.rs
cargo add --quiet --offline ureq@3 --no-default-features
cargo add --quiet --offline serde_json@1
cargo add --quiet --offline tokio@1 --features rt
cp "$parts/adapter.yaml" adapter.yaml
countersign check --deny-warnings
countersign check --changes >../changes.txt
countersign generate >/dev/null
step "hooks and six tailorings: $(grep -c . ../changes.txt) lines of changes"

# What is broken, by which change, and what the message offers.
mistake() { # NAME SED EXPECTED
  cp adapter.yaml ../good.yaml
  sed -i "$2" adapter.yaml
  cmp -s adapter.yaml ../good.yaml && fail "$1: nothing was broken"
  told=$(countersign check 2>&1) && fail "$1 was not found"
  says "$3" "$told"
  cp ../good.yaml adapter.yaml
}
mistake "a misspelt key" 's/life: 3m/lief: 3m/' 'did you mean `life`?'
mistake "a misspelt fault" 's/for: \[operation.expired\]/for: [operation.expird]/' 'did you mean `operation.expired`?'
mistake "a misspelt error" 's/errors: \[OPERATION_EXPIRED\]/errors: [OPERATION_EXPIRD]/' 'did you mean `OPERATION_EXPIRED`?'
mistake "a blank too few" 's/digits: 6/digits:6/' 'adapter.yaml:8'
mistake "a meaning that no field has" 's/      is: card.number/      as: text/' 'card.number'
countersign check >/dev/null
countersign generate --check >/dev/null
step "five mistakes, mended by their messages; generate --check"

python3 "$parts/systems.py" 18090 18091 "$work/messages.jsonl" & children+=($!)
for _ in $(seq 100); do curl -s -o /dev/null http://127.0.0.1:18090/health && break; sleep 0.1; done
export CORE_PASSWORD=core-password-of-the-afternoon
cargo build --quiet --offline
COUNTERSIGN_CORE__URL=http://127.0.0.1:18090 COUNTERSIGN_CORE__PASSWORD=env:CORE_PASSWORD \
  COUNTERSIGN_GATEWAY__URL=http://127.0.0.1:18091 cargo test --quiet --offline >../test.txt 2>&1 || fail "its test: $(tail -20 ../test.txt)"
for secret in codes counters pepper audit; do
  head -c 32 /dev/urandom | base64 >"$work/key-$secret"; chmod 600 "$work/key-$secret"
done
cat >settings.yaml <<SETTINGS
listen: 127.0.0.1:18080
ops.listen: 127.0.0.1:18081
shutdown_delay: 0s
keys: { codes: "file:$work/key-codes", counters: "file:$work/key-counters", pepper: "file:$work/key-pepper", audit: "file:$work/key-audit" }
sms: { countries: [CZ], budget_per_hour: 1000, any_source: true }
core: { url: "http://127.0.0.1:18090", password: "env:CORE_PASSWORD" }
gateway.url: http://127.0.0.1:18091
SETTINGS
"$program" --settings settings.yaml --check-settings >../settings.txt
says "the settings are good" "$(cat ../settings.txt)"
grep -q "$CORE_PASSWORD" ../settings.txt && fail "a secret is printed"
step "build and test with the hooks, check-settings: $(grep -c . ../settings.txt) lines"

ask() { curl -s -w '\n%{http_code}' -H 'Content-Type: application/json' -d "{\"requestObject\":$2}" "http://127.0.0.1:18080/powerauth-data-adapter$1"; }
value() { python3 -c 'import json,sys; print(json.loads(sys.argv[1].rsplit("\n",1)[0])["responseObject"].get(sys.argv[2]))' "$1" "$2"; }
context='"operationContext":{"id":"1","name":"login","data":"A2"}'
through_the_day() { # ARGUMENTS of the program
  "$program" --settings settings.yaml >../run.txt 2>../run.log & children+=($!)
  server=$!
  for _ in $(seq 100); do curl -sf http://127.0.0.1:18081/health/ready >/dev/null && break; sleep 0.1; done
  answer=$(ask /api/auth/user/lookup "{\"username\":\"jane\",\"organizationId\":\"RETAIL\",$context}")
  says 4711 "$(value "$answer" id)"
  answer=$(ask /api/auth/user/authenticate "{\"userId\":\"4711\",\"organizationId\":\"RETAIL\",\"password\":\"wrong\",\"authenticationContext\":{\"passwordProtection\":\"NO_PROTECTION\"},$context}")
  says 401 "${answer##*$'\n'}"
  answer=$(ask /api/auth/sms/create "{\"userId\":\"4711\",\"organizationId\":\"RETAIL\",\"lang\":\"sk\",$context}")
  message=$(value "$answer" messageId)
  text=$(tail -1 "$work/messages.jsonl")
  says "Kód na prihlásenie" "$(python3 -c 'import json,sys; print(json.loads(sys.argv[1])["text"])' "$text")"
  code=$(python3 -c 'import json,re,sys; print(re.search("[0-9]{6}", json.loads(sys.argv[1])["text"]).group())' "$text")
  answer=$(ask /api/auth/sms/verify "{\"messageId\":\"$message\",\"authorizationCode\":\"$code\",\"userId\":\"4711\",\"organizationId\":\"RETAIL\",$context}")
  says VERIFIED_SUCCEEDED "$answer"
  says True "$(value "$answer" showRemainingAttempts)"
  answer=$(ask /api/auth/sms/create "{\"userId\":\"4711\",\"organizationId\":\"RETAIL\",\"lang\":\"en\",\"operationContext\":{\"id\":\"2\",\"name\":\"login\",\"data\":\"A2\",\"validTo\":\"2020-01-01T00:00:00.000+0000\"}}")
  says 410 "${answer##*$'\n'}"
  answer=$(ask /api/card/block '{"userId":"4711","cardNumber":"5500000000000004"}')
  says blockedAt "$answer"
  says CARD_NOT_FOUND "$(ask /api/card/block '{"userId":"4711","cardNumber":"5500000000000012"}')"
  kill "$server"; wait "$server" || fail "it ended with $?: $(tail -3 ../run.log)"
}
through_the_day
step "on the embedded store: every tailoring proved by a request"

if initdb=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -1); then
  database=$work/database
  as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
  stop_database() { as_postgres "$(dirname "$initdb")/pg_ctl" -D "$database" -m fast -s stop || true; }
  install -d -m 0700 "$database"; chmod 0711 "$work"
  [ "$(id -u)" != 0 ] || chown postgres "$database"
  as_postgres "$initdb" -D "$database" -A trust -U postgres >/dev/null
  as_postgres "$(dirname "$initdb")/pg_ctl" -D "$database" -s -w -o "-k $database -h '' -p 15432" -l "$database/log" start
  sql() { as_postgres psql -q -h "$database" -p 15432 -U postgres "$@"; }
  sql -c 'CREATE ROLE countersign_migrator LOGIN' -c 'CREATE ROLE countersign_runtime LOGIN'
  sql -c 'CREATE DATABASE countersign OWNER countersign_migrator'
  chmod 0755 "$database"
  sed -i 's/features = \["page"\]/features = ["page", "postgres"]/' Cargo.toml
  cargo build --quiet --offline
  step "build with the feature postgres"
  address="postgres://USER@/countersign?host=$database&port=15432"
  echo "store: \"${address/USER/countersign_runtime}\"" >>settings.yaml
  told=$("$program" --settings settings.yaml --check-settings 2>&1) && fail "a missing schema was not told"
  says -- "--migrate" "$told"
  COUNTERSIGN_STORE=${address/USER/countersign_migrator} "$program" --migrate >/dev/null
  "$program" --settings settings.yaml --check-settings >/dev/null
  through_the_day
  step "on PostgreSQL: the same"
else
  echo "SKIPPED: PostgreSQL is not there"
fi

old=${OLD:-$(git -C "$repository" log --diff-filter=A --format=%H -- runtime/src/start/bank.rs | tail -1)^}
mkdir "$work/old-source" && git -C "$repository" archive "$old" | tar -x -C "$work/old-source"
# In a target folder of its own: in a shared one cargo takes an older checkout's artifacts for those of this one.
(cd "$work/old-source" && CARGO_TARGET_DIR=target cargo build --quiet --offline --locked -p countersign)
mv "$work/old-source/target/debug/countersign" "$work/old-countersign"
rm -rf "$work/old-source"
cd "$work"
./old-countersign new old-bank --extends powerauth-data-adapter >/dev/null
cd old-bank && ../old-countersign generate >/dev/null
told=$(countersign generate 2>&1) && fail "another runtime was not refused"
says "countersign upgrade" "$told"
countersign upgrade >../upgrade.txt
says "to do:" "$(cat ../upgrade.txt)"
countersign generate --check >/dev/null
sed -i 's/fn unfinished(&self)/fn unfinished()/' src/hooks.rs    # as the changelog says
cargo build --quiet --offline
step "from an older generator: $(git -C "$repository" log -1 --format=%h "$old"), upgraded and built"
echo "in all $((SECONDS - began)) seconds"
