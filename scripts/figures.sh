#!/usr/bin/env bash
# Runs the longest counts of docs/figures.md, release build, in slices that add up: stopped and started again, it goes on
# where it was. `scripts/figures.sh [NAME…]` runs those, or all; `scripts/figures.sh --table` only tells how far they are.
# Needs PostgreSQL and libfaketime (Debian: `postgresql`, `faketime`). Each slice is a line in target/figures/NAME.log.
#
# Everything runs at the lowest priority; what is judged by durations wants `FIGURES_NICE=0` and a machine with nothing
# else to do: `FIGURES_NICE=0 scripts/figures.sh attacks-{powerauth,wallet,walley,b2b} overload-{powerauth,wallet,walley,b2b}
# slow-{powerauth,wallet,walley,b2b}`. What those measured stands in target/figures/NAME.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
runtime="-p countersign-runtime --features postgres"
example="-p example-powerauth-data-adapter"
wallet="-p example-wallet-engine-activation"
walley="-p example-walley-identify-buyer"
b2b="-p example-b2b-customer-verification"
export COUNTERSIGN_HISTORY_SECONDS="${COUNTERSIGN_HISTORY_SECONDS:-20}"

# name | how many | at a time | the variable that says so | the test
figures="
processes            | 62500  | 2500  | COUNTERSIGN_RACE_CODES  | $runtime --test postgres -- processes::every_code
races-embedded       | 62500  | 2500  | COUNTERSIGN_RACE_CODES  | $runtime --test races -- in_a_file
races-memory         | 62500  | 12500 | COUNTERSIGN_RACE_CODES  | $runtime --test races -- in_memory
honest-pairs         | 10000  | 10000 | COUNTERSIGN_RACE_CODES  | $runtime --test races -- honest_pairs
histories-embedded   | 100    | 2     | COUNTERSIGN_HISTORIES   | $runtime --test histories -- histories_on_a_file
histories-postgres   | 100    | 2     | COUNTERSIGN_HISTORIES   | $runtime --test histories -- histories_on_a_database
kept-embedded        | 200    | 20    | COUNTERSIGN_KILLS       | $runtime --test histories -- what_an_adapter_acknowledged
kept-postgres        | 50     | 10    | COUNTERSIGN_KILLS       | $runtime --test histories -- what_adapters_acknowledged
store-kills-embedded | 200    | 20    | COUNTERSIGN_KILLS       | $runtime --test store_kill --
store-kills-postgres | 50     | 10    | COUNTERSIGN_KILLS       | $runtime --test postgres -- kill::
failovers            | 40     | 4     | COUNTERSIGN_FAILOVERS   | $runtime --test histories -- what_was_acknowledged_survives
histories-failovers  | 20     | 1     | COUNTERSIGN_HISTORIES   | $runtime --test histories -- histories_with_failovers
sends                | 10000  | 10000 | COUNTERSIGN_RACE_SENDS  | $runtime --test postgres -- processes::no_more_is_sent
clocks               | 2000   | 200   | COUNTERSIGN_CLOCK_CODES | $runtime --test postgres -- processes::a_code_lives
rotations            | 300    | 100   | COUNTERSIGN_ROTATIONS   | $example --test rotation -- codes_outlive
example-kills        | 200    | 20    | COUNTERSIGN_KILLS       | $example --test kills -- nothing_acknowledged
bad-requests-powerauth | 250000 | 50000 | COUNTERSIGN_FUZZ      | $example --test robustness -- bad_requests
bad-requests-wallet  | 250000 | 50000 | COUNTERSIGN_FUZZ        | $wallet --test robustness -- bad_requests
bad-requests-walley  | 250000 | 50000 | COUNTERSIGN_FUZZ        | $walley --test robustness -- bad_requests
bad-requests-b2b     | 250000 | 50000 | COUNTERSIGN_FUZZ        | $b2b --test robustness -- bad_requests
stops-powerauth      | 100    | 100   | COUNTERSIGN_STOPS       | $example --test robustness -- a_signal
stops-wallet         | 100    | 100   | COUNTERSIGN_STOPS       | $wallet --test robustness -- a_signal
stops-walley         | 100    | 100   | COUNTERSIGN_STOPS       | $walley --test robustness -- a_signal
stops-b2b            | 100    | 100   | COUNTERSIGN_STOPS       | $b2b --test robustness -- a_signal
generate-kills       | 200    | 50    | COUNTERSIGN_KILLS       | -p countersign --test killed --
attacks-powerauth    | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $example --test attacks -- --test-threads 1 end_nothing
attacks-wallet       | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $wallet --test attacks -- --test-threads 1 end_nothing
attacks-walley       | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $walley --test attacks -- --test-threads 1 end_nothing
attacks-b2b          | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $b2b --test attacks -- --test-threads 1 end_nothing
overload-powerauth   | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $example --test overload -- --test-threads 1 more_
overload-wallet      | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $wallet --test overload -- --test-threads 1 more_
overload-walley      | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $walley --test overload -- --test-threads 1 more_
overload-b2b         | 20     | 20    | COUNTERSIGN_ATTACK_SECONDS | $b2b --test overload -- --test-threads 1 more_
slow-powerauth       | 2000   | 2000  | COUNTERSIGN_SLOW_CALLERS | $example --test attacks -- --test-threads 1 slow_callers
slow-wallet          | 2000   | 2000  | COUNTERSIGN_SLOW_CALLERS | $wallet --test attacks -- --test-threads 1 slow_callers
slow-walley          | 2000   | 2000  | COUNTERSIGN_SLOW_CALLERS | $walley --test attacks -- --test-threads 1 slow_callers
slow-b2b             | 2000   | 2000  | COUNTERSIGN_SLOW_CALLERS | $b2b --test attacks -- --test-threads 1 slow_callers
"
logs=target/figures
mkdir -p "$logs"

done_of() { awk '$2 == "ok" { sum += $3 } END { print sum + 0 }' "$logs/$1.log" 2>/dev/null || echo 0; }

table() {
  printf '%-22s %8s %8s  %s\n' figure done wanted 'commits, failed slices'
  while IFS='|' read -r name wanted _; do
    read -r name <<<"$name"; [ -n "$name" ] || continue
    [ -f "$logs/$name.log" ] || : >"$logs/$name.log"
    failed=$(grep -c ' FAILED ' "$logs/$name.log" || true)
    printf '%-22s %8s %8s  %s, %s\n' "$name" "$(done_of "$name")" "$wanted" \
      "$(cut -d' ' -f1 "$logs/$name.log" | sort -u | tr '\n' ' ')" "$failed"
  done <<<"$figures"
}

run() {
  local name=$1 wanted=$2 slice=$3 variable=$4 test=$5 output
  while [ "$(done_of "$name")" -lt "$wanted" ]; do
    # shellcheck disable=SC2086
    if output=$(env "$variable=$slice" nice -n "${FIGURES_NICE:-19}" cargo test --release --locked $test --nocapture 2>&1); then
      state=ok
    else
      state=FAILED
      echo "$output" >"$logs/$name.failed-$(date +%s).txt"
    fi
    measured=$(grep -E ': peak |slow callers:|bad requests in|signals to stop' <<<"$output" || true)
    [ -z "$measured" ] || echo "$(git rev-parse --short HEAD), $(date +%F): $measured" >>"$logs/$name.txt"
    told=$(grep -E '^[0-9a-z].*(, | lost| blocked)' <<<"$output" | grep -v '^test ' | tail -1 || true)
    echo "$(git rev-parse --short HEAD) $state $slice $(date +%F) $told" >>"$logs/$name.log"
    [ $state = ok ] || { echo "$name failed; see $logs/$name.failed-*.txt" >&2; return; }
  done
}

if [ "${1:-}" != --table ]; then
  while IFS='|' read -r name wanted slice variable test; do
    read -r name <<<"$name"; [ -n "$name" ] || continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    run "$name" $wanted $slice $variable "$test"
  done <<<"$figures"
fi
table
