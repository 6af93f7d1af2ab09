#!/usr/bin/env bash
# Lets independent tools use the OpenAPI documents of the examples:
#   scripts/openapi.sh lint     [EXAMPLE…]  a validator and two linters read the documents of both versions
#   scripts/openapi.sh test     [EXAMPLE…]  Schemathesis calls each example (SECONDS_EACH=60, SEED=1)
#   scripts/openapi.sh clients  [EXAMPLE…]  clients that openapi-generator writes in Java and TypeScript from 3.0.3 complete
#                                           each flow (VERSION= for those of 3.1)
#   scripts/openapi.sh page                 Chromium opens the API page of the PowerAuth example and sends a request by it
# Ends with 1 if one of them finds fault. Needs Python 3, Node 20, a JDK 17, Maven and Chromium; the pinned tools are
# fetched into target/openapi/, where reports and the screenshot are left.
set -euo pipefail
cd "$(dirname "$0")/.."

VALIDATOR=0.9.0 SCHEMATHESIS=4.32.5 REDOCLY=2.77.0 SPECTRAL=6.16.3 GENERATOR=7.25.0 TYPESCRIPT=5.9.3 PLAYWRIGHT=1.65.1
what=${1:?lint, test, clients or page}
shift
. scripts/lib/example.sh
examples=${*:-$(every_example)}
work=$(mkdir -p "$target/openapi" && cd "$target/openapi" && pwd)
ended=0

build() {
  cargo build --locked --workspace --bins
  for example in $examples; do
    "$target/debug/countersign" openapi "examples/$example" > "$work/$example.json"
    "$target/debug/countersign" openapi --version 3.0.3 "examples/$example" > "$work/$example.3.0.json"
  done
}

python_tools() {
  [ -x "$work/python/bin/$1" ] && return 0
  [ -d "$work/python" ] || python3 -m venv "$work/python"
  "$work/python/bin/pip" install -q "openapi-spec-validator==$VALIDATOR" "schemathesis==$SCHEMATHESIS"
}

node_tools() {
  [ -d "$work/node_modules/@redocly/cli" ] && return 0
  npm install --silent --no-audit --no-fund --prefix "$work" "@redocly/cli@$REDOCLY" "@stoplight/spectral-cli@$SPECTRAL" \
    "typescript@$TYPESCRIPT" "playwright-core@$PLAYWRIGHT"
}

lint() {
  python_tools openapi-spec-validator
  node_tools
  echo 'extends: spectral:oas' > "$work/spectral.yaml"
  for example in $examples; do
    for document in "$work/$example.json" "$work/$example.3.0.json"; do
      echo "== ${document##*/}"
      "$work/python/bin/openapi-spec-validator" "$document" || ended=1
      "$work/node_modules/.bin/redocly" lint --extends recommended --format summary "$document" || ended=1
      "$work/node_modules/.bin/spectral" lint --ruleset "$work/spectral.yaml" --fail-severity error --quiet "$document" || ended=1
    done
  done
}

# Not asked: whether what fits a schema is accepted and what does not is refused, since rules on meanings are no keywords
# and bodies are read with tolerance on purpose. The vendor's contract of Wallet Engine answers 500 to everything, also to
# a missing credential and an undeclared method; there the status must be a documented one, and the log without a fault.
test() {
  python_tools schemathesis
  for example in $examples; do
    start_example "$example"
    local checks=status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance
    [ "$example" = wallet-engine-activation ] ||
      checks=$checks,not_a_server_error,unsupported_method,missing_required_header,ignored_auth
    local before
    before=$(memory)
    echo "== $example"
    "$work/python/bin/schemathesis" run "$work/$example.json" --url "$address$(base_of "$example")" --checks "$checks" \
      --phases examples,coverage,fuzzing --continue-on-failure --max-time "${SECONDS_EACH:-60}" --seed "${SEED:-1}" \
      --suppress-health-check all --warnings off --max-response-time 1 -H "Authorization: $(authorization_of "$example")" \
      --report junit --report-junit-path "$work/$example.schemathesis.xml" || ended=1
    if grep -E '"fault":"unexpected"|fault=unexpected|panicked' "$log"; then
      echo "$example answered a fault of its own" >&2
      ended=1
    fi
    echo "faults of the server in its log:"
    grep -oE '(overloaded|store\.unavailable|hook\.[a-z_]+|unexpected)' "$log" | sort | uniq -c || true
    echo "memory: $before KiB before, $(memory) KiB after"
    stop_example
  done
}

memory() { sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB$/\1/p' "/proc/$server/status"; }

clients() {
  node_tools
  local jar
  jar=$HOME/.m2/repository/org/openapitools/openapi-generator-cli/$GENERATOR/openapi-generator-cli-$GENERATOR.jar
  [ -f "$jar" ] || mvn -B -q dependency:get -Dartifact="org.openapitools:openapi-generator-cli:$GENERATOR"
  for example in $examples; do
    local document="$work/$example${VERSION-.3.0}.json" code="$work/$example"
    echo "== ${document##*/}"
    rm -rf "$code"
    mkdir -p "$code"
    java_client "$jar" "$document" "$code/java" && java_flows "$example" "$document" "$code/java" || ended=1
    typescript_client "$jar" "$document" "$code/ts" && typescript_flows "$example" "$document" "$code/ts" || ended=1
  done
}

java_client() {
  java -jar "$1" generate -g java --library native -i "$2" -o "$3" --additional-properties=invokerPackage=client \
    --additional-properties=apiPackage=client.api,modelPackage=client.model,openApiNullable=false,containerDefaultToNull=true,useOneOfDiscriminatorLookup=true > "$3.log" 2>&1 &&
    (cd "$3" && mvn -B -q compile dependency:build-classpath -Dmdep.outputFile=classpath.txt)
}

java_flows() {
  local api ended=0
  start_example "$1"
  api=$(basename "$3"/src/main/java/client/api/*Api.java .java)
  java -cp "$3/target/classes:$(cat "$3/classpath.txt")" scripts/openapi/Flows.java scripts/openapi/flows.json "$1" "$2" \
    "$address$(base_of "$1")" "$outbox" "client.api.$api" "$(authorization_of "$1")" || ended=1
  stop_example
  return "$ended"
}

typescript_client() {
  java -jar "$1" generate -g typescript-fetch -i "$2" -o "$3" \
    --additional-properties=prefixParameterInterfaces=true,importFileExtension=.js > "$3.log" 2>&1 &&
    echo '{ "type": "module" }' > "$3/package.json" &&
    "$work/node_modules/.bin/tsc" --strict --target es2022 --module nodenext --moduleResolution nodenext --lib es2022,dom \
      --outDir "$3/built" "$3/index.ts"
}

typescript_flows() {
  local ended=0
  start_example "$1"
  node scripts/openapi/flows.mjs scripts/openapi/flows.json "$1" "$2" "$address$(base_of "$1")" "$outbox" \
    "$3/built/index.js" "$(authorization_of "$1")" || ended=1
  stop_example
  return "$ended"
}

page() {
  node_tools
  cp scripts/openapi/page.mjs "$work/page.mjs"
  start_example powerauth-data-adapter
  node "$work/page.mjs" "$address/powerauth-data-adapter/swagger-ui.html" lookup_user 200 "$work/page.png" || ended=1
  stop_example
}

base_of() {
  case $1 in powerauth-*) echo /powerauth-data-adapter ;; esac
}

authorization_of() {
  local credential
  credential=$(credential_of "$1")
  case $credential in
    *:*) echo "Basic $(printf %s "$credential" | base64)" ;;
    ?*) echo "Bearer $credential" ;;
    *) echo ;;
  esac
}

[ -n "${BUILT:-}" ] || build
"$what"
exit "$ended"
